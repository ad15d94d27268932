"""What must be known of a case's person before it is accepted, and whether it is (1.2 ①)."""

from __future__ import annotations

from collections.abc import Sequence

from bihuan.accounts import queries as people
from bihuan.cases.models import Case, Need
from bihuan.core.identity import LEVELS, IdentityDemand, reaches
from bihuan.policy import queries as policy

IDENTITY = "identity"  # the code of a Need, met when a supervisor went without it
ASK, WAIVE = "ask_identity", "waive_identity"


def identity_demand(case: Case) -> IdentityDemand | None:
    """The highest level that the handbook of this case demands before accepting it; mostly none."""
    demands = policy.pinned(case.policy_id).demands.values()
    concerned = [
        demand
        for demand in demands
        if demand.concerns(
            kind=case.kind, issue=case.issue, category=case.category, channel=case.channel
        )
    ]
    return max(concerned, key=lambda demand: LEVELS.index(demand.level), default=None)


def identity_missing(case: Case, rows: Sequence[Need] | None = None) -> IdentityDemand | None:
    """The demand that is neither met nor waived; `rows` are the needs of the case, if read."""
    demand = identity_demand(case)
    if demand is None or reaches(people.level(case.person_id), demand.level):
        return None
    known = needs_of(case) if rows is None else rows
    waived = any(row.code == IDENTITY and row.met_at for row in known)
    return None if waived else demand


def needs_of(case: Case) -> list[Need]:
    """Everything this case was ever told to wait for, oldest first."""
    return list(Need.objects.filter(case_id=case.id).order_by("id"))


def was_asked(case: Case) -> bool:
    """Whether the person was asked to make themselves known for this case."""
    return Need.objects.filter(case_id=case.id, code=IDENTITY).exists()


def steps_not_wanted(case: Case) -> set[str]:
    """Nobody is asked for what is known, nor asked twice. A declined case may be taken up again."""
    if case.state not in {"filed", "declined"} or identity_missing(case) is None:
        return {ASK, WAIVE}
    return {ASK} if was_asked(case) else set()


def waiting_for_identity(person_id: int) -> list[Case]:
    """The filed cases of this person for which they were asked to make themselves known."""
    asked = Need.objects.filter(code=IDENTITY, met_at=None).values("case_id")
    rows = Case.objects.filter(person_id=person_id, state="filed", id__in=asked)
    return list(rows.order_by("id"))
