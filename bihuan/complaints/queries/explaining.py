"""Who explains a record first, and from when a supervisor may in their place (2.3.3)."""

from __future__ import annotations

from datetime import datetime

from bihuan.complaints import rules
from bihuan.complaints.models import Accountability
from bihuan.core.actors import Actor
from bihuan.core.clocks import due
from bihuan.core.handbook import Limit
from bihuan.policy import queries as policy

EXPLANATION = "accountability_explanation"


def stands_in_from(row: Accountability, at: datetime) -> datetime:
    """From when a supervisor may explain in place of whom it names: a default of the house."""
    days = Limit(policy.default(EXPLANATION, at), "workdays")
    return due(days, row.answers_since or row.opened_at, policy.workdays()).at


def explains_first(row: Accountability, by: Actor, at: datetime, out: frozenset[int]) -> bool:
    """Whether this actor must leave the first word to whom it names; `out` are those not there."""
    return rules.explains_first(
        staff_id=row.staff_id, explained_by=row.explained_by, out=row.staff_id in out,
        stands_in_from=stands_in_from(row, at), by=by, at=at,
    )  # fmt: skip
