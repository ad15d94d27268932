"""Figures for the supervisor, each counted in SQL, and the very cases behind each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Avg, Count, F, Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, TruncDate

from bihuan.cases.models import OPEN, Case, Clock
from bihuan.cases.queries.rows import visible
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import Invalid

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
class Behind:
    """Which cases stand behind a figure: came in, told, fell due, or missed, in whole days.

    `milestone` narrows dues to one step; `weekday` (1 Monday) and `slot` (two hours) the arrivals.
    """

    what: str
    first: date
    last: date
    milestone: str = ""
    weekday: int = 0
    slot: int = -1


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
    judged = kept_by_day(by, "", first, days, at)
    return [
        Day(
            day=day,
            filed=filed.get(day, 0),
            done=told.get(day, 0),
            due=judged[day].due if day in judged else 0,
            kept=judged[day].kept if day in judged else 0,
        )
        for day in (first + timedelta(days=n) for n in range(days))
    ]


_KEPT = Q(done_at__lte=F("due_at"))


def _judged(
    by: Actor, start: datetime, end: datetime, at: datetime, milestone: str = ""
) -> QuerySet[Clock]:
    """Hard dues of a period that have passed, of cases this actor may see; "" is every milestone.

    A working day ends at 24:00, stored as 00:00 of the next: that due is one of the day before.
    """
    rows = Clock.objects.filter(
        hard=True, void_at__isnull=True, due_at__gt=start, due_at__lte=end, due_at__lt=at
    )
    if milestone:
        rows = rows.filter(milestone=milestone)
    seen = visible(by)
    # who sees every case is spared the comparison
    return rows.filter(case_id__in=seen.values("id")) if seen.query.where else rows


def kept_by_day(
    by: Actor, milestone: str, first: date, days: int, at: datetime
) -> dict[date, Kept]:
    """The dues of these days that have passed by now, and how many were kept, by day."""
    start, end = midnight(first), midnight(first + timedelta(days=days))
    rows = (
        _judged(by, start, end, at, milestone)
        .annotate(day=TruncDate(F("due_at") - timedelta(microseconds=1), tzinfo=SHANGHAI))
        .values("day")
        .annotate(due=Count("case_id"), kept=Count("case_id", filter=_KEPT))
        .order_by()
    )
    return {r["day"]: Kept(r["due"], r["kept"]) for r in rows}


def behind(rows: QuerySet[Case], figure: Behind, by: Actor, at: datetime) -> QuerySet[Case]:
    """Exactly the cases that a figure counts, so that every number opens (UI rule 14)."""
    start, end = midnight(figure.first), midnight(figure.last + timedelta(days=1))
    match figure.what:
        case "filed":
            found = rows.filter(received_at__gte=start, received_at__lt=end)
            return _arrived(found, figure.weekday, figure.slot)
        case "told":
            return rows.filter(told_at__gte=start, told_at__lt=end)
        case "due" | "late":
            judged = _judged(by, start, end, at, figure.milestone)
            judged = judged.exclude(_KEPT) if figure.what == "late" else judged
            return rows.filter(id__in=judged.values("case_id"))
    raise Invalid({"figure": "not_known"}, allowed=["filed", "told", "due", "late"])


def _arrived(rows: QuerySet[Case], weekday: int, slot: int) -> QuerySet[Case]:
    if weekday:
        rows = rows.annotate(weekday=_WEEKDAY).filter(weekday=weekday)
    if slot >= 0:
        rows = rows.annotate(hour=_HOUR).filter(hour__in=[2 * slot, 2 * slot + 1])
    return rows


_WEEKDAY = ExtractIsoWeekDay("received_at", tzinfo=SHANGHAI)
_HOUR = ExtractHour("received_at", tzinfo=SHANGHAI)


def _by_day(rows, field: str) -> dict[date, int]:  # type: ignore[no-untyped-def]
    counted = rows.annotate(day=TruncDate(field, tzinfo=SHANGHAI)).values("day")
    return {r["day"]: r["n"] for r in counted.annotate(n=Count("id")).order_by()}


def kept(by: Actor, milestone: str, start: datetime, end: datetime, at: datetime) -> Kept:
    """The on-time figure of one milestone, by the dues of a period that have passed."""
    found = _judged(by, start, end, at, milestone).aggregate(
        due=Count("case_id"), kept=Count("case_id", filter=_KEPT)
    )
    return Kept(found["due"], found["kept"])


@dataclass(frozen=True, slots=True)
class Hours:
    """How long cases took that were told in a period: how many, and their mean in hours."""

    told: int
    mean: float | None


def handling_hours(by: Actor, start: datetime, end: datetime) -> Hours:
    """Mean hours from receipt (or reopening) to the result notice, of cases told then."""
    rows = visible(by).filter(told_at__gte=start, told_at__lt=end)
    found = rows.aggregate(told=Count("id"), mean=Avg(F("told_at") - F("round_at")))
    return Hours(found["told"], _hours(found["mean"]))


def hours_by_day(by: Actor, start: datetime, end: datetime) -> list[float]:
    """The same mean of each day on which anything was told."""
    rows = visible(by).filter(told_at__gte=start, told_at__lt=end)
    found = rows.annotate(day=TruncDate("told_at", tzinfo=SHANGHAI)).values("day")
    means = found.annotate(mean=Avg(F("told_at") - F("round_at"))).order_by("day")
    return [hours for r in means if (hours := _hours(r["mean"])) is not None]


def _hours(mean: timedelta | None) -> float | None:
    return round(mean.total_seconds() / 3600, 1) if mean is not None else None


def loads(by: Actor, owner_ids: Sequence[int], at: datetime) -> dict[int, Load]:
    """Open cases of these people by how they stand."""
    late = Q(next_due_at__lt=at)
    near = Q(next_due_at__gte=at, next_due_at__lt=at + SOON)
    rows = visible(by).filter(state__in=OPEN, owner_id__in=owner_ids).values("owner_id")
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
        rows.annotate(weekday=_WEEKDAY, hour=_HOUR)
        .values("weekday", "hour")
        .annotate(n=Count("id"))
        .order_by()
    )
    found: dict[tuple[int, int], int] = {}
    for r in counted:
        key = (r["weekday"], r["hour"] // 2)
        found[key] = found.get(key, 0) + r["n"]
    return found
