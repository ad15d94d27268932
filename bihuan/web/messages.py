"""The codes of refusals and of faults at fields, in words; the source is simplified Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bihuan.core.refusals import Refusal, TooMany
from bihuan.web.reasons import REASONS

SHOWN_NAME = 40  # signs of a file's name, from its end

#: code of a refusal -> what it is called, and what to do about it
REFUSALS = {
    "refusal": (_("不能这样操作"), _("请返回上一页核对后再试。")),
    "not_found": (
        _("没有找到"),
        _("可能是编号或网址有误，也可能您无权查看。请核对编号，或从“我的请求”进入。"),
    ),
    "not_signed_in": (_("请先登录"), _("登录后可以继续刚才的操作。")),
    "unsigned": (
        _("签名无效"),
        _("请核对密钥、签名内容和时钟：签名的时间与现在相差不能超过 5 分钟。"),
    ),
    "not_permitted": (_("您不能进行这一步"), _("这一步由其他角色或部门办理。")),
    "own_report": (
        _("不能复核或签发自己撰写的报告"),
        _("专项分析报告须由没有参与撰写的人复核和签发（2.2.4）。"),
    ),
    "not_independent": (
        _("与此事有关的人不能复核"),
        _("申诉须由没有经办过此事、不在经办部门、与商家没有关联的人复核（3.2）。"),
    ),
    "already_appealed": (
        _("已经有一件申诉在办理"),
        _("同一件事同时只办理一件申诉。请在那件申诉里补充陈述和证据。"),
    ),
    "out_of_time": (_("申诉期限已过"), _("满三年的不再受理；您仍可以走平台以外的途径。")),
    "own_identity": (
        _("不能核验自己的实名"),
        _("这份申报是您本人的，请由另一位合规或个人信息保护人员核验（1.2）。"),
    ),
    "not_possible": (
        _("现在不能进行这一步"),
        _("案件的状态已不允许这样操作，请刷新后查看最新进度。"),
    ),
    "already_gathered": (
        _("这件案件已归入一个事件"),
        _("一件案件同时只属于一个未结束的事件，请先从原事件移出。"),
    ),
    "not_ready": (_("还缺少必要的内容"), _("请先完成前面的步骤，再进行这一步。")),
    "stale": (_("内容已有更新"), _("在您操作期间，其他人改动了这个案件。请看过最新内容后再提交。")),
    "conflict": (_("与已有的记录冲突"), _("同一个标识已用于不同的内容，请更换后再提交。")),
    "out_of_place": (
        _("接不上已收到的部分"),
        _("请先查询已收到多少字节，再从那里继续。"),
    ),
    "gone": (_("已经过期"), _("这次上传已过期，请重新开始。")),
    "damaged": (_("内容在路上损坏了"), _("校验值不符，这一段没有保存，请重新发送这一段。")),
    "too_many": (_("操作过于频繁"), _("请稍后再试。")),
    "unreachable": (_("没有可用的联系方式"), _("请先补充联系方式，再选择这种告知方式。")),
    "invalid": (_("有内容需要修改"), _("请按提示修改后再提交。")),
    "malformed": (_("请求无法识别"), _("提交的内容不完整或格式有误，请返回后重新提交。")),
    "outdated_page": (_("页面已过期"), _("为了安全，请刷新页面后重新提交。")),
    "unavailable": (_("暂时无法提供服务"), _("请稍后再试；您的时限不受影响。")),
    "failed": (_("系统出错了"), _("问题已记录。请稍后再试；已提交的内容不会丢失。")),
}  # fmt: skip

#: code of a fault at a field -> what to do about it
FAULTS = {
    "missing": _("请填写这一项"),
    "neither": _("请选择处理人或部门之一"),
    "not_text": _("请填写文字"),
    "control_characters": _("含有无法显示的字符，请删除后再提交"),
    "too_long": _("内容太长，请缩短"),
    "too_short": _("内容太短，请写得具体一些"),
    "one_line": _("请写在一行内"),
    "not_known": _("请从给出的选项中选择"),
    "not_an_extension": _("请填写分机号，只用字母、数字和 . - _ + * #"),
    "extension_taken": _("这个分机已登记在别人名下，请先从那位名下移除"),
    "not_our_origin": _("录音地址不在允许的来源之内"),
    "another_person": _("这件案件不是这位用户的，请核对编号"),
    "no_line_of_yours": _("您所在的部门不接待在线咨询"),
    "no_such_case": _("没有找到这个编号的案件，请核对编号"),
    "unknown_field": _("没有这一项"),
    "not_a_number": _("请填写数字"),
    "out_of_range": _("数字超出范围"),
    "not_an_amount": _("请填写金额，例如 3588.50"),
    "not_a_day": _("请填写日期，例如 2026-02-13"),
    "not_a_moment": _("请填写日期和时间，例如 2026-02-13T16:00:00+08:00"),
    "no_time_zone": _("时间需要带时区，例如 +08:00"),
    "not_a_flag": _("请选择是或否"),
    "not_a_list": _("这里需要一份列表"),
    "not_a_follow_up": _("请写明措施、负责人和完成日期"),
    "not_a_number_of_a_case": _("案件编号有误，请核对"),
    "not_a_cursor": _("翻页位置无效，请从第一页开始"),
    "in_the_past": _("日期不能早于今天"),
    "quiet_too_long": _("免打扰最长 12 小时"),
    "before_the_case": _("时间不能早于收到这件的时间"),
    "in_the_future": _("时间不能晚于现在"),
    "too_long_ago": _("时间太早，请检查对方的时钟"),
    "before_the_first_policy": _("这个日期早于服务手册的生效日期"),
    "below_severity": _("响应级别不能低于严重程度的要求"),
    "major_needs_a_lead": _("重大问题需要指定专项负责人"),
    "declared_already": _("已经申报过与这家商家的关系"),
    "no_change": _("现在就是这样，没有改动"),
    "no_new_complaint": _("只有改为投诉时才填写"),
    "itself": _("不能并入自己"),
    "not_open": _("该案件已办结，不能并入"),
    "another_matter": _("两件既不是同一用户，也不是同一订单；同一原因的案件请归入事件，各自办结"),
    "came_later": _("那件收到得更晚，并入它会丢掉正在走的时限；请把那件并入本件"),
    "no_complaint": _("那件不是投诉，投诉的时限会丢掉；请先把那件改按投诉处理"),
    "less_severe": _("那件的严重程度较低；请先调整那件的严重程度"),
    "not_a_phone": _("请填写有效的手机号码"),
    "not_an_email": _("请填写有效的电子邮箱"),
    "name_too_short": _("请写完整的姓名，至少两个字"),
    "not_a_name": _("请按证件填写姓名，只用文字、间隔号和连字符"),
    "not_an_id_card": _("请填写 18 位居民身份证号码，末位可以是 X"),
    "not_a_birthday": _("号码里的出生日期不存在，请核对第 7 至 14 位"),
    "wrong_check_digit": _("号码的校验位不对，请逐位核对"),
    "under_age": _("未满 14 周岁的，请由监护人以监护人的姓名和证件申报"),
    "not_a_permit": _("请填写通行证号码，例如 H12345678"),
    "not_a_passport": _("请填写护照号码，例如 E12345678"),
    "no_consent": _("证件号码属于敏感个人信息，须经您单独同意；不同意就不必填写"),
    "too_large": _("文件太大，请压缩后再上传"),
    "kind_not_allowed": _("不支持这种格式，请上传 JPG、PNG、WebP、GIF 图片，MP4、MOV 视频或 PDF"),
    "has_script": _("文件里含有脚本或压缩包，请打印成新的 PDF，或截图后再上传"),
    "unreadable_image": _("图片无法读取，请换一张"),
    "infected": _("文件含有病毒，没有保存"),
    "not_scanned": _("暂时无法查毒，请稍后再添加文件"),
    "no_room": _("暂时没有空间保存文件，请稍后再添加"),
    "empty": _("文件是空的"),
    "not_json": _("内容不是有效的 JSON"),
    "not_an_object": _("这里需要一个 JSON 对象"),
    "not_the_same": _("两次输入不一致"),
    "not_valid": _("请核对这一项"),
    "is_over": _("这个时间已经过去"),
    "not_of_this_department": _("这位同事不在所选的部门"),
    "ends_before_it_begins": _("有假期的末日早于首日"),
    "no_such_year": _("没有这个年份"),
    "one_year": _("文件里应当只有一个 [[year]]"),
    "no_such_clause": _("手册里没有这一条，请核对条款编号，例如 2.3.1"),
    "seated_already": _("这位同事在这段时间里已有席位"),
    "has_voted": _("已经表决的席位不能改为缺席或回避"),
    "not_present": _("只有到会的席位需要回避"),
    "recused_already": _("这个席位已经回避"),
    "decided_already": _("会上已经作出决议，请写好纪要后结束会议"),
    "every_seat_votes": _("到会且不回避的席位都要表决"),
    "not_to_be_replaced": _("只能替代一项已通过、会议已结束、还没有被替代的决议"),
    "too_many_items": _("一次会议的议题太多，请另开一次会议"),
    "wrong_code": _("验证码不对或已失效，请重新获取"),
    "stopped": _("批量已停止，这件没有办理"),
    "too_many_cases": _("一次最多办理 1000 件，请缩小范围"),
    "too_many_views": _("保存的视图太多，请先删除不用的"),
    "no_such_merchant": _("没有找到这家商家，请核对名称或编号"),
    "name_taken": _("您已有同名的视图，请换一个名称"),
    "before_its_start": _("结束日期不能早于开始日期"),
    "last_keeper": _("至少要留一位可以解除限制的主管、合规或隐私人员"),
    "may_not_see": _("有同事不能查看这件限制查看的案件"),
    "in_the_past_moment": _("请选一个以后的时间"),
    "too_far": _("时间太远了"),
    "overdue": _("已超期的案件不能推后"),
    "past_the_due": _("不能推后到时限之后"),
    "not_a_key": _("请填一个字母或符号"),
    "key_taken": _("这个键已用于别的操作"),
    "key_begins_pairs": _("G 用来打头（G I、G D），不能单用"),
    "unfilled": _("还有变量没有内容，请补全后再提交"),
    "unknown_variable": _("有不认识的变量，请改用列出的变量"),
    "too_many_tags": _("标签太多了"),
    "personal_number": _("标签里不能有手机号、证件号或银行卡号"),
    "no_blanks": _("快捷码里不能有空格和分号"),
    "only_supervisors_share": _("共享的常用语由主管维护，请选“仅自己”"),
    "no_department": _("您不属于任何部门，请选别的范围"),
    "shadowed": _("前面的规则已经接走，这条永远轮不到"),
    "contradictory": _("条件互相矛盾，没有案件能同时满足"),
    "issue_of_another_category": _("所选问题不属于所选类别"),
    "override_first": _("手册的特别规定总是先行，规则不能改变"),
    "unknown_department": _("没有这个部门"),
    "department_empty": _("这个部门没有任何人员"),
    "same_department": _("后备部门与主办部门相同"),
    "skill_nobody_has": _("主办部门没有人具备这项技能"),
    "duplicate_name": _("与另一条规则重名"),
    "gap": _("有类别没有主办部门"),
    "nothing_changed": _("与生效中的规则相同，没有可发布的改动"),
    "too_many_rules": _("规则太多，请先合并或删除"),
    "too_many_words": _("词语太多，请分成几条规则"),
    "not_a_time": _("请填写时间，例如 09:00"),
    "over_a_year": _("一次最多登记一年"),
    "shifts_overlap": _("与另一个班次重叠，请错开"),
    "already_absent": _("这几天已经登记过请假"),
    "found_before_it_began": _("发现时间不能早于开始时间"),
    "after_its_end": _("开始时间不能晚于恢复时间"),
    "ended_before_it_began": _("恢复时间不能早于开始时间"),
    "too_many_numbers": _("一次最多归入 200 件，请分几次"),
    "nobody_to_tell": _("没有需要发送的案件"),
    "nobody_to_raise": _("没有需要升级的案件"),
    "too_many_lines": _("行数太多，请分开保存"),
    "out_of_order": _("先说的要排在前面"),
    "filed_already": _("这个编号已经登记过；若是另一件事，请在编号后加上“-2”"),
    "not_a_web_address": _("请填写完整的网址，例如 https://api.example.com/hook；不带账号和 #"),
    "not_https": _("网址要以 https:// 开头"),
    "not_a_host": _("主机请写完整的域名，或普通写法的 IP 地址"),
    "port_not_allowed": _("端口只能是 443 或 8443"),
    "private_address": _("这个地址在内部网络里，不能推送"),
    "no_such_host": _("找不到这个主机，请核对域名"),
    "not_dialled": _("请填写可以拨打的号码，例如 400-123-4567 或 95188"),
    "not_a_link": _("请填写以 https:// 开头的网址"),
    "overlaps": _("这段时间与已有的停用预告重叠"),
    "not_hours": _("请写成 09:00-12:00，13:30-17:30；不营业的留空"),
    "no_such_slot": _("这个时段不能预约，请另选一个"),
    "slot_full": _("这个时段刚被约满，请另选一个"),
    "too_many_bookings": _("未到期的预约已达上限，请先取消或办完一个"),
    "code_spent": _("填错的次数太多，这个验证码已作废，请重新获取一个"),
}  # fmt: skip

#: the same with their figures, where the refusal names them
_WITH_FIGURES = {
    "too_long": _("最多 {limit} 个字，现在有 {length} 个字"),
    "too_many_lines": _("最多 {limit} 行"),
    "filed_already": _("这个编号已登记为 {number}；若是另一件事，请在编号后加上“-2”"),
    "too_short": _("至少 {limit} 个字，现在有 {length} 个字"),
    "out_of_range": _("请填写 {least} 到 {most} 之间的数字"),
    "not_listed": _("手册没有列出这个暂停事由；可用的有：{allowed}"),
    "beyond_the_cap": _("这个事由最多暂停 {days} 天"),
    "after_the_case": _("不能晚于案件自己的时限 {latest}"),
    "make_up_on_a_weekday": _("{day} 是周一至周五，不能作为调休上班日"),
    "rests_and_works": _("{day} 不能既放假又上班"),
    "rests_twice": _("{day} 出现在两个假期里"),
    "in_another_year": _("{day} 不在这一年"),
    "not_the_stated_count": _("按所填假日计算有 {works} 个工作日，与所填的 {stated} 个不符"),
    "not_weekdays_less_thirteen": _(
        "按所填假日计算有 {works} 个工作日；周一至周五减去13天法定节假日应为 {due} 个"
    ),
    "not_the_lawful_count": _(
        "周一至周五减去13天法定节假日应为 {due} 个工作日，所填的是 {stated} 个"
    ),
    "not_readable": _("文件无法识别，请核对第 {line} 行"),
    "too_many": _("请在 {retry_after} 秒后再试。"),
    "too_far": _("最多推后 {days} 天"),
    "may_not_see": _("{names}不能查看这件限制查看的案件，请先加入可查看人员"),
    "unfilled": _("请先补全：{variables}"),
    "shortcut_taken": _("“{other}”已经用了这个快捷码，请换一个"),
    "unknown_variable": _("没有这样的变量：{variables}"),
    "too_many_tags": _("最多 {limit} 个标签"),
    "unknown_kinds": _("没有这样的事件：{kinds}"),
    "more_than_left": _("超过可退的金额，最多还可退 {left} 元"),
    "too_many_webhooks": _("最多 {limit} 个推送地址，请先删除不用的"),
}


def title(code: str) -> str:
    """What a refusal of this code is called."""
    return str(REFUSALS.get(code, REFUSALS["refusal"])[0])


def detail(code: str, facts: Mapping[str, object]) -> str:
    """What to do about it, with its figures where they are known."""
    against = (REASONS[str(facts[n])] for n in ("why", "state") if str(facts.get(n)) in REASONS)
    said = next(against, None) or REFUSALS.get(code, REFUSALS["refusal"])[1]
    return _figured(code, facts) or str(said)


def fault(code: str, facts: Mapping[str, object]) -> str:
    """What to do about a fault at a field. A code without words is shown as a general fault."""
    return _figured(code, facts) or str(FAULTS.get(code, gettext("请核对这一项")))


def about_file(name: str, refusal: Refusal) -> str:
    """Why a file was not taken, by the name its owner knows it by, and what to do about it."""
    if isinstance(refusal, TooMany):
        too_many = gettext("最多可以添加 {most} 个文件，请先删除不需要的")
        return too_many.format(most=refusal.facts["limit"])
    code = getattr(refusal, "fields", {}).get("files", "")
    words = {
        "too_large": gettext("“{name}”超过 {most} MB，请压缩后再添加"),
        "empty": gettext("“{name}”是空文件，请重新选择"),
        "infected": gettext("“{name}”含有病毒，没有保存"),
        "not_scanned": gettext("暂时无法查毒，“{name}”没有保存，请稍后再添加"),
        "no_room": gettext("暂时没有空间，“{name}”没有保存，请稍后再添加"),
        "has_script": gettext("“{name}”里含有脚本或压缩包，请打印成新的 PDF，或截图后再添加"),
        "unreadable_image": gettext("“{name}”打不开，请重新拍照或截图后再添加"),
    }.get(code, gettext("“{name}”的格式不能接收，请改为 JPG、PNG、WebP、GIF、MP4、MOV 或 PDF"))
    plain = "".join(c for c in name if c.isprintable())[-SHOWN_NAME:] or gettext("这个文件")
    return words.format(name=plain, most=settings.FILE_MAX // 1_000_000)


def faults(refusal: Refusal) -> dict[str, str]:
    """The words at each field of an Invalid; of another refusal none."""
    fields: Mapping[str, str] = getattr(refusal, "fields", {})
    return {field: fault(code, refusal.facts) for field, code in fields.items()}


def _figured(code: str, facts: Mapping[str, object]) -> str:
    try:
        return str(_WITH_FIGURES[code]).format_map(facts)
    except KeyError:
        return ""
