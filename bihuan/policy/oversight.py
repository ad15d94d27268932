"""What must be true of the ladder of supervisors and of holds (2.3.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bihuan.core.handbook import Handbook
from bihuan.core.terms import Rung
from bihuan.policy.faults import Fault

MOST_DAYS = 366
#: Whom a rung tells, from those nearest to the case on.
WHOM = {"supervisor": 1, "supervisors": 2, "management": 3}


def the_ladder_has_no_gap(book: Handbook) -> Iterator[Fault]:
    """Rungs are numbered from one on, each later than the one below and no nearer to the case."""
    yield from _gaps("rungs", book.rungs)
    yield from _gaps("chases", book.chases)


def _gaps(place: str, ladder: Mapping[int, Rung]) -> Iterator[Fault]:
    below = None
    for number, rung in enumerate(sorted(ladder.values(), key=lambda one: one.id), start=1):
        if rung.id != number:
            why = f"there is no rung {number} below it"
            yield Fault(place, rung.id, "id", why, "gap_in_the_ladder")
            return
        if below and (rung.hours <= below.hours or WHOM[rung.whom] < WHOM[below.whom]):
            why = f"it is no higher than rung {below.id}"
            yield Fault(place, rung.id, "hours", why, "gap_in_the_ladder")
        below = rung


def holds_have_an_end(book: Handbook) -> Iterator[Fault]:
    """A clock that may stand still for ever is no promise."""
    for hold in book.holds.values():
        if not 1 <= hold.cap_days <= MOST_DAYS:
            yield Fault("holds", hold.id, "cap_days", f"a hold takes 1 to {MOST_DAYS} days")
