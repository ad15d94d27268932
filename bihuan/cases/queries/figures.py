"""Figures for the supervisor: flow, on-time rates, load, shares; each counted in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Avg, Count, F, Q
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, TruncDate

from bihuan.cases.models import OPEN, Case, Clock
from bihuan.cases.queries.rows import visible
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI

SOON = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Day:
    """One day: cases in, cases told, and how many of its hard dues were kept."""

    day: date
    filed: int
    done: int
    due: int
    kept: int

    @property
    def rate(self) -> float | None:
        """Per cent kept, None when nothing was due."""
        return round(100 * self.kept / self.due, 1) if self.due else None


@dataclass(frozen=True, slots=True)
class Kept:
    """How many dues of a milestone fell in a period, and how many were kept."""

    due: int
    kept: int

    @property
    def rate(self) -> float | None:
        """Per cent kept, None when nothing was due."""
        return round(100 * self.kept / self.due, 1) if self.due else None


@dataclass(frozen=True, slots=True)
class Load:
    """One person's open cases."""

    owner_id: int
    over: int
    soon: int
    ok: int


def midnight(day: date) -> datetime:
    """00:00 in Shanghai."""
    return datetime.combine(day, time.min, SHANGHAI)


def flow(by: Actor, first: date, days: int, at: datetime) -> list[Day]:
    """The days from `first` on: filed and told by their day, dues by the day they fell on."""
    start, end = midnight(first), midnight(first + timedelta(days=days))
    filed = _by_day(visible(by).filter(received_at__gte=start, received_at__lt=end), "received_at")
    told = _by_day(visible(by).filter(told_at__gte=start, told_at__lt=end), "told_at")
    rows = (
        _judged(start, min(end, at), at)
        .annotate(day=TruncDate("due_at", tzinfo=SHANGHAI))
        .values("day")
        .annotate(due=Count("case_id"), kept=Count("case_id", filter=_KEPT))
        .order_by()
    )
    judged = {r["day"]: r for r in rows}
    return [
        Day(
            day=day,
            filed=filed.get(day, 0),
            done=told.get(day, 0),
            due=judged.get(day, {}).get("due", 0),
            kept=judged.get(day, {}).get("kept", 0),
        )
        for day in (first + timedelta(days=n) for n in range(days))
    ]


_KEPT = Q(done_at__lte=F("due_at"))


def _judged(start: datetime, end: datetime, at: datetime):  # type: ignore[no-untyped-def]
    """Hard rows due in the period that were met or can no longer be."""
    rows = Clock.objects.filter(hard=True, void_at__isnull=True, due_at__gte=start, due_at__lt=end)
    return rows.filter(Q(done_at__isnull=False) | Q(due_at__lt=at))


def _by_day(rows, field: str) -> dict[date, int]:  # type: ignore[no-untyped-def]
    counted = rows.annotate(day=TruncDate(field, tzinfo=SHANGHAI)).values("day")
    return {r["day"]: r["n"] for r in counted.annotate(n=Count("id")).order_by()}


def kept(milestone: str, start: datetime, end: datetime, at: datetime) -> Kept:
    """The on-time figure of one milestone, by the dues that fell in the period."""
    found = (
        _judged(start, end, at)
        .filter(milestone=milestone)
        .aggregate(due=Count("case_id"), kept=Count("case_id", filter=_KEPT))
    )
    return Kept(found["due"], found["kept"])


def handling_hours(by: Actor, start: datetime, end: datetime) -> float | None:
    """Mean hours from receipt (or reopening) to the result notice, of cases told then."""
    rows = visible(by).filter(told_at__gte=start, told_at__lt=end)
    mean = rows.aggregate(mean=Avg(F("told_at") - F("round_at")))["mean"]
    return round(mean.total_seconds() / 3600, 1) if mean is not None else None


def overdue_now(by: Actor, at: datetime) -> int:
    """Open cases whose nearest hard due has passed."""
    return visible(by).filter(state__in=OPEN, next_due_at__lt=at).count()


def loads(owner_ids: Sequence[int], at: datetime) -> dict[int, Load]:
    """Open cases of these people by how they stand."""
    late = Q(next_due_at__lt=at)
    near = Q(next_due_at__gte=at, next_due_at__lt=at + SOON)
    rows = Case.objects.filter(state__in=OPEN, owner_id__in=owner_ids).values("owner_id")
    counted = rows.annotate(
        n=Count("id"), over=Count("id", filter=late), soon=Count("id", filter=near)
    ).order_by()
    return {
        r["owner_id"]: Load(r["owner_id"], r["over"], r["soon"], r["n"] - r["over"] - r["soon"])
        for r in counted
    }


def shares(by: Actor, start: datetime, end: datetime) -> dict[str, int]:
    """Complaints by category."""
    rows = visible(by).filter(kind="complaint", received_at__gte=start, received_at__lt=end)
    counted = rows.values("category").annotate(n=Count("id")).order_by()
    return {r["category"]: r["n"] for r in counted}


def arrivals(by: Actor, start: datetime, end: datetime) -> dict[tuple[int, int], int]:
    """Cases by ISO weekday (1 Monday) and two-hour slot (0–11) of their arrival in Shanghai."""
    rows = visible(by).filter(received_at__gte=start, received_at__lt=end)
    counted = (
        rows.annotate(
            weekday=ExtractIsoWeekDay("received_at", tzinfo=SHANGHAI),
            hour=ExtractHour("received_at", tzinfo=SHANGHAI),
        )
        .values("weekday", "hour")
        .annotate(n=Count("id"))
        .order_by()
    )
    found: dict[tuple[int, int], int] = {}
    for r in counted:
        key = (r["weekday"], r["hour"] // 2)
        found[key] = found.get(key, 0) + r["n"]
    return found
