"""Keep the sums of what came in and what was told, from what the rows say (7.4).

As with the dues: what a case is now takes the place of what was counted of it before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bihuan.cases.queries import Countable
from bihuan.complaints.models import Arrived, Counted, Told
from bihuan.core.clocks import SHANGHAI
from bihuan.store import statements

_ARRIVED = """
INSERT INTO complaints_arrived (hour, category, n)
SELECT * FROM unnest(%s::timestamptz[], %s::text[], %s::int[])
ON CONFLICT (hour, category) DO UPDATE SET n = complaints_arrived.n + excluded.n
"""
_TOLD = """
INSERT INTO complaints_told (day, n, took)
SELECT * FROM unnest(%s::date[], %s::int[], %s::interval[])
ON CONFLICT (day) DO UPDATE
SET n = complaints_told.n + excluded.n, took = complaints_told.took + excluded.took
"""
_SUM_UP = (
    """
INSERT INTO complaints_arrived (hour, category, n)
SELECT date_trunc('hour', received_at), category, count(*) FROM complaints_counted GROUP BY 1, 2
""",
    """
INSERT INTO complaints_told (day, n, took)
SELECT (told_at AT TIME ZONE 'Asia/Shanghai')::date, count(*), sum(took) FROM complaints_counted
WHERE told_at IS NOT NULL GROUP BY 1
""",
)


@dataclass(slots=True)
class Flow:
    """What is to be added to the sums."""

    arrived: Counter[tuple[datetime, str]] = field(default_factory=Counter)
    told: Counter[date] = field(default_factory=Counter)
    took: defaultdict[date, timedelta] = field(default_factory=lambda: defaultdict(timedelta))

    def put(self, row: Counted, sign: int) -> None:
        """Count this row, or take it out."""
        hour = row.received_at.replace(minute=0, second=0, microsecond=0)
        self.arrived[hour, row.category] += sign
        if row.told_at is not None and row.took is not None:
            day = row.told_at.astimezone(SHANGHAI).date()
            self.told[day] += sign
            self.took[day] += sign * row.took


def note(case_ids: Sequence[int], found: Mapping[int, Countable]) -> Flow:
    """Write what these cases are now; what that changes in the sums."""
    known = {row.case_id: row for row in statements.among(Counted, "case_id", case_ids)}
    fresh = {id: _counted(one) for id, one in found.items()}
    flow = Flow()
    for row in known.values():
        flow.put(row, -1)
    for row in fresh.values():
        flow.put(row, 1)
    Counted.objects.filter(case_id__in=known.keys() - fresh.keys()).delete()
    Counted.objects.bulk_create(
        [row for id, row in fresh.items() if id not in known or _values(row) != _values(known[id])],
        update_conflicts=True,
        unique_fields=["case_id"],
        update_fields=_COLUMNS,
    )
    return flow


def add(flow: Flow) -> None:
    """Bring the sums up to it."""
    if arrived := sorted((*key, n) for key, n in flow.arrived.items() if n):
        statements.run(_ARRIVED, [list(column) for column in zip(*arrived, strict=True)])
    days = (day for day, took in flow.took.items() if took or flow.told[day])
    if told := sorted((day, flow.told[day], flow.took[day]) for day in days):
        statements.run(_TOLD, [list(column) for column in zip(*told, strict=True)])


def sum_up() -> None:
    """The sums anew, of what was counted."""
    Arrived.objects.all().delete()
    Told.objects.all().delete()
    for statement in _SUM_UP:
        statements.run(statement)


def _counted(one: Countable) -> Counted:
    return Counted(
        case_id=one.case_id, received_at=one.received_at, staff_id=one.owner_id,
        category=one.category, suggested=one.suggested, given=one.severity,
        told_at=one.told_at, took=one.took if one.told_at else None,
    )  # fmt: skip


_COLUMNS = [f.attname for f in Counted._meta.concrete_fields if f.attname != "case_id"]


def _values(row: Counted) -> list[object]:
    return [getattr(row, name) for name in _COLUMNS]
