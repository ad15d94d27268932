"""What happened on the days of a period; every figure of the overview is a sum of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Case as Choice
from django.db.models import Count, DurationField, F, QuerySet, Sum, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import TruncDate, TruncHour

from bihuan.cases.models import Case, Clock
from bihuan.cases.queries.figures import (
    AWAITED,
    DUE_DAY,
    KEPT,
    SETTLED,
    Kept,
    judged,
    midnight,
)
from bihuan.cases.queries.rows import visible
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI


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
        return Kept(self.due, self.kept).rate


@dataclass(frozen=True, slots=True)
class Hours:
    """How long cases took from receipt (or reopening) to the result notice: how many, in all."""

    told: int
    whole: timedelta

    @property
    def mean(self) -> float | None:
        """Hours, None when nobody was told."""
        return round(self.whole.total_seconds() / self.told / 3600, 1) if self.told else None


@dataclass(frozen=True, slots=True)
class Period:
    """Days in a row, counted: arrivals by hour and complaint category, notices and dues by day."""

    first: date
    days: int
    arrived: Mapping[tuple[datetime, str], int]  # category "" for what is no complaint
    notices: Mapping[date, Hours]
    dues: Mapping[tuple[date, str], Kept]

    def of(self, first: date, days: int) -> Period:
        """Some of these days, as far as they were read."""
        last = first + timedelta(days=days - 1)
        return replace(
            self,
            first=first,
            days=days,
            arrived={k: n for k, n in self.arrived.items() if first <= k[0].date() <= last},
            notices={day: told for day, told in self.notices.items() if first <= day <= last},
            dues={key: kept for key, kept in self.dues.items() if first <= key[0] <= last},
        )

    @property
    def flow(self) -> list[Day]:
        """Each day: filed and told by their day, dues by the day they fell on."""
        filed: dict[date, int] = {}
        for (hour, _category), n in self.arrived.items():
            filed[hour.date()] = filed.get(hour.date(), 0) + n
        kept = self.kept_by_day()
        found = []
        for day in (self.first + timedelta(days=n) for n in range(self.days)):
            told, due = self.notices.get(day), kept.get(day, Kept(0, 0))
            found.append(Day(day, filed.get(day, 0), told.told if told else 0, due.due, due.kept))
        return found

    def kept_by_day(self, milestone: str = "") -> dict[date, Kept]:
        """The dues that have passed, and how many were kept, by day; "" is every milestone."""
        found: dict[date, Kept] = {}
        for (day, step), one in sorted(self.dues.items()):
            if milestone in ("", step):
                so_far = found.get(day, Kept(0, 0))
                found[day] = Kept(so_far.due + one.due, so_far.kept + one.kept)
        return found

    def kept(self, milestone: str) -> Kept:
        """The on-time figure of one milestone, by the dues of the period that have passed."""
        days = self.kept_by_day(milestone).values()
        return Kept(sum(d.due for d in days), sum(d.kept for d in days))

    @property
    def hours(self) -> Hours:
        """How long the cases took that were told in the period."""
        told = self.notices.values()
        return Hours(sum(t.told for t in told), sum((t.whole for t in told), timedelta()))

    @property
    def hours_by_day(self) -> list[float]:
        """The mean of each day on which anything was told."""
        days = (told.mean for _day, told in sorted(self.notices.items()))
        return [mean for mean in days if mean is not None]

    @property
    def categories(self) -> dict[str, int]:
        """Complaints by category."""
        found: dict[str, int] = {}
        for (_hour, category), n in self.arrived.items():
            if category:
                found[category] = found.get(category, 0) + n
        return found

    @property
    def slots(self) -> dict[tuple[int, int], int]:
        """Cases by ISO weekday (1 Monday) and two-hour slot (0–11) of their arrival in Shanghai."""
        found: dict[tuple[int, int], int] = {}
        for (hour, _category), n in self.arrived.items():
            key = (hour.isoweekday(), hour.hour // 2)
            found[key] = found.get(key, 0) + n
        return found


def period(
    by: Actor, first: date, days: int, at: datetime, only: Iterable[int] | None = None
) -> Period:
    """Days counted from the rows, with four statements, whatever is asked of them afterwards.

    `only` of these cases; but dues that have passed unseen are counted of every case.
    """
    end, since = midnight(first + timedelta(days=days)), midnight(first)
    seen = visible(by)
    due = judged(by, since, end, at)
    settled = due.filter(SETTLED)
    if only is not None:
        ids = RawSQL("SELECT unnest(%s::bigint[])", [list(only)])
        seen, settled = seen.filter(id__in=ids), settled.filter(case_id__in=ids)
    return Period(
        first=first,
        days=days,
        arrived=_arrived(seen.filter(received_at__gte=since, received_at__lt=end)),
        notices=_notices(seen.filter(told_at__gte=since, told_at__lt=end)),
        dues=_added([_kept(settled), _kept(due.filter(AWAITED))]),  # each has its own index
    )


def together(*parts: Period) -> Period:
    """What was counted apart, as one: from the first day of any to the last."""
    first = min(part.first for part in parts)
    arrived: Counter[tuple[datetime, str]] = Counter()
    notices: dict[date, Hours] = {}
    for part in parts:
        arrived.update(part.arrived)
        for day, told in part.notices.items():
            so_far = notices.get(day, Hours(0, timedelta()))
            notices[day] = Hours(so_far.told + told.told, so_far.whole + told.whole)
    return Period(
        first=first,
        days=max((part.first - first).days + part.days for part in parts),
        arrived=arrived,
        notices=notices,
        dues=_added(part.dues for part in parts),
    )


def _arrived(rows: QuerySet[Case]) -> dict[tuple[datetime, str], int]:
    category = Choice(When(kind="complaint", then=F("category")), default=Value(""))
    counted = (
        rows.annotate(hour=TruncHour("received_at", tzinfo=SHANGHAI), of=category)
        .values("hour", "of")
        .annotate(n=Count("*"))
        .order_by()
    )
    return {(r["hour"], r["of"]): r["n"] for r in counted}


def _notices(rows: QuerySet[Case]) -> dict[date, Hours]:
    took = Sum(F("told_at") - F("round_at"), output_field=DurationField())
    found = rows.annotate(day=TruncDate("told_at", tzinfo=SHANGHAI)).values("day")
    return {
        r["day"]: Hours(r["n"], r["took"])
        for r in found.annotate(n=Count("*"), took=took).order_by()
    }


def _kept(rows: QuerySet[Clock]) -> dict[tuple[date, str], Kept]:
    counted = (
        rows.annotate(day=DUE_DAY)
        .values("day", "milestone")
        .annotate(due=Count("due_at"), kept=Count("due_at", filter=KEPT))
        .order_by()
    )
    return {(r["day"], r["milestone"]): Kept(r["due"], r["kept"]) for r in counted}


def _added(parts: Iterable[Mapping[tuple[date, str], Kept]]) -> dict[tuple[date, str], Kept]:
    found: dict[tuple[date, str], Kept] = {}
    for part in parts:
        for key, one in part.items():
            so_far = found.get(key, Kept(0, 0))
            found[key] = Kept(so_far.due + one.due, so_far.kept + one.kept)
    return found
