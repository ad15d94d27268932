"""Every kind of event once: its words, its clause, what it may carry, and who is shown it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bihuan.events.keys import COMMON, MORE
from bihuan.events.kinds import KINDS


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


def _keys(kind: str) -> frozenset[str]:
    common = COMMON.get(kind.partition(".")[0], "")
    return frozenset(f"{common} {MORE.get(kind, '')}".split())


CATALOG: dict[str, Kind] = {
    kind: Kind(label, label_en, clause, _keys(kind), public, icon)
    for kind, (label, label_en, clause, public, icon) in KINDS.items()
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
    "retract": "case.decision_retracted",
    "notify": "case.result_notified",
    "confirm": "case.confirmed",
    "silence": "case.closed_by_silence",
    "close": "case.closed",
    "complain": "case.complained",
    "dispute": "case.disputed",
    "reopen": "case.reopened",
    "overturn": "case.overturned",
    "withdraw": "case.withdrawn",
    "merge": "case.merged",
    "unmerge": "case.unmerged",
    "split": "case.split",
    "archive": "case.archived",
    "assign": "case.assigned",
    "classify": "case.classified",
    "approve_kind": "case.kind_approved",
    "keep_kind": "case.kind_kept",
    "set_severity": "case.severity_set",
    "approve_severity": "case.severity_approved",
    "keep_severity": "case.severity_kept",
    "set_tier": "case.tier_set",
    "set_priority": "case.priority_set",
    "pause": "case.paused",
    "approve_pause": "case.pause_approved",
    "resume": "case.resumed",
    "note": "case.noted",
    "message": "case.message_added",
    "add_material": "case.material_added",
    "plan": "case.planned",
    "rate": "case.rated",
    "escalate": "case.escalated",
    "tag": "case.tagged",
    "ask_identity": "case.identity_asked",
    "waive_identity": "case.identity_waived",
}


def check(kind: str, data: Mapping[str, object]) -> Kind:
    """The kind, or ValueError: it is not in the catalogue, or `data` has keys that are not its."""
    known = CATALOG.get(kind)
    if known is None:
        raise ValueError(f"{kind} is not in the catalogue of events")
    if strange := data.keys() - known.keys:
        raise ValueError(f"{kind} does not carry {', '.join(sorted(strange))}")
    return known
