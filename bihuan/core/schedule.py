"""The clocks of a case that just came in, by the shortest way: for many cases a second."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from bihuan.core.clocks import (
    FIRST_THAT_PRESSES,
    KEEPS_ITS_OWN,
    NEVER,
    RANK,
    SHANGHAI,
    ClockRow,
    Due,
    counted_out,
    receipt,
)
from bihuan.core.handbook import Promise
from bihuan.core.workdays import Workdays


class Schedule:
    """Promises made ready to be counted from a receipt, as often as there are cases (HOUSE §5).

    `rows(at, days)` is `rows(deadlines(promises, receipt(at), days))` by a shorter way: without
    holds, and without the days in between.
    """

    def __init__(self, promises: Iterable[Promise]) -> None:
        known = receipt(NEVER)
        self._parts = [
            (p, RANK.get(p.until, len(RANK)), None if p.limit.unit == "workdays" else _length(p))
            for p in promises
            if not p.proved_by and p.start in known
        ]

    def rows(self, at: datetime, days: Workdays) -> tuple[ClockRow, ...]:
        """One row for each milestone and due, in their order. ValueError without a time zone."""
        if at.utcoffset() is None:
            raise ValueError(f"{at} has no time zone, so nobody knows which day it is")
        start, received = at.astimezone(UTC), at.astimezone(SHANGHAI).date()
        firsts = [NEVER] * (len(RANK) + 1)
        groups: dict[tuple[int, datetime, str], list[tuple[Promise, Due]]] = {}
        for promise, rank, length in self._parts:
            if length is None:
                end = counted_out(days, received, promise.limit.amount)
            else:
                end = Due(start + length, "final", start + length, ())
            if promise.hard and rank < len(RANK) and end.at < firsts[rank]:
                firsts[rank] = end.at
            groups.setdefault((rank, end.at, promise.until), []).append((promise, end))
        for rank in range(len(RANK) - 1, 0, -1):  # from here on: the least of this and all later
            firsts[rank] = min(firsts[rank], firsts[rank + 1])
        return tuple(
            _joined(groups[key], start, firsts) for key in sorted(groups, key=lambda key: key[:2])
        )


def _length(promise: Promise) -> timedelta:
    return timedelta(**{promise.limit.unit: promise.limit.amount})


def _joined(
    group: Sequence[tuple[Promise, Due]], start: datetime, firsts: Sequence[datetime]
) -> ClockRow:
    """The row of promises that meet; `firsts` is the least hard due from each rank on."""
    (promise, end), *_ = group
    until = promise.until
    pressed = NEVER
    if until in RANK and until != KEEPS_ITS_OWN:
        pressed = firsts[max(RANK[until] + 1, FIRST_THAT_PRESSES)]
    status, earliest = end.status, end.earliest
    for _, other in group[1:]:
        if other.status == "provisional":
            status = "provisional"
        earliest = min(earliest, other.earliest)
    return ClockRow(
        until, start, end.at, min(end.at, pressed), any(p.hard for p, _ in group),
        tuple([p.id for p, _ in group]), status, earliest,
    )  # fmt: skip
