"""Appointments: by their link, of a person, of a day at a point."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bihuan.accounts import queries as people
from bihuan.accounts.queries import Shown
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import NotFound
from bihuan.counter import links
from bihuan.counter.models import Appointment, Point
from bihuan.counter.queries.points import staff_only, today
from bihuan.policy import queries as policy

REMINDED_FROM = time(9)  # nobody is told at night


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody who is to come: masked."""

    row: Appointment
    person: Shown


def booked(token: str) -> Appointment:
    """The appointment whose link this is; NotFound for any other."""
    row = Appointment.objects.filter(mark=links.mark(token)).first()
    if row is None:
        raise NotFound()
    return row


def appointment(id: int, by: Actor) -> Appointment:
    """That appointment, for staff."""
    staff_only(by)
    row = Appointment.objects.filter(id=id).first()
    if row is None:
        raise NotFound()
    return row


def locked_booked(id: int) -> Appointment:
    """That appointment, held until the transaction ends."""
    row = Appointment.objects.select_for_update().filter(id=id).first()
    if row is None:
        raise NotFound()
    return row


def open_of(person_id: int) -> list[Appointment]:
    """What this person has booked and not kept yet."""
    rows = Appointment.objects.filter(person_id=person_id, state="booked")
    return list(rows.order_by("starts_at", "id"))


def expected(row: Point, by: Actor, at: datetime) -> list[Expected]:
    """Who has an appointment today and has not come yet, or came and was marked."""
    staff_only(by)
    rows = list(
        Appointment.objects.filter(
            point_id=row.id, day=today(at), state__in=["booked", "missed"]
        ).order_by("starts_at", "ordinal")
    )
    known = people.shown({one.person_id for one in rows}, by)
    return [Expected(one, known[one.person_id]) for one in rows]


def to_remind(at: datetime, most: int = 200) -> list[int]:
    """The ids of those of tomorrow who were not reminded yet, from nine in the morning."""
    there = at.astimezone(SHANGHAI)
    if there.time() < REMINDED_FROM:
        return []
    rows = Appointment.objects.filter(
        state="booked", reminded_at=None, day=there.date() + timedelta(days=1)
    )
    return list(rows.order_by("starts_at", "id").values_list("id", flat=True)[:most])


def to_miss(at: datetime, most: int = 200) -> list[int]:
    """The ids of those who have not come, so long after their time that nobody waits for them."""
    grace = timedelta(minutes=policy.default("counter_grace", at))
    rows = Appointment.objects.filter(state="booked", starts_at__lt=at - grace)
    return list(rows.order_by("starts_at", "id").values_list("id", flat=True)[:most])
