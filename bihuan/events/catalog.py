"""Every kind of event once: its words, its clause, what it may carry, and who is shown it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be said. `keys` are ids and facts, never personal words; `icon` is Lucide's name.

    `public`: the person who complained sees it on the timeline.
    """

    label: str
    label_en: str
    clause: str
    keys: frozenset[str]
    public: bool
    icon: str


PUBLIC, STAFF = True, False

_LABELS = {
    "case.filed":              ("已登记",               "Registered"),
    "case.answered":           ("已答复",               "Answered"),
    "case.accepted":           ("已受理",               "Accepted"),
    "case.declined":           ("不予受理",             "Declined"),
    "case.reviewed":           ("已完成初审",           "Initial review done"),
    "case.problem_confirmed":  ("已确认问题",           "Problem confirmed"),
    "case.solution_proposed":  ("已提出初步方案",       "Initial solution proposed"),
    "case.found":              ("已形成调查认定",       "Finding recorded"),
    "case.preliminary_told":   ("已告知初步结果",       "Preliminary result told"),
    "case.repaired":           ("已恢复正常",           "Repaired"),
    "case.resolved":           ("已作出处理",           "Handled"),
    "case.result_notified":    ("已告知结果",           "Result notified"),
    "case.confirmed":          ("用户已确认",           "Confirmed by the customer"),
    "case.result_accepted":    ("用户已确认，待办结",   "Confirmed, still to be closed"),
    "case.closed_by_silence":  ("到期未提异议，已办结", "Closed after no objection"),
    "case.closed":             ("已办结",               "Closed"),
    "case.disputed":           ("用户有异议",           "Disputed by the customer"),
    "case.reopened":           ("重新处理",             "Reopened"),
    "case.withdrawn":          ("已撤回",               "Withdrawn"),
    "case.merged":             ("已并案",               "Merged"),
    "case.unmerged":           ("已撤销并案",           "Merge undone"),
    "case.archived":           ("已归档",               "Archived"),
    "case.assigned":           ("已分派",               "Assigned"),
    "case.classified":         ("已调整类别",           "Reclassified"),
    "case.severity_set":       ("已调整严重程度",       "Severity set"),
    "case.severity_proposed":  ("提请调高严重程度",     "Higher severity proposed"),
    "case.severity_approved":  ("已复核严重程度",       "Severity approved"),
    "case.tier_set":           ("已调整响应级别",       "Response tier set"),
    "case.priority_set":       ("已调整优先级",         "Priority set"),
    "case.noted":              ("内部备注",             "Internal note"),
    "case.message_added":      ("用户留言",             "Message from the customer"),
    "case.material_added":     ("已补充材料",           "Material added"),
    "case.planned":            ("已安排处理",           "Handling planned"),
    "case.rated":              ("用户评价",             "Rated by the customer"),
    "case.reminded":           ("已提醒用户确认",       "Reminded to confirm"),
    "clock.missed":            ("超过时限",             "Deadline missed"),
    "clock.warned":            ("时限将到",             "Deadline near"),
    "clock.rescheduled":       ("时限按工作日历重算",   "Deadline recounted"),
    "follow_up.done":          ("后续措施已落实",       "Follow-up done"),
    "follow_up.late":          ("后续措施逾期",         "Follow-up late"),
    "message.delivered":       ("通知已送达",           "Notice delivered"),
    "message.failed":          ("通知发送失败",         "Notice failed"),
    "accountability.opened":   ("已启动问责",           "Accountability opened"),
    "accountability.signed":   ("问责已签字",           "Accountability signed"),
    "policy.activated":        ("手册版本生效",         "Handbook version in force"),
    "calendar.imported":       ("工作日历已导入",       "Working calendar imported"),
    "person.registered":       ("用户已登记",           "Person registered"),
    "person.revealed":         ("查看了个人信息",       "Personal data revealed"),
    "staff.created":           ("已添加工作人员",       "Staff member added"),
    "staff.link_given":        ("已发放登录链接",       "Sign-in link given"),
    "token.created":           ("已发放接口令牌",       "API token issued"),
    "token.revoked":           ("已收回接口令牌",       "API token revoked"),
    "accountability.explained": ("已说明超时原因",      "Cause explained"),
    "accountability.appealed": ("对问责提出申诉",       "Accountability appealed"),
    "accountability.cancelled": ("问责已撤销",          "Accountability cancelled"),
    "accountability.reassigned": ("问责对象已变更",     "Accountability reassigned"),
    "accountability.confirmed": ("问责申诉未支持",      "Appeal dismissed"),
    "rectification.set":       ("已下达整改任务",       "Rectification set"),
    "rectification.done":      ("整改已报告完成",       "Rectification reported done"),
    "rectification.returned":  ("整改已退回",           "Rectification sent back"),
    "rectification.verified":  ("整改已核验",           "Rectification verified"),
    "rectification.late":      ("整改任务逾期",         "Rectification overdue"),
    "export.made":             ("已导出数据",           "Data exported"),
}  # fmt: skip

_RULES = {
    # kind                    clause     shown to icon
    "case.filed":              ("2.2.1",  PUBLIC, "inbox"),
    "case.answered":           ("1.4",    PUBLIC, "message-circle-reply"),
    "case.accepted":           ("1.4",    PUBLIC, "circle-check"),
    "case.declined":           ("1.4",    PUBLIC, "circle-x"),
    "case.reviewed":           ("3.2",    PUBLIC, "search-check"),
    "case.problem_confirmed":  ("6.3",    PUBLIC, "badge-check"),
    "case.solution_proposed":  ("4.2",    PUBLIC, "lightbulb"),
    "case.found":              ("2.2.3",  STAFF,  "clipboard-list"),
    "case.preliminary_told":   ("2.2.3",  PUBLIC, "megaphone"),
    "case.repaired":           ("4.2",    PUBLIC, "wrench"),
    "case.resolved":           ("1.2",    PUBLIC, "gavel"),
    "case.result_notified":    ("1.4",    PUBLIC, "send"),
    "case.confirmed":          ("2.4.3",  PUBLIC, "thumbs-up"),
    "case.result_accepted":    ("2.4.3",  PUBLIC, "thumbs-up"),
    "case.closed_by_silence":  ("2.4.3",  PUBLIC, "hourglass"),
    "case.closed":             ("2.2.4",  PUBLIC, "circle-check-big"),
    "case.disputed":           ("2.4.3",  PUBLIC, "message-circle-warning"),
    "case.reopened":           ("2.4.3",  PUBLIC, "rotate-ccw"),
    "case.withdrawn":          ("3.1",    PUBLIC, "undo-2"),
    "case.merged":             ("2.2.3",  PUBLIC, "git-merge"),
    "case.unmerged":           ("2.2.3",  PUBLIC, "git-branch"),
    "case.archived":           ("2.2.4",  PUBLIC, "archive"),
    "case.assigned":           ("2.2.2",  PUBLIC, "user-round-check"),
    "case.classified":         ("2.1.2",  PUBLIC, "tags"),
    "case.severity_set":       ("2.3.1",  PUBLIC, "triangle-alert"),
    "case.severity_proposed":  ("2.3.1",  STAFF,  "triangle-alert"),
    "case.severity_approved":  ("2.3.1",  PUBLIC, "shield-check"),
    "case.tier_set":           ("4.2",    STAFF,  "layers"),
    "case.priority_set":       ("7.2",    STAFF,  "flag"),
    "case.noted":              ("2.2.4",  STAFF,  "sticky-note"),
    "case.message_added":      ("2.3.2",  PUBLIC, "message-square"),
    "case.material_added":     ("2.2.1",  PUBLIC, "paperclip"),
    "case.planned":            ("7.2",    PUBLIC, "calendar-check"),
    "case.rated":              ("1.4",    PUBLIC, "star"),
    "case.reminded":           ("2.4.2",  PUBLIC, "bell"),
    "clock.missed":            ("2.3.3",  PUBLIC, "alarm-clock-off"),
    "clock.warned":            ("2.3.2",  STAFF,  "alarm-clock"),
    "clock.rescheduled":       ("2.3.1",  PUBLIC, "calendar-clock"),
    "follow_up.done":          ("1.2",    PUBLIC, "list-checks"),
    "follow_up.late":          ("1.2",    STAFF,  "list-x"),
    "message.delivered":       ("2.4.1",  PUBLIC, "mail-check"),
    "message.failed":          ("2.4.1",  STAFF,  "mail-x"),
    "accountability.opened":   ("2.3.3",  STAFF,  "scale"),
    "accountability.signed":   ("2.3.3",  STAFF,  "pen-line"),
    "policy.activated":        ("8.2",    STAFF,  "book-open-check"),
    "calendar.imported":       ("2.3.1",  STAFF,  "calendar-plus"),
    "person.registered":       ("1.2",    STAFF,  "user-plus"),
    "person.revealed":         ("3.3",    STAFF,  "eye"),
    "staff.created":           ("2.2.2",  STAFF,  "user-cog"),
    "staff.link_given":        ("2.2.2",  STAFF,  "link"),
    "token.created":           ("3.3",    STAFF,  "key-round"),
    "token.revoked":           ("3.3",    STAFF,  "key-round"),
    "accountability.explained": ("2.3.3", STAFF, "message-square-text"),
    "accountability.appealed": ("2.3.3",  STAFF,  "hand"),
    "accountability.cancelled": ("2.3.3", STAFF,  "eraser"),
    "accountability.reassigned": ("2.3.3", STAFF, "user-round-cog"),
    "accountability.confirmed": ("2.3.3", STAFF,  "gavel"),
    "rectification.set":       ("2.3.3",  STAFF,  "clipboard-list"),
    "rectification.done":      ("2.3.3",  STAFF,  "clipboard-check"),
    "rectification.returned":  ("2.3.3",  STAFF,  "undo-2"),
    "rectification.verified":  ("2.3.3",  STAFF,  "badge-check"),
    "rectification.late":      ("2.3.3",  STAFF,  "list-x"),
    "export.made":             ("3.3",    STAFF,  "download"),
}  # fmt: skip

#: Keys that every event of a room may have; the part of the kind before the dot is the room.
_COMMON = {
    "case": "number round version from to entry words files reason_code clauses milestones owner "
    "department dues before after",
    "clock": "number round milestone due_at effective_due_at status promises owner department dues",
    "follow_up": "number round follow_up owner department due_on",
    "message": "number message template channel provider receipt tries error_code",
    "accountability": "number accountability milestone due_at round promises clauses owner "
    "department staff words",
    "rectification": "measure records owner due_on",
    "export": "export what format since personal",
}

#: Keys of one kind.
_MORE = {
    "case.filed": "kind channel category issue severity tier priority policy received_at missing",
    "case.declined": "basis",
    "case.reviewed": "investigation lead",
    "case.found": "category severity finding",
    "case.repaired": "restored_at",
    "case.resolved": "outcome",
    "case.result_notified": "channel follow_ups waits_until outcome",
    "case.result_accepted": "needs",
    "case.merged": "other",
    "case.unmerged": "other",
    "case.archived": "retention",
    "case.classified": "kind category issue",
    "case.severity_set": "severity tier",
    "case.severity_proposed": "severity",
    "case.severity_approved": "severity tier",
    "case.tier_set": "tier",
    "case.priority_set": "priority",
    "case.planned": "due_on",
    "case.rated": "survey scores",
    "clock.rescheduled": "before after version",
    "accountability.explained": "cause",
    "accountability.appealed": "appeal",
    "accountability.cancelled": "appeal before",
    "accountability.reassigned": "appeal before",
    "accountability.confirmed": "appeal before",
    "policy.activated": "version sha256 in_force_from",
    "calendar.imported": "year source published sha256 workdays off on",
    "person.registered": "person channel",
    "person.revealed": "person case number field reveal reason_code words",
    "staff.created": "staff roles department",
    "staff.link_given": "staff",
    "token.created": "token staff roles scopes expires_at",
    "token.revoked": "token staff",
}


def _keys(kind: str) -> frozenset[str]:
    common = _COMMON.get(kind.partition(".")[0], "")
    return frozenset(f"{common} {_MORE.get(kind, '')}".split())


CATALOG: dict[str, Kind] = {
    kind: Kind(*_LABELS[kind], clause, _keys(kind), public, icon)
    for kind, (clause, public, icon) in _RULES.items()
}

#: The event that each step of the lifecycle says.
KIND_OF: dict[str, str] = {
    "file": "case.filed",
    "answer": "case.answered",
    "accept": "case.accepted",
    "decline": "case.declined",
    "review": "case.reviewed",
    "confirm_problem": "case.problem_confirmed",
    "propose": "case.solution_proposed",
    "find": "case.found",
    "tell": "case.preliminary_told",
    "repair": "case.repaired",
    "resolve": "case.resolved",
    "notify": "case.result_notified",
    "confirm": "case.confirmed",
    "silence": "case.closed_by_silence",
    "close": "case.closed",
    "dispute": "case.disputed",
    "reopen": "case.reopened",
    "withdraw": "case.withdrawn",
    "merge": "case.merged",
    "unmerge": "case.unmerged",
    "archive": "case.archived",
    "assign": "case.assigned",
    "classify": "case.classified",
    "set_severity": "case.severity_set",
    "approve_severity": "case.severity_approved",
    "set_tier": "case.tier_set",
    "set_priority": "case.priority_set",
    "note": "case.noted",
    "message": "case.message_added",
    "add_material": "case.material_added",
    "plan": "case.planned",
    "rate": "case.rated",
}


def check(kind: str, data: Mapping[str, object]) -> Kind:
    """The kind, or ValueError: it is not in the catalogue, or `data` has keys that are not its."""
    known = CATALOG.get(kind)
    if known is None:
        raise ValueError(f"{kind} is not in the catalogue of events")
    if strange := data.keys() - known.keys:
        raise ValueError(f"{kind} does not carry {', '.join(sorted(strange))}")
    return known
