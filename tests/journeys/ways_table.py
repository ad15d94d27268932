"""The table of ways back, the steps of the lifecycle: act, what takes it back, what stays."""

from __future__ import annotations

from tests.journeys.ways import (
    Way,
    also,
    another,
    entry,
    merged,
    split_off,
    step,
    to_decided,
    to_handled,
)

MAJOR = {"severity": "major", "reason": "多人受影响"}
ENQUIRY = {"kind": "enquiry", "reason": "只是询问"}
COMPLAINT = {"kind": "complaint", "reason": "要求退款"}
LEFT = {"reason": "提错了"}
DECISION = {"outcome": "supported", "reason": "质量问题成立", "basis": "消法第24条"}
AGAIN = frozenset({"state", "round", "round_at", "clocks", "next_due_at", "tier"})

WAYS: dict[str, Way] = {
    "decline": Way(
        "reopen",
        step("decline", reason="不属平台", basis="1.3"),
        step("reopen", "chen", text="确属平台订单"),
        ("case.declined", "case.reopened"),
        differs=AGAIN,  # the person was told no: it is accepted by that, in a round of its own
    ),
    "resolve": Way(
        "retract",
        step("resolve", **DECISION),
        step("retract", reason="金额算错"),
        ("case.resolved", "case.decision_retracted"),
        to_handled,
    ),
    "retract": Way(
        "resolve",
        step("retract", reason="金额算错"),
        step("resolve", **DECISION),
        ("case.decision_retracted", "case.resolved"),
        to_decided,
        differs=frozenset({"clocks", "next_due_at"}),  # done now, and the notice counts from now
    ),
    "merge": Way(
        "unmerge",
        merged,
        step("unmerge", "chen", reason="不是同一件事"),
        ("case.merged", "case.unmerged"),
        also(to_handled, another),
    ),
    "unmerge": Way(
        "merge",
        step("unmerge", "chen", reason="不是同一件事"),
        merged,
        ("case.unmerged", "case.merged"),
        also(another, merged),
        differs=frozenset({"ended_at"}),  # now
    ),
    "split": Way(
        "merge", lambda w: w.take("split", **entry(w)), split_off, ("case.split", "case.merged")
    ),
    "assign": Way(
        "assign",
        lambda w: w.take("assign", owner_id=w.home.other_agent.id),
        lambda w: w.take("assign", "chen", owner_id=w.home.bo_bo.id),
        ("case.assigned", "case.assigned"),
        lambda w: w.take("assign", owner_id=w.home.bo_bo.id),
    ),
    "classify": Way(
        "classify",
        step("classify", issue="invoice", reason="开票"),
        step("classify", issue="product_quality", reason="改回"),
        ("case.classified", "case.classified"),
    ),
    "approve_kind": Way(
        "classify",
        step("approve_kind", "chen"),
        step("classify", **COMPLAINT),
        ("case.kind_approved", "case.classified"),
        step("classify", **ENQUIRY),
        differs=frozenset({"complained_at", "kinds"}),  # the wish itself is answered
    ),
    "keep_kind": Way(
        "classify",
        step("keep_kind", "chen", **LEFT),
        step("classify", **ENQUIRY),
        ("case.kind_kept", "case.kind_proposed"),
        step("classify", **ENQUIRY),
    ),
    "set_severity": Way(
        "keep_severity",
        step("set_severity", **MAJOR),
        step("keep_severity", **LEFT),
        ("case.severity_proposed", "case.severity_kept"),
    ),
    "approve_severity": Way(
        "set_severity",
        also(step("approve_severity", "chen")),
        step("set_severity", severity="general", reason="只有一人"),
        ("case.severity_approved", "case.severity_set"),
        step("set_severity", **MAJOR),
        # the wish is answered; the tier it lifted is let down by its own step
        differs=frozenset({"proposed_severity", "proposed_by", "tier", "clocks"}),
    ),
    "keep_severity": Way(
        "set_severity",
        step("keep_severity", **LEFT),
        step("set_severity", **MAJOR),
        ("case.severity_kept", "case.severity_proposed"),
        step("set_severity", **MAJOR),
    ),
    "set_tier": Way(
        "set_tier",
        step("set_tier", tier="2", reason="影响大"),
        step("set_tier", tier="1", reason="改回"),
        ("case.tier_set", "case.tier_set"),
    ),
    "set_priority": Way(
        "set_priority",
        step("set_priority", priority="urgent", reason="催促"),
        step("set_priority", priority="general", reason="改回"),
        ("case.priority_set", "case.priority_set"),
    ),
    "escalate": Way(
        "set_priority",
        step("escalate", reason="请主管协调"),
        step("set_priority", priority="general", reason="已协调"),
        ("case.escalated", "case.priority_set"),
    ),
    "tag": Way(
        "tag", step("tag", add="漏水"), step("tag", remove="漏水"), ("case.tagged", "case.tagged")
    ),
}
