"""Why a step is refused, where the refusal names a reason: its code, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

#: why somebody may not, or what stands against it, where the refusal names it
REASONS = {
    "not_mended": _("事件尚未恢复，请先记录恢复；误立的事件请先移出全部案件。"),
    "not_in_it": _("这件案件不在这个事件里。"),
    "not_the_reviewer": _("这一步由抽定的复核人办理。"),
    "not_a_supervisor": _("这一步由主管办理。"),
    "holder": _("被问责人不能为自己的记录签字。"),
    "explainer": _("填写说明的人不能签字，也不能裁决申诉。"),
    "signer": _("签字的人不能裁决对这份记录的申诉。"),
    "appellant": _("申诉人不能裁决自己的申诉。"),
    "own_department": _(
        "被问责部门的人不能裁决本部门的申诉，请由其他部门的主管、合规或管理员裁决。"
    ),
    "asker_or_supervisor": _("只有提请人可以撤回，或由主管不同意。"),
    "owner_or_supervisor": _("处理决定只能由处理人或主管撤回。"),
    "not_the_holder": _("只有被问责人或主管可以办理这一步。"),
    "explains_first": _(
        "先由被问责人说明；期满未说明或其不在岗时，主管才可以代为说明，也不改写其本人的说明。"
    ),
    "not_the_owner": _("只有负责人或主管可以报告完成。"),
    "owner": _("负责人和报告完成的人不能核验自己的整改。"),
    "too_late": _("申诉期限已过。"),
    "not_a_checker": _("实名由合规或个人信息保护人员核验。"),
    "identity_taken": _("这份证件已为另一位用户核验通过。请查明后选“不通过：证件已用于另一账户”。"),
    "not_compliance": _("含个人信息的导出只由合规人员或管理员办理。"),
    "appealed": _("这份记录已有申诉；每人对一份记录只能申诉一次，裁决前不能再修改或签字。"),
    "off": _("推送已停用，请先开启。"),
    "on": _("推送已经开启。"),
    "rotating": _("上一次更换还不满 24 小时，旧密钥仍在使用，请到期后再换。"),
    "not_appealed": _("没有待裁决的申诉。"),
    "nobody_waits": _("现在没有可以叫到这个窗口的号码。"),
    "window_busy": _("这个窗口还有一位用户，请先办完或记为过号。"),
    "visit_moved_on": _("这个号码的状态已变，请看最新情况后再操作。"),
    "another_day": _("只能在当天办理。"),
    "appointment_ended": _("这个预约已报到、取消或过期，不能再改。"),
    "told_already": _("这个结果已经当面告知过。"),
    "result_over": _("用户不认可这个结果，案件已重新办理，不必再告知。"),
    "closed_point": _("这个服务点已停办。"),
    "open_point": _("这个服务点没有停办。"),
    "no_windows": _("这个服务点还没有配置窗口。"),
    "not_an_administrator": _("这一步由管理员办理。"),
    "outage_taken_back": _("这份停用预告已经收回。"),
    "outage_over": _("这份停用预告已经过期。"),
    "contact_not_set": _("没有可以收回的更改。"),
    "chat_waiting": _("这次咨询还在排队，请先接待。"),
    "chat_open": _("这次咨询正在接待中。"),
    "chat_ended": _("这次对话已经结束。"),
    "not_your_chat": _("这次咨询由另一位同事接待。"),
    "chats_full": _("您同时接待的咨询已达上限，请先结束一个。"),
    "colleague_away": _("这位同事现在不在线接待，请另选一位，或转到线路排队。"),
    "colleague_full": _("这位同事同时接待的咨询已达上限，请另选一位，或转到线路排队。"),
    "has_a_case": _("这次咨询已附在一件案件上，请先取消关联。"),
    "no_case": _("这次咨询没有附在案件上。"),
    "unanswered": _("还没有回复过用户，不能结束；可以退回队列或转为案件。"),
    "too_long_ago": _("这次对话结束已久，请发起新的咨询。"),
    "another_chat": _("另一次咨询正在进行。"),
    "still_waits": _("这条通知还在等待发送，不需要重发。"),
    "resent_often": _("同一通知最多重发 3 次。请改用电话联系用户。"),
    "not_changed": _("告知方式没有被工作人员更改过。"),
    "ordinary_day": _("这一天没有设特殊日期。"),
}
