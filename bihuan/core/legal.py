"""When a time that the law gives ends, as far as the facts are known (民法典 201, 203)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bihuan.core.clocks import SHANGHAI
from bihuan.core.outside import AT_ONCE, LegalClock
from bihuan.core.workdays import ONE_DAY, Workdays


@dataclass(frozen=True, slots=True)
class LegalDue:
    """One of them, from a fact that is known; `until` is None for what is owed at once."""

    clock: LegalClock
    since: datetime
    until: datetime | None


def legal_until(start: datetime, days: int, workdays: Workdays) -> datetime:
    """The end of the last day; the first is not counted, and a day of rest does not end it.

    民法典 201 and 203: what would end on a day of rest ends with the first that is none.
    """
    last = start.astimezone(SHANGHAI).date() + timedelta(days=days)
    while not workdays.is_workday(last):
        last += ONE_DAY
    return datetime.combine(last + ONE_DAY, time.min, SHANGHAI)


def legal_dues(
    clocks: Iterable[LegalClock],
    issue: str,
    known: Mapping[str, datetime],
    workdays: Workdays,
) -> tuple[LegalDue, ...]:
    """Those of a case with this issue whose start is known; of what is unknown nothing is said."""
    return tuple(
        LegalDue(
            one,
            known[one.start],
            None if one.shape == AT_ONCE else legal_until(known[one.start], one.days, workdays),
        )
        for one in clocks
        if one.start in known and (not one.issues or issue in one.issues)
    )
