"""Service points: where they are, when they are open, which places are free."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bihuan.core import opening
from bihuan.core.actors import Actor, Role
from bihuan.core.clocks import SHANGHAI
from bihuan.core.opening import Span
from bihuan.core.refusals import NotFound, NotPermitted
from bihuan.counter import rules
from bihuan.counter.models import Appointment, Point, SpecialDay
from bihuan.policy import queries as policy

MANAGERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
AHEAD = 60  # days that are looked through for the next open one


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which it is open, and how many places of it are free."""

    day: date
    free: int


@dataclass(frozen=True, slots=True)
class Slot:
    """When a visit may begin, and how many places are left."""

    starts_at: datetime
    free: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether it is open; today if its hours are not over yet, else the next day with any.

    `day` is None where there is none within 60 days.
    """

    is_open: bool
    day: date | None = None
    spans: tuple[Span, ...] = ()


def manages(by: Actor) -> bool:
    """Whether this is somebody who administers service points."""
    return bool(by.roles & MANAGERS)


def managers_only(by: Actor, action: str) -> None:
    """NotFound for anybody but staff, NotPermitted for staff who do not administer points."""
    staff_only(by)
    if not manages(by):
        raise NotPermitted("1.3", action=action, why="not_a_supervisor")


def staff_only(by: Actor) -> None:
    """The counter is served by staff, and does not exist for anybody else."""
    if not by.is_staff:
        raise NotFound()


def today(at: datetime) -> date:
    """The day in Shanghai."""
    return at.astimezone(SHANGHAI).date()


def points(*, closed: bool = False) -> list[Point]:
    """Those that are open to the public, by city; with those that were closed for good."""
    rows = Point.objects.order_by("city", "name", "id")
    return list(rows if closed else rows.filter(closed_at=None))


def point(id: int, *, closed: bool = False) -> Point:
    """That one; NotFound when there is none, or when it was closed and is not asked for."""
    row = Point.objects.filter(id=id).first()
    if row is None or (row.closed_at and not closed):
        raise NotFound()
    return row


def locked_point(id: int) -> Point:
    """That one, held until the transaction ends."""
    row = Point.objects.select_for_update().filter(id=id).first()
    if row is None:
        raise NotFound()
    return row


def special_days(point_id: int, since: date) -> list[SpecialDay]:
    """The days with hours of their own from this one on."""
    rows = SpecialDay.objects.filter(point_id=point_id, day__gte=since)
    return list(rows.order_by("day"))


def hours_on(row: Point, days: Iterable[date]) -> dict[date, tuple[Span, ...]]:
    """When it is open on each of these days."""
    return _hours([row], days)[row.id]


def _hours(rows: Sequence[Point], days: Iterable[date]) -> dict[int, dict[date, tuple[Span, ...]]]:
    """The same for several points in one query."""
    asked, calendar = list(days), policy.workdays()
    special: dict[int, dict[date, tuple[Span, ...]]] = {row.id: {} for row in rows}
    for one in SpecialDay.objects.filter(point_id__in=list(special), day__in=asked):
        special[one.point_id][one.day] = tuple((a, b) for a, b in one.spans)
    return {
        row.id: {
            day: opening.spans_on(day, week=row.week, special=special[row.id], days=calendar)
            for day in asked
        }
        for row in rows
    }


def standings(rows: Sequence[Point], at: datetime) -> dict[int, Standing]:
    """How each of them stands now: two queries for any number."""
    first = today(at)
    hours = _hours(rows, (first + timedelta(days=n) for n in range(AHEAD)))
    return {row.id: _standing(row, hours[row.id], at) for row in rows}


def standing(row: Point, at: datetime) -> Standing:
    """How it stands now."""
    return standings([row], at)[row.id]


def _standing(row: Point, hours: Mapping[date, tuple[Span, ...]], at: datetime) -> Standing:
    is_open = row.is_configured and not row.closed_at and opening.is_open(hours[today(at)], at)
    for day, spans in hours.items():
        if any(opening.moment(day, last) > at for _, last in spans):
            return Standing(is_open, day, spans)
    return Standing(is_open)


def bookable_days(row: Point, at: datetime) -> list[Day]:
    """The open days that can be booked now, with what is free on each."""
    if not row.is_configured or row.closed_at:
        return []
    first = today(at)
    ahead = policy.default("counter_book_ahead", at)
    days = [first + timedelta(days=n) for n in range(ahead + 1)]
    return [Day(day, sum(one.free for one in found)) for day, found in _free(row, days, at).items()]


def free_slots(row: Point, day: date, at: datetime) -> list[Slot]:
    """The visits of this day that can still be booked, full ones too; none beyond the horizon."""
    last = today(at) + timedelta(days=policy.default("counter_book_ahead", at))
    if not row.is_configured or row.closed_at or not today(at) <= day <= last:
        return []
    return _free(row, [day], at).get(day, [])


def _free(row: Point, days: list[date], at: datetime) -> dict[date, list[Slot]]:
    taken = Counter(
        Appointment.objects.filter(
            point_id=row.id, day__in=days, state__in=["booked", "kept"]
        ).values_list("starts_at", flat=True)
    )
    found = {}
    for day, spans in hours_on(row, days).items():
        starts = [one for one in rules.slots(day, spans, row.minutes) if one > at]
        if starts:
            found[day] = [Slot(one, max(row.windows - taken[one], 0)) for one in starts]
    return found


def stranded(row: Point, at: datetime) -> list[Appointment]:
    """Appointments to come that the hours have no more room for, since they were changed."""
    rows = list(
        Appointment.objects.filter(point_id=row.id, state="booked", starts_at__gt=at).order_by(
            "starts_at"
        )
    )
    hours = hours_on(row, {one.day for one in rows})
    return [
        one for one in rows if row.closed_at or not opening.is_open(hours[one.day], one.starts_at)
    ]
