"""Every page of the desk once: for the rail, the page of all pages, and the palette."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases import queries as cases
from bihuan.complaints import queries as complaints
from bihuan.core.actors import Actor
from bihuan.integrations import queries as integrations
from bihuan.mail import queries as mails
from bihuan.phone import queries as phone

RAIL = "rail"


@dataclass(frozen=True, slots=True)
class Place:
    """A page, what it is for, and the group it stands in; those of the rail have no words."""

    url: str
    label: str
    icon: str
    key: str = ""
    group: str = RAIL
    words: str = ""


def places(by: Actor) -> list[Place]:
    """The pages this member of staff may open."""
    return [
        Place("/desk/inbox/", _("收件箱"), "inbox", "g i"),
        Place("/desk/cases/new/", _("登记"), "plus"),
        Place("/desk/search/", _("搜索"), "search", "/"),
        Place("/desk/chat/", _("会话"), "messages-square", "g t"),
        *_calls(RAIL),
        Place("/desk/tasks/", _("协办"), "split"),
        Place("/desk/dashboard/", _("看板"), "chart-column", "g d"),
        *_reports(by),
        Place("/desk/accountability/", _("问责"), "scale"),
        *_identities(by),
        *_mail(by),
        Place("/desk/notices/", _("提醒"), "bell"),
        Place("/desk/more/", _("更多"), "ellipsis"),
        *_work(by),
        *_organisation(),
        *_programs(by),
    ]


def _calls(group: str) -> list[Place]:
    """On the rail of a house with a telephone system, elsewhere under the rest."""
    if (group == RAIL) != phone.is_there():
        return []
    said = "" if group == RAIL else _("来电、通话记录和回拨清单（1.3）")
    return [Place("/desk/calls/", _("电话"), "phone", "", group, said)]


def _reports(by: Actor) -> list[Place]:
    """For those who may read what is counted of all; the others have their special reports."""
    if complaints.may_read(by):
        return [Place("/desk/reports/", _("报告"), "file-chart-column", "g r")]
    return []


def _identities(by: Actor) -> list[Place]:
    """For those who check them."""
    if people.may_check_identities(by):
        return [Place("/desk/identities/", _("实名"), "id-card")]
    return []


def _mail(by: Actor) -> list[Place]:
    """Where everybody sees it, while a mail waits for somebody's decision."""
    return [Place("/desk/mail/", _("来信"), "mails")] if mails.held(by) else []


def _work(by: Actor) -> list[Place]:
    """What helps with the cases themselves."""
    group = _("办案")
    found = [
        *_calls(group),
        Place("/desk/macros/", _("常用语"), "message-square-text", "", group,
              _("答复模板，带变量和附带动作")),
        Place("/desk/incidents/", _("事件"), "layers", "", group,
              _("一个原因引起的多件案件：一并告知，各自办结（2.2.3）")),
        Place("/desk/views/", _("视图"), "bookmark", "", group, _("自己的和共享的筛选视图")),
        Place("/desk/bulk/runs/", _("批量记录"), "list-checks", "", group,
              _("批量操作的进度、失败原因和撤销")),
        Place("/desk/reports/special/", _("专项报告"), "file-text", "", group,
              _("重大投诉的专项分析报告（2.2.4）")),
        Place("/desk/feedback/", _("反馈分级"), "message-square-heart", "", group,
              _("建议与表扬：分级、责任人、时间和答复（7.2）")),
        Place("/desk/appeals/", _("申诉"), "gavel", "", group,
              _("由没有经办过的人复核：办理中的、由我复核的、已裁决的（3.2）")),
        Place("/desk/archive/", _("档案"), "archive", "", group,
              _("证据保全中的和保存期满的案件（2.2.4）")),
        Place("/desk/worklists/", _("支付与物流"), "truck", "", group,
              _("未办结的支付、物流问题和向第三方的查询（6.1）")),
        Place("/desk/counter/", _("服务点柜台"), "store", "", group,
              _("叫号、当场登记和回执、预约报到、当面告知（6.4）")),
        Place("/desk/channels/", _("渠道"), "radio-tower", "", group,
              _("各渠道是否可用、停用预告、联系方式和季度评估（1.3、6.4）")),
        Place("/desk/messages/", _("通知去向"), "route", "", group,
              _("每条通知的经过：等待、送达、退回、改用别的方式、重发（2.4.1）")),
    ]  # fmt: skip
    if not mails.held(by):
        found.append(
            Place("/desk/mail/", _("来信"), "mails", "", group,
                  _("每封来信的去向；拿不准的由人决定（1.3）"))
        )  # fmt: skip
    if cases.may_judge(by):
        found.append(
            Place("/desk/serial/", _("疑似批量索赔"), "layers-2", "", group,
                  _("由人判断的成批索赔，系统从不拒收"))
        )  # fmt: skip
    return found


def _organisation() -> list[Place]:
    """How the house is run."""
    group = _("组织与规则")
    return [
        Place("/desk/routing/", _("分派规则"), "route", "", group,
              _("按规则分派，试算后发布（2.2.2）")),
        Place("/desk/team/", _("团队"), "users", "", group, _("负荷、排班、请假移交、资质（1.3）")),
        Place("/desk/calendar/", _("工作日历"), "calendar-days", "", group,
              _("放假与调休，录入后重算时限（2.3.1）")),
        Place("/desk/committee/", _("委员会"), "landmark", "", group,
              _("席位、会议、议程和决议（1.1）")),
        Place("/policies/", _("服务手册"), "book-open", "g p", group, _("现行条款和时限")),
        Place("/desk/templates/", _("通知模板"), "file-text", "", group,
              _("何时告知谁、写什么，中英文和预览（2.4.1）")),
        Place("/desk/keys/", _("快捷键"), "keyboard", "", group, _("全部按键，可改键、可关闭")),
    ]  # fmt: skip


def _programs(by: Actor) -> list[Place]:
    """What other systems are told, for those who answer for it."""
    if not integrations.may_manage(by):
        return []
    group = _("组织与规则")
    words = _("案件的变化推送给别的系统，签名、重试和记录")
    return [Place("/desk/webhooks/", _("事件推送"), "webhook", "", group, words)]


def groups(by: Actor) -> dict[str, list[Place]]:
    """What the page of all pages shows: everything that is not on the rail."""
    found: dict[str, list[Place]] = {}
    for place in places(by):
        if place.group != RAIL:
            found.setdefault(place.group, []).append(place)
    return found
