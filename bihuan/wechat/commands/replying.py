"""What is answered at once in WeChat, in the reader's language: a number, and where to look."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from bihuan.accounts import commands as accounts
from bihuan.accounts import queries as people
from bihuan.cases import queries as case_queries
from bihuan.cases.queries import Case
from bihuan.core.actors import SYSTEM
from bihuan.policy import queries as policy
from bihuan.web.words import due_words, english
from bihuan.wechat import queries
from bihuan.wechat.models import Received

_LISTED = 3  # cases of an answer


def words_for(row: Received, openid: str, at: datetime) -> str:
    """The answer to this message, the same each time it comes; "" for none."""
    with translation.override(_locale(row)):
        if row.state == "opened":
            return _opened(case_queries.made(row.case_id), openid, at)
        if row.state == "joined" and not row.quiet:
            return _joined(case_queries.made(row.case_id))
        if row.state == "command":
            return _commanded(row, openid, at)
    return ""


def _locale(row: Received) -> str:
    known = people.shown([row.person_id], SYSTEM) if row.person_id else {}
    found = known.get(row.person_id)
    return found.locale if found else settings.LANGUAGE_CODE


def _opened(case: Case, openid: str, at: datetime) -> str:
    due = case.next_due_at
    lines = [
        _("已登记，编号 {number}。").format(number=case.number),
        _("我们会在{due}答复您。").format(due=due_words(due, at)) if due else "",
        _("在这里继续说，都会加到这件事里。另有别的事，请先回复“新问题”。"),
        _("查看进度：{link}").format(link=_link(case, openid, at)),
    ]
    return "\n".join(filter(None, lines))


def _joined(case: Case) -> str:
    return _("已加到 {number}。另有别的事，请先回复“新问题”。").format(number=case.number)


def _commanded(row: Received, openid: str, at: datetime) -> str:
    if row.about == "progress":
        return _progress([row.person_id, queries.before(openid)], openid, at)
    return {
        "new": _("好的。请直接写下这件事，可以发文字、图片或视频。"),
        "bound": _("微信已绑定。今后的通知也可以发到这里，可在网站的“设置”里选择或解除绑定。"),
        "wrong_code": _("这个绑定码不对，或者已过十分钟。请在网站的“设置”里重新取得。"),
        "too_often": _("绑定码输错次数太多，请一小时后再试。"),
        "other_account": _("这个微信已绑定另一个账户，请先在那个账户的“设置”里解除绑定。"),
        "came": _help(),
        "help": _help(),
    }.get(row.about, "")


def _help() -> str:
    return _(
        "您好，这里是{platform}用户服务。请直接写下您的问题，可以发文字、图片或视频，"
        "我们会登记并答复您。回复“进度”查看办理进展，回复“新问题”另说一件事。"
    ).format(platform=settings.PLATFORM_NAME)


def _progress(persons: list[int], openid: str, at: datetime) -> str:
    found = queries.open_cases(persons)
    if not found:
        return _("您没有正在办理的事项。请直接写下您的问题。")
    lines = [f"{case.number} {_state(case)}\n{_link(case, openid, at)}" for case in found[:_LISTED]]
    if len(found) > _LISTED:
        lines.append(_("另有 {n} 件正在办理。").format(n=len(found) - _LISTED))
    return "\n".join(lines)


def _state(case: Case) -> str:
    state = policy.pinned(case.policy_id).states[case.state]
    return state.en if english() else state.zh


def _link(case: Case, openid: str, at: datetime) -> str:
    token = accounts.lend(person_id=case.person_id, case_id=case.id, contact=openid, at=at)
    return f"{settings.BASE_URL}/s/{token}/"
