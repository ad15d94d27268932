"""The clocks of a case that just came in, by the shortest way: for many cases a second."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter

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
from bihuan.core.handbook import Limit, Promise
from bihuan.core.workdays import Workdays


@dataclass(frozen=True, slots=True)
class _Part:
    """Promises of one milestone and one limit, by their places among all."""

    until: str
    rank: int
    length: timedelta | None  # None: working days
    amount: int
    hard: bool
    promises: tuple[tuple[int, str], ...]


class Schedule:
    """Promises made ready to be counted from a receipt, as often as there are cases (HOUSE §5).

    `rows(at, days)` is `rows(deadlines(promises, receipt(at), days))` by a shorter way: without
    holds, and without the days in between.
    """

    def __init__(self, promises: Iterable[Promise]) -> None:
        known = receipt(NEVER)
        alike: dict[tuple[str, Limit], list[tuple[int, Promise]]] = {}
        for place, promise in enumerate(promises):
            if not promise.proved_by and promise.start in known:
                alike.setdefault((promise.until, promise.limit), []).append((place, promise))
        self._parts = [
            _Part(
                until, RANK.get(until, len(RANK)), _length(limit), limit.amount,
                any(p.hard for _, p in some), tuple((place, p.id) for place, p in some),
            )
            for (until, limit), some in alike.items()
        ]  # fmt: skip

    def rows(self, at: datetime, days: Workdays) -> tuple[ClockRow, ...]:
        """One row for each milestone and due, in their order. ValueError without a time zone."""
        if at.utcoffset() is None:
            raise ValueError(f"{at} has no time zone, so nobody knows which day it is")
        start, received = at.astimezone(UTC), at.astimezone(SHANGHAI).date()
        firsts = [NEVER] * (len(RANK) + 1)
        groups: dict[tuple[int, datetime, str], list[tuple[_Part, Due]]] = {}
        for part in self._parts:
            if part.length is None:
                end = counted_out(days, received, part.amount)
            else:
                end = Due(start + part.length, "final", start + part.length, ())
            rank = part.rank
            if part.hard and rank < len(RANK) and end.at < firsts[rank]:
                firsts[rank] = end.at
            groups.setdefault((rank, end.at, part.until), []).append((part, end))
        for rank in range(len(RANK) - 1, 0, -1):  # from here on: the least of this and all later
            firsts[rank] = min(firsts[rank], firsts[rank + 1])
        return tuple(
            [_joined(groups[key], start, firsts) for key in sorted(groups, key=_rank_and_due)]
        )


_rank_and_due = itemgetter(0, 1)


def _length(limit: Limit) -> timedelta | None:
    return None if limit.unit == "workdays" else timedelta(**{limit.unit: limit.amount})


def _joined(
    group: Sequence[tuple[_Part, Due]], start: datetime, firsts: Sequence[datetime]
) -> ClockRow:
    """The row of promises that meet; `firsts` is the least hard due from each rank on."""
    part, end = group[0]
    hard, status, earliest, promises = part.hard, end.status, end.earliest, part.promises
    if len(group) > 1:  # of different limits, which rarely end together
        hard = any(p.hard for p, _ in group)
        status = "final" if all(e.status == "final" for _, e in group) else "provisional"
        earliest = min(e.earliest for _, e in group)
        promises = tuple(sorted(one for p, _ in group for one in p.promises))
    pressed = NEVER
    if part.rank < len(RANK) and part.until != KEEPS_ITS_OWN:
        pressed = firsts[max(part.rank + 1, FIRST_THAT_PRESSES)]
    ids = tuple([id for _, id in promises])
    return ClockRow(part.until, start, end.at, min(end.at, pressed), hard, ids, status, earliest)
