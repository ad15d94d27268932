"""Whose the elapsed time was: split by who held the case, summing exactly to the whole (2.3.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Kind = Literal["staff", "person", "nobody"]
ONE = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Holder:
    """Who had the next move: a member of staff or a department, the person, or nobody."""

    kind: Kind
    department: str = ""
    staff: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """From this moment on: somebody else holds the case, or shares of it were given or taken.

    `lead` None leaves the lead where it is. `given` names shares by the id of their sub-task;
    `taken` ends them. While anybody has a share the case waits for them and not for the lead.
    """

    at: datetime
    lead: Holder | None = None
    given: Mapping[int, Holder] | None = None
    taken: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time and who held the case in it, in their order."""

    start: datetime
    end: datetime
    holders: tuple[Holder, ...]

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def parts(self) -> list[tuple[Holder, timedelta]]:
        """Several hold it in equal parts; a microsecond that cannot be parted goes to the first."""
        each, left = divmod(self.length // ONE, len(self.holders))
        return [
            (holder, ONE * (each + (place < left))) for place, holder in enumerate(self.holders)
        ]


def spans(moves: Iterable[Move], until: datetime) -> list[Span]:
    """The time from the first move to `until`, without a gap and without an overlap.

    The first move must name a lead (ValueError). What moves after `until` is not looked at.
    """
    ordered = sorted((move for move in moves if move.at <= until), key=lambda move: move.at)
    if not ordered or ordered[0].lead is None:
        raise ValueError("nobody is said to hold the case when it begins")
    lead = ordered[0].lead
    shares: dict[int, Holder] = {}
    found: list[Span] = []
    for place, move in enumerate(ordered):
        lead = move.lead or lead
        shares = {id: who for id, who in shares.items() if id not in move.taken}
        shares |= move.given or {}
        end = ordered[place + 1].at if place + 1 < len(ordered) else until
        if end > move.at:
            found = _joined(found, Span(move.at, end, _holding(lead, shares)))
    return found


def _holding(lead: Holder, shares: Mapping[int, Holder]) -> tuple[Holder, ...]:
    return tuple(dict.fromkeys(shares[id] for id in sorted(shares))) or (lead,)


def _joined(found: list[Span], one: Span) -> list[Span]:
    """A move that changes nobody is no border."""
    if found and found[-1].holders == one.holders:
        return [*found[:-1], Span(found[-1].start, one.end, one.holders)]
    return [*found, one]


def totals(among: Sequence[Span]) -> dict[Holder, timedelta]:
    """How long each held it, the longest first; the sum is the whole, to the microsecond."""
    sums: dict[Holder, timedelta] = {}
    for span in among:
        for holder, length in span.parts():
            sums[holder] = sums.get(holder, timedelta()) + length
    return dict(sorted(sums.items(), key=lambda one: (-one[1], one[0])))


def within(among: Sequence[Span], start: datetime, end: datetime) -> list[Span]:
    """The part of them between two moments."""
    return [
        Span(max(span.start, start), min(span.end, end), span.holders)
        for span in among
        if span.start < end and span.end > start
    ]
