"""Every kind of event of appeals: its words, its clause, who is shown it, and its icon."""

from __future__ import annotations

from bihuan.events.kinds_of_channels import PUBLIC, STAFF

KINDS: dict[str, tuple[str, str, str, bool, str]] = {
    "case.overturned":
        ("原处理已撤销，重新处理", "Result set aside, handled anew", "3.2", PUBLIC, "rotate-ccw"),
    "appeal.filed": ("用户提出申诉", "Appeal lodged", "3.2", PUBLIC, "scale"),
    "appeal.appointed": ("已指定复核人", "Reviewer named", "3.2", PUBLIC, "user-round-check"),
    "appeal.unreviewed":
        ("没有可以复核的人", "Nobody independent to review", "3.2", STAFF, "user-round-x"),
    "appeal.accepted": ("申诉已受理", "Appeal taken up", "3.2", PUBLIC, "circle-check"),
    "appeal.declined": ("申诉不予受理", "Appeal not taken up", "3.2", PUBLIC, "circle-x"),
    "appeal.asked":
        ("复核人询问", "Question of the reviewer", "3.2", PUBLIC, "circle-question-mark"),
    "appeal.added": ("申诉补充陈述", "More said on the appeal", "3.2", PUBLIC, "message-square"),
    "appeal.replied":
        ("原处理方说明", "Said by those who decided", "3.2", PUBLIC, "message-square-quote"),
    "appeal.objected":
        ("用户申请复核人回避", "Another reviewer asked for", "3.2", PUBLIC, "user-round-minus"),
    "appeal.recused": ("复核人回避", "Reviewer stepped aside", "3.2", PUBLIC, "user-round-minus"),
    "appeal.decided": ("申诉已裁决", "Appeal decided", "3.2", PUBLIC, "gavel"),
    "appeal.withdrawn": ("申诉已撤回", "Appeal withdrawn", "3.2", PUBLIC, "undo-2"),
    "appeal.lapsed": ("申诉因重新处理而终止", "Appeal without object", "3.2", PUBLIC, "circle-off"),
    "appeal.late": ("申诉超过时限", "Appeal overdue", "3.2", PUBLIC, "alarm-clock-off"),
    "interest.declared":
        ("申报与商家的利害关系", "Tie to a merchant declared", "3.2", STAFF, "handshake"),
    "interest.ended":
        ("与商家的利害关系已消除", "Tie to a merchant ended", "3.2", STAFF, "handshake"),
}  # fmt: skip
