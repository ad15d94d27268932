"""What is known of a piece of feedback before somebody judges it, and how its plan stands (7.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from bihuan.core.clocks import SHANGHAI
from bihuan.core.handbook import Handbook
from bihuan.core.scales import SCALES, Rung, suggested

CLAUSE = "7.2"


def suggestion(book: Handbook, *, severity: str, priority: str, people: int) -> Mapping[str, Rung]:
    """The rung of each scale that the facts of the case speak for."""
    facts = {
        "severity": suggested(book.scales["severity"], term=severity),
        "reach": suggested(book.scales["reach"], people=people),
        "haste": suggested(book.scales["haste"], term=priority),
    }
    return {name: facts[name] for name in SCALES}


def plan_state(*, due_on: date | None, done: bool, owed_at: datetime | None, at: datetime) -> str:
    """done, planned or late; without a plan unplanned, or late once one was owed."""
    if due_on is None:
        return "late" if owed_at is not None and owed_at < at else "unplanned"
    if done:
        return "done"
    return "late" if due_on < at.astimezone(SHANGHAI).date() else "planned"
