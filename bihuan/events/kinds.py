"""Every kind of event: its words, its clause, who is shown it, and its icon."""

from __future__ import annotations

from bihuan.events import kinds_of_channels, kinds_of_redress
from bihuan.events.kinds_of_channels import PUBLIC, STAFF

#: kind: what it is called, in English too; clause; whether its person sees it; Lucide's name
KINDS: dict[str, tuple[str, str, str, bool, str]] = {
    "case.filed": ("已登记", "Registered", "2.2.1", PUBLIC, "inbox"),
    "case.transcript_kept":
        ("已存入沟通记录", "Conversation kept", "6.2", PUBLIC, "messages-square"),
    "case.answered": ("已答复", "Answered", "1.4", PUBLIC, "message-circle-reply"),
    "case.accepted": ("已受理", "Accepted", "1.4", PUBLIC, "circle-check"),
    "case.declined": ("不予受理", "Declined", "1.4", PUBLIC, "circle-x"),
    "case.reviewed": ("已完成初审", "Initial review done", "3.2", PUBLIC, "search-check"),
    "case.problem_confirmed": ("已确认问题", "Problem confirmed", "6.3", PUBLIC, "badge-check"),
    "case.solution_proposed":
        ("已提出初步方案", "Initial solution proposed", "4.2", PUBLIC, "lightbulb"),
    "case.found": ("已形成调查认定", "Finding recorded", "2.2.3", STAFF, "clipboard-list"),
    "case.preliminary_told":
        ("已告知初步结果", "Preliminary result told", "2.2.3", PUBLIC, "megaphone"),
    "case.repaired": ("已恢复正常", "Repaired", "4.2", PUBLIC, "wrench"),
    "case.resolved": ("已作出处理", "Handled", "1.2", PUBLIC, "gavel"),
    "case.decision_retracted":
        ("处理决定已撤回，继续办理", "Decision taken back, work goes on", "1.2", PUBLIC, "undo-2"),
    "case.result_notified": ("已告知结果", "Result notified", "1.4", PUBLIC, "send"),
    "case.confirmed": ("用户已确认", "Confirmed by the customer", "2.4.3", PUBLIC, "thumbs-up"),
    "case.result_accepted":
        ("用户已确认，待办结", "Confirmed, still to be closed", "2.4.3", PUBLIC, "thumbs-up"),
    "case.closed_by_silence":
        ("到期未提异议，已办结", "Closed after no objection", "2.4.3", PUBLIC, "hourglass"),
    "case.closed": ("已办结", "Closed", "2.2.4", PUBLIC, "circle-check-big"),
    "case.disputed":
        ("用户有异议", "Disputed by the customer", "2.4.3", PUBLIC, "message-circle-warning"),
    "case.reopened": ("重新处理", "Reopened", "2.4.3", PUBLIC, "rotate-ccw"),
    "case.withdrawn": ("已撤回", "Withdrawn", "3.1", PUBLIC, "undo-2"),
    "case.merged": ("已并案", "Merged", "2.2.3", PUBLIC, "git-merge"),
    "case.unmerged": ("已撤销并案", "Merge undone", "2.2.3", PUBLIC, "git-branch"),
    "case.split": ("已拆分", "Split", "2.2.3", PUBLIC, "split"),
    "case.follows":
        ("接续已结束的案件", "Follows an ended case", "1.3", STAFF, "corner-down-right"),
    "case.followed_by":
        ("来信已另立新案", "A reply became a case of its own", "1.3", STAFF, "corner-down-right"),
    "case.archived": ("已归档", "Archived", "2.2.4", PUBLIC, "archive"),
    "case.hold_placed": ("已采取证据保全", "Legal hold placed", "2.2.4", STAFF, "lock-keyhole"),
    "case.hold_lifted":
        ("已解除证据保全", "Legal hold lifted", "2.2.4", STAFF, "lock-keyhole-open"),
    "case.identity_asked":
        ("请用户验证身份", "Asked to prove identity", "1.2", PUBLIC, "id-card"),
    "case.identity_waived":
        ("免验证身份受理", "Accepted without proof of identity", "1.2", STAFF, "id-card"),
    "case.assigned": ("已分派", "Assigned", "2.2.2", PUBLIC, "user-round-check"),
    "case.classified": ("已调整类别", "Reclassified", "2.1.2", PUBLIC, "tags"),
    "case.kind_proposed":
        ("提请改按其他性质处理", "Change of kind proposed", "2.1.2", STAFF, "tags"),
    "case.kind_approved":
        ("已改按其他性质处理", "Handled as another kind", "2.1.2", PUBLIC, "shield-check"),
    "case.kind_kept":
        ("未改按其他性质处理", "Change of kind turned down", "2.1.2", STAFF, "shield-x"),
    "case.severity_set": ("已调整严重程度", "Severity set", "2.3.1", PUBLIC, "triangle-alert"),
    "case.severity_proposed":
        ("提请调高严重程度", "Higher severity proposed", "2.3.1", STAFF, "triangle-alert"),
    "case.severity_approved":
        ("已复核严重程度", "Severity approved", "2.3.1", PUBLIC, "shield-check"),
    "case.severity_kept":
        ("未调高严重程度", "Higher severity turned down", "2.3.1", STAFF, "shield-x"),
    "case.tier_set": ("已调整响应级别", "Response tier set", "4.2", STAFF, "layers"),
    "case.priority_set": ("已调整优先级", "Priority set", "7.2", STAFF, "flag"),
    "case.paused": ("已暂停计时", "Clocks paused", "2.3", PUBLIC, "pause"),
    "case.pause_asked": ("申请暂停计时", "Pause asked for", "2.3", STAFF, "pause"),
    "case.pause_approved": ("已同意暂停计时", "Pause approved", "2.3", PUBLIC, "pause"),
    "case.resumed": ("已恢复计时", "Clocks resumed", "2.3", PUBLIC, "play"),
    "case.noted": ("内部备注", "Internal note", "2.2.4", STAFF, "sticky-note"),
    "case.message_added":
        ("用户留言", "Message from the customer", "2.3.2", PUBLIC, "message-square"),
    "case.urged": ("用户催办", "Pressed by the customer", "2.3.2", STAFF, "bell-ring"),
    "case.material_added": ("已补充材料", "Material added", "2.2.1", PUBLIC, "paperclip"),
    "case.planned": ("已安排处理", "Handling planned", "7.2", PUBLIC, "calendar-check"),
    "case.rated": ("用户评价", "Rated by the customer", "1.4", PUBLIC, "star"),
    "case.reminded": ("已提醒用户确认", "Reminded to confirm", "2.4.2", PUBLIC, "bell"),
    "case.progress_told": ("已告知进度", "Progress told", "2.3.2", PUBLIC, "loader"),
    "serial.marked": ("已判断是否批量索赔", "Serial claims judged", "2.2.3", STAFF, "layers-2"),
    "clock.missed": ("超过时限", "Deadline missed", "2.3.3", PUBLIC, "alarm-clock-off"),
    "clock.warned": ("时限将到", "Deadline near", "2.3.2", STAFF, "alarm-clock"),
    "clock.escalated": ("超时逐级上报", "Late, reported upwards", "2.3.2", STAFF, "arrow-up-right"),
    "clock.rescheduled":
        ("时限按工作日历重算", "Deadline recounted", "2.3.1", PUBLIC, "calendar-clock"),
    "follow_up.done": ("后续措施已落实", "Follow-up done", "1.2", PUBLIC, "list-checks"),
    "follow_up.undone":
        ("后续措施改为未落实", "Follow-up open again", "1.2", PUBLIC, "list-restart"),
    "follow_up.escalated":
        ("后续措施久未落实，已上报", "Follow-up reported upwards", "1.2", STAFF, "arrow-up-right"),
    "follow_up.late": ("后续措施逾期", "Follow-up late", "1.2", STAFF, "list-x"),
    "sub_task.opened": ("已交办子任务", "Share given to a department", "2.2.3", STAFF, "split"),
    "sub_task.assigned": ("子任务已改派", "Share handed over", "2.2.3", STAFF, "user-round-check"),
    "sub_task.done": ("子任务已完成", "Share done", "2.2.3", STAFF, "list-checks"),
    "sub_task.dropped": ("子任务已撤销", "Share dropped", "2.2.3", STAFF, "list-x"),
    "sub_task.revived": ("子任务已恢复", "Share owed again", "2.2.3", STAFF, "list-restart"),
    "sub_task.late": ("子任务超时", "Share late", "2.2.3", STAFF, "alarm-clock-off"),
    "accountability.opened": ("已启动问责", "Accountability opened", "2.3.3", STAFF, "scale"),
    "accountability.signed": ("问责已签字", "Accountability signed", "2.3.3", STAFF, "pen-line"),
    "seat.appointed": ("已任命委员", "Committee seat given", "1.1", STAFF, "armchair"),
    "seat.ended": ("委员任期结束", "Committee seat ended", "1.1", STAFF, "user-minus"),
    "meeting.called":
        ("已召集委员会会议", "Committee meeting called", "1.1", STAFF, "calendar-plus"),
    "meeting.item_put": ("已列入议程", "Put on the agenda", "1.1", STAFF, "list-plus"),
    "meeting.attended": ("已签到", "Attendance taken", "1.1", STAFF, "users"),
    "meeting.recused": ("委员回避", "Member recused", "1.1", STAFF, "user-x"),
    "meeting.closed": ("会议已结束", "Meeting closed", "1.1", STAFF, "file-check"),
    "meeting.called_off": ("会议已取消", "Meeting called off", "1.1", STAFF, "calendar-x"),
    "decision.taken": ("已表决", "Decided", "1.1", STAFF, "vote"),
    "decision.corrected":
        ("会上更正决议", "Decision corrected at the meeting", "1.1", STAFF, "file-pen"),
    "decision.published": ("决议已公开", "Decision published", "1.1", STAFF, "globe"),
    "decision.finished": ("决议已落实", "Decision carried out", "1.1", STAFF, "list-checks"),
    "feedback.triaged": ("已对反馈分级", "Feedback triaged", "7.2", STAFF, "gauge"),
    "report.asked": ("须提交专项分析报告", "Special report asked for", "2.2.4", STAFF, "file-text"),
    "report.submitted":
        ("专项报告已提交复核", "Special report submitted", "2.2.4", STAFF, "file-up"),
    "report.returned":
        ("专项报告已退回修改", "Special report returned", "2.2.4", STAFF, "file-pen"),
    "report.signed": ("专项报告已签发", "Special report signed", "2.2.4", STAFF, "file-check"),
    "report.sent":
        ("专项报告已报送管理层", "Special report sent to management", "2.2.4", STAFF, "send"),
    "report.late": ("专项报告逾期", "Special report overdue", "2.2.4", STAFF, "file-clock"),
    "report.lapsed":
        ("不再需要专项报告", "Special report no longer needed", "2.2.4", STAFF, "file-x"),
    "policy.activated":
        ("手册版本生效", "Handbook version in force", "8.2", STAFF, "book-open-check"),
    "calendar.imported":
        ("工作日历已导入", "Working calendar imported", "2.3.1", STAFF, "calendar-plus"),
    "person.registered": ("用户已登记", "Person registered", "1.2", STAFF, "user-plus"),
    "person.revealed": ("查看了个人信息", "Personal data revealed", "3.3", STAFF, "eye"),
    "person.wishes_set":
        ("告知方式已更改", "How to be told was changed", "2.4.1", PUBLIC, "bell-ring"),
    "person.wechat_bound": ("已绑定微信", "WeChat bound", "1.2", STAFF, "link"),
    "person.wechat_unbound": ("已解除微信绑定", "WeChat unbound", "1.2", STAFF, "unlink"),
    "person.wechat_left":
        ("已取消关注，微信无法送达", "Left WeChat, not reached there", "2.4.1", STAFF, "user-x"),
    "person.wechat_back": ("重新关注了公众号", "Back in WeChat", "2.4.1", STAFF, "user-check"),
    "person.mail_failed":
        ("用户的邮箱退信", "Letters to the customer came back", "2.4.1", STAFF, "mail-x"),
    "identity.contact_proven":
        ("联系方式已验证", "Contact proven", "1.2", STAFF, "phone"),
    "identity.declared": ("已申报实名", "Real name declared", "1.2", STAFF, "id-card"),
    "identity.verified": ("实名已核验", "Real name verified", "1.2", STAFF, "badge-check"),
    "identity.refused": ("实名核验未通过", "Real name not verified", "1.2", STAFF, "circle-x"),
    "identity.withdrawn": ("已撤回实名信息", "Real name withdrawn", "3.3", STAFF, "undo-2"),
    "identity.lapsed": ("实名核验已到期", "Verification lapsed", "1.2", STAFF, "timer-off"),
    "staff.created": ("已添加工作人员", "Staff member added", "2.2.2", STAFF, "user-cog"),
    "staff.link_given": ("已发放登录链接", "Sign-in link given", "2.2.2", STAFF, "link"),
    "staff.shifts_set": ("已调整排班", "Shifts set", "1.3", STAFF, "calendar-days"),
    "staff.absent": ("已登记请假", "Absence noted", "1.3", STAFF, "calendar-x"),
    "staff.returned": ("已销假", "Back from absence", "1.3", STAFF, "calendar-check"),
    "staff.qualified":
        ("已登记资质或技能", "Qualification or skill noted", "1.3", STAFF, "badge-check"),
    "staff.unqualified":
        ("已撤销资质或技能", "Qualification or skill withdrawn", "1.3", STAFF, "badge-x"),
    "staff.demands_set":
        ("已调整岗位资质要求", "Demanded qualifications set", "1.3", STAFF, "badge-info"),
    "routing.published": ("分派规则已发布", "Routing rules published", "2.2.2", STAFF, "split"),
    "case.unrouted_long": ("待分派超时", "Waited too long to be routed", "2.2.2", STAFF, "siren"),
    "token.created": ("已发放接口令牌", "API token issued", "3.3", STAFF, "key-round"),
    "token.revoked": ("已收回接口令牌", "API token revoked", "3.3", STAFF, "key-round"),
    "bulk.ordered": ("已下达批量操作", "Bulk action ordered", "2.2.2", STAFF, "list-checks"),
    "bulk.taken_back": ("已撤销批量操作", "Bulk action taken back", "2.2.2", STAFF, "undo-2"),
    "bulk.ended": ("批量操作已完成", "Bulk action completed", "2.2.2", STAFF, "list-checks"),
    "bulk.stopped": ("已停止批量操作", "Bulk action stopped", "2.2.2", STAFF, "circle-stop"),
    "view.saved": ("已保存视图", "View saved", "2.2.2", STAFF, "bookmark"),
    "view.deleted": ("已删除视图", "View deleted", "2.2.2", STAFF, "bookmark-x"),
    "case.escalated": ("已上报主管", "Escalated", "2.2.2", STAFF, "chevrons-up"),
    "case.tagged": ("已调整标签", "Tags changed", "2.1.2", STAFF, "tag"),
    "case.mentioned": ("提到同事", "Colleague mentioned", "2.2.4", STAFF, "at-sign"),
    "case.restricted": ("已限制查看", "Access restricted", "3.3", STAFF, "lock"),
    "case.unrestricted": ("已解除限制查看", "Access opened", "3.3", STAFF, "lock-open"),
    "case.reader_added": ("已加入可查看人员", "Reader added", "3.3", STAFF, "user-round-plus"),
    "case.reader_removed": ("已移出可查看人员", "Reader removed", "3.3", STAFF, "user-round-minus"),
    "macro.saved": ("已保存常用语", "Canned reply saved", "1.4", STAFF, "message-square-text"),
    "macro.deleted": ("已删除常用语", "Canned reply deleted", "1.4", STAFF, "message-square-x"),
    "accountability.explained":
        ("已说明超时原因", "Cause explained", "2.3.3", STAFF, "message-square-text"),
    "accountability.appealed":
        ("对问责提出申诉", "Accountability appealed", "2.3.3", STAFF, "hand"),
    "accountability.cancelled":
        ("问责已撤销", "Accountability cancelled", "2.3.3", STAFF, "eraser"),
    "accountability.reassigned":
        ("问责对象已变更", "Accountability reassigned", "2.3.3", STAFF, "user-round-cog"),
    "accountability.confirmed": ("问责申诉未支持", "Appeal dismissed", "2.3.3", STAFF, "gavel"),
    "rectification.set": ("已下达整改任务", "Rectification set", "2.3.3", STAFF, "clipboard-list"),
    "rectification.done":
        ("整改已报告完成", "Rectification reported done", "2.3.3", STAFF, "clipboard-check"),
    "rectification.returned": ("整改已退回", "Rectification sent back", "2.3.3", STAFF, "undo-2"),
    "rectification.verified":
        ("整改已核验", "Rectification verified", "2.3.3", STAFF, "badge-check"),
    "rectification.late": ("整改任务逾期", "Rectification overdue", "2.3.3", STAFF, "list-x"),
    "inquiry.asked": ("已向第三方查询", "A party outside was asked", "6.1", PUBLIC, "send"),
    "inquiry.answered":
        ("第三方已答复", "The party outside answered", "6.1", PUBLIC, "message-square-reply"),
    "inquiry.dropped": ("已撤销查询", "Inquiry dropped", "6.1", STAFF, "undo-2"),
    "inquiry.revived": ("已恢复查询", "Inquiry waited for again", "6.1", STAFF, "redo-2"),
    "inquiry.late":
        ("第三方逾期未答复", "The party outside is late", "6.1", STAFF, "alarm-clock-off"),
    "handling.done": ("办理步骤已完成", "Handling step done", "6.1", STAFF, "list-checks"),
    "handling.skipped":
        ("办理步骤不适用", "Handling step left out", "6.1", STAFF, "list-x"),
    "handling.undone": ("办理步骤改为未做", "Handling step reopened", "6.1", STAFF, "list-restart"),
    "case.complained": ("用户提出投诉", "Raised to a complaint", "2.1", PUBLIC, "megaphone"),
    "export.made": ("已导出数据", "Data exported", "3.3", STAFF, "download"),
    "incident.opened": ("事件已立", "Incident opened", "2.2.3", STAFF, "layers"),
    "incident.changed": ("事件信息已更新", "Incident changed", "2.2.3", STAFF, "pencil"),
    "incident.told":
        ("已向事件的案件统一发送", "Message ordered for all cases", "2.2.3", STAFF, "send"),
    "incident.raised":
        ("已为事件的案件提出升级", "Escalation proposed", "2.3.1", STAFF, "chevrons-up"),
    "incident.noted": ("对用户的说明已更新", "Public note changed", "2.2.3", STAFF, "megaphone"),
    "incident.mended": ("故障已恢复", "Incident mended", "4.2", STAFF, "wrench"),
    "incident.closed": ("事件已结束", "Incident closed", "2.2.3", STAFF, "circle-check"),
    "incident.case_added": ("已归入事件", "Added to an incident", "2.2.3", STAFF, "layers"),
    "incident.case_removed": ("已移出事件", "Taken out of an incident", "2.2.3", STAFF, "layers"),
    **kinds_of_channels.KINDS,
    **kinds_of_redress.KINDS,
}  # fmt: skip
