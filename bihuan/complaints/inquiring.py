"""What may be asked of a party, by which way, and from what the law counts. Pure (6.1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bihuan.core.clocks import due
from bihuan.core.handbook import Limit
from bihuan.core.legal import legal_dues
from bihuan.core.outside import LegalClock, PartyKind
from bihuan.core.workdays import Workdays

MANNERS = ["query", "complaint"]
WAYS = ["phone", "web", "email", "letter"]
#: From which fact of the law an inquiry starts a clock, by the trade asked and the manner.
_STARTS = {
    ("courier", "complaint"): "courier.complained",
    ("payment", "query"): "payment.asked",
    ("payment", "complaint"): "payment.asked",
}


def starts(kind: str, manner: str) -> str:
    """The fact the law counts from; "" where it names no time, as for a mere query to a courier."""
    return _STARTS.get((kind, manner), "")


def due_of(
    *, kind: PartyKind, manner: str, issue: str, asked_at: datetime,
    clocks: Iterable[LegalClock], days: Workdays,
) -> tuple[datetime, str]:  # fmt: skip
    """By when an answer is expected, and the clock of the law that says so; else the default."""
    known = {starts(kind.id, manner): asked_at}
    legal = [one for one in legal_dues(clocks, issue, known, days) if one.clock.shape == "due"]
    ends = [(one.until, one.clock.id) for one in legal if one.until is not None]
    if ends:
        return min(ends)
    return due(Limit(kind.workdays, "workdays"), asked_at, days).at, ""
