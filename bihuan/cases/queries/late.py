"""How late a step was, and whose hands its case was in meanwhile, as the log tells it (2.3.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bihuan.cases.models import Clock
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
