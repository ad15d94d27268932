"""How late a step was, whose hands its case was in meanwhile, and what reports count (2.3.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from bihuan.cases.models import Case, Clock
from bihuan.store import statements

Key = tuple[int, int, str, datetime]  # case, round, milestone, due
_KINDS = ["case.filed", "case.assigned", "case.accepted", "case.planned"]
_SAID = """
SELECT stream, COALESCE((data->>'received_at')::timestamptz, at),
    (data->>'owner')::bigint, data->>'department'
FROM events_event
WHERE stream = ANY(%s) AND kind = ANY(%s) ORDER BY stream, seq
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """From when to when a clock ran; `ended_at` is None while it runs."""

    started_at: datetime
    ended_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Holding:
    """From when on a case was somebody's; 0 is nobody's."""

    owner_id: int
    department: str
    since: datetime


def ran(case_ids: Iterable[int]) -> dict[Key, Ran]:
    """When each clock of these cases began and ended, in one query."""
    rows = statements.among(Clock, "case_id", set(case_ids))
    return {
        (row.case_id, row.round, row.milestone, row.due_at): Ran(
            row.started_at, row.done_at or row.void_at, row.done_at
        )
        for row in rows
    }


def holdings(case_ids: Iterable[int]) -> dict[int, list[Holding]]:
    """Who held each of these cases from when on, in order: from the receipt, in one query."""
    found: dict[int, list[Holding]] = defaultdict(list)
    asked = [sorted(set(case_ids)), _KINDS]
    for case_id, since, owner, department in statements.run(_SAID, asked):
        known = found[case_id]
        last = known[-1].department if known else ""
        if owner is not None or not known:
            known.append(Holding(owner or 0, department or last, since))
    return dict(found)


@dataclass(frozen=True, slots=True)
class Due:
    """A due that was kept or missed, whatever became of its case; `done_at` None: not yet done.

    A hard one is missed when that was said (2.3.3); a soft one counts when its step is done.
    """

    case_id: int
    round: int
    milestone: str
    due_at: datetime
    hard: bool
    promises: tuple[str, ...]
    done_at: datetime | None
    ended_at: datetime | None

    @property
    def kept(self) -> bool:
        """In time."""
        return self.done_at is not None and self.done_at <= self.due_at

    @property
    def settled_at(self) -> datetime:
        """When it was kept or missed: who had the case then has the merit or the fault."""
        return min(self.done_at, self.due_at) if self.done_at else self.due_at


# asked of the database: a case that only came in has none, and a worker counts every one
_SETTLED = Q(done_at__isnull=False) | Q(hard=True, late_at__isnull=False)


def settled(case_ids: Iterable[int]) -> list[Due]:
    """The dues of these cases that were kept or missed, in one query."""
    return [
        Due(
            row.case_id, row.round, row.milestone, row.due_at, row.hard, tuple(row.promises),
            row.done_at, row.done_at or row.void_at,
        )
        for row in Clock.objects.filter(_SETTLED, case_id__in=set(case_ids))
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Countable:
    """What is counted of a case: when and as what it came in, how it is graded, when it was told.

    `category` is "" for what is no complaint; `suggested` is the severity the rules gave it at its
    filing; `took` is the time from the receipt (or reopening) to the notice, None before it.
    """

    case_id: int
    received_at: datetime
    owner_id: int
    category: str
    severity: str
    suggested: str
    told_at: datetime | None
    took: timedelta | None


_COUNTABLE = """
SELECT id, received_at, owner_id, CASE cases_case.kind WHEN 'complaint' THEN category ELSE '' END,
    severity, COALESCE(data->>'severity', severity), told_at, told_at - round_at
FROM cases_case LEFT JOIN events_event ON stream = id AND seq = 1
WHERE id = ANY(%s)
"""


def countable(case_ids: Iterable[int]) -> dict[int, Countable]:
    """The same for many cases in one query."""
    rows = statements.run(_COUNTABLE, [sorted(set(case_ids))])
    return {row[0]: Countable(*row) for row in rows}


def ids_after(id: int, most: int) -> list[int]:
    """The next ids of all cases there are, for whoever goes through them."""
    rows = Case.objects.filter(id__gt=id).order_by("id")
    return list(rows.values_list("id", flat=True)[:most])
