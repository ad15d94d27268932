"""Deadlines as programs outside see them: the same from the API and from the command line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from bihuan.core.clocks import SHANGHAI, Deadline

PROVISIONAL = "暂定，待国务院办公厅公布放假安排"


class CountedOut(msgspec.Struct):
    """One day between start and due: its number if it counts, and why it does or does not."""

    day: date
    kind: str
    number: int | None
    note: str


class DeadlineOut(msgspec.Struct):
    """One promise with its due; times are ISO 8601 in Shanghai."""

    promise: str
    clause: str
    quote: str
    force: str
    hard: bool
    default_not_handbook: bool
    milestone: str
    limit: dict[str, int]
    started_at: datetime
    due_at: datetime
    effective_due_at: datetime
    status: str
    earliest_at: datetime
    note: str
    counted: list[CountedOut]


class DueOut(msgspec.Struct):
    """Every promise whose start is known, in the order of the handbook."""

    clocks: list[DeadlineOut]


def due(found: Iterable[Deadline]) -> DueOut:
    """These deadlines, with the counted days one by one."""
    return DueOut([_deadline(one) for one in found])


def _deadline(one: Deadline) -> DeadlineOut:
    promise = one.promise
    return DeadlineOut(
        promise=promise.id,
        clause=promise.clause,
        quote=promise.says,
        force=promise.force,
        hard=one.hard,
        default_not_handbook=promise.default_not_handbook,
        milestone=promise.until,
        limit={promise.limit.unit: promise.limit.amount},
        started_at=one.started_at.astimezone(SHANGHAI),
        due_at=one.due_at.astimezone(SHANGHAI),
        effective_due_at=one.effective_due_at.astimezone(SHANGHAI),
        status=one.status,
        earliest_at=one.earliest_at.astimezone(SHANGHAI),
        note=PROVISIONAL if one.status == "provisional" else "",
        counted=[CountedOut(c.day, c.kind, c.number, c.note) for c in one.counted],
    )
