"""What a figure of the overview counts, and the very cases behind each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, TruncDate

from bihuan.cases.models import OPEN, Case, Clock
from bihuan.cases.queries.rows import hidden, visible
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import Invalid

SOON = timedelta(hours=4)


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

    @property
    def total(self) -> int:
        return self.over + self.soon + self.ok


def midnight(day: date) -> datetime:
    """00:00 in Shanghai."""
    return datetime.combine(day, time.min, SHANGHAI)


def due_day(due_at: datetime) -> date:
    """The day in Shanghai that a due belongs to; 24:00 is stored as 00:00 of the next day."""
    return (due_at - timedelta(microseconds=1)).astimezone(SHANGHAI).date()


KEPT = Q(done_at__lte=F("due_at"))
#: A due was met or missed, whatever became of the case; or it has passed this moment, and nobody
#: has looked yet.
SETTLED = Q(done_at__isnull=False) | Q(late_at__isnull=False)
AWAITED = Q(done_at__isnull=True, late_at__isnull=True, void_at__isnull=True)
#: the same as `due_day`
DUE_DAY = TruncDate(F("due_at") - timedelta(microseconds=1), tzinfo=SHANGHAI)


def judged(
    by: Actor, start: datetime, end: datetime, at: datetime, milestone: str = ""
) -> QuerySet[Clock]:
    """Hard dues of a period, of cases this actor may see; "" is any milestone.

    To be asked for those that are SETTLED or AWAITED; the rest became void before they passed.
    """
    rows = Clock.objects.filter(hard=True, due_at__gt=start, due_at__lte=end, due_at__lt=at)
    if milestone:
        rows = rows.filter(milestone=milestone)
    seen = visible(by)
    if not seen.query.where:  # every case
        return rows
    if by.is_staff:  # compared with the few that are hidden, not with all that are seen
        return rows.exclude(case_id__in=hidden(by).values("id"))
    return rows.filter(case_id__in=seen.values("id"))


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
            # to name both lets PostgreSQL take the index of each
            dues = judged(by, start, end, at, figure.milestone).filter(SETTLED | AWAITED)
            dues = dues.exclude(KEPT) if figure.what == "late" else dues
            return rows.filter(id__in=dues.values("case_id"))
    raise Invalid({"figure": "not_known"}, allowed=["filed", "told", "due", "late"])


def _arrived(rows: QuerySet[Case], weekday: int, slot: int) -> QuerySet[Case]:
    if weekday:
        rows = rows.annotate(weekday=_WEEKDAY).filter(weekday=weekday)
    if slot >= 0:
        rows = rows.annotate(hour=_HOUR).filter(hour__in=[2 * slot, 2 * slot + 1])
    return rows


_WEEKDAY = ExtractIsoWeekDay("received_at", tzinfo=SHANGHAI)
_HOUR = ExtractHour("received_at", tzinfo=SHANGHAI)


def loads(by: Actor, at: datetime) -> dict[int, Load]:
    """Open cases of everybody by how they stand; those of owner 0 are nobody's."""
    late = Q(sort_due_at__lt=at)
    near = Q(sort_due_at__gte=at, sort_due_at__lt=at + SOON)
    rows = visible(by).filter(state__in=OPEN).values("owner_id")
    counted = rows.annotate(
        n=Count("id"), over=Count("id", filter=late), soon=Count("id", filter=near)
    ).order_by()
    return {
        r["owner_id"]: Load(r["owner_id"], r["over"], r["soon"], r["n"] - r["over"] - r["soon"])
        for r in counted
    }
