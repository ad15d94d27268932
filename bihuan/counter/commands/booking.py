"""Appointments: booked, moved, cancelled, and what time makes of them (6.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from bihuan.accounts import commands as people
from bihuan.accounts import queries as known
from bihuan.accounts.commands import Contact
from bihuan.cases import queries as cases
from bihuan.core import inputs
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import Invalid, NotPossible, Refusal
from bihuan.counter import links, loader, queries
from bihuan.counter.models import Appointment, Point
from bihuan.counter.rules import CLAUSE
from bihuan.events import log
from bihuan.notify import commands as notify
from bihuan.policy import queries as policy
from bihuan.store.blocks import new_id
from bihuan.web.words import full_moment

CHANNELS = ("email", "sms", "wechat", "push")


@transaction.atomic
def book(
    *,
    point_id: int,
    starts_at: datetime,
    contact: Contact | None = None,
    number: str = "",
    need: str = "",
    by: Actor,
    at: datetime,
) -> Appointment:
    """预约：a free place for the person signed in, or for whom this contact belongs to.

    `number` is a case of theirs that it is about, `need` a reason of lanes.toml. Invalid:
    name, phone, number, need, starts_at (no_such_slot, slot_full), bookings (N38).
    """
    why = inputs.one_of(need, list(loader.reasons()), field="need") if need else ""
    case_id = cases.get(number, by).id if number else 0
    person_id = by.id or _registered(contact or Contact(), at)
    log.hold([person_id])  # so that two at once do not book past the limit
    most = policy.default("counter_open_bookings", at)
    if len(queries.open_of(person_id)) >= most:
        raise Invalid({"bookings": "too_many_bookings"}, CLAUSE, limit=most)
    row = queries.locked_point(point_id)
    seat = _free_seat(row, starts_at, at)
    day = queries.today(starts_at)
    last = Appointment.objects.filter(point_id=row.id, day=day).aggregate(n=Max("ordinal"))["n"]
    id = new_id(at)
    made = Appointment.objects.create(
        id=id, point_id=row.id, day=day, ordinal=(last or 0) + 1, starts_at=starts_at, seat=seat,
        person_id=person_id, case_id=case_id, need=why, booked_at=at,
        mark=links.mark(links.token("appointment", id)),
    )  # fmt: skip
    _say("counter.booked", made, by, at)
    _tell("counter_booked", made, row, at, key=at.isoformat())
    return made


def _registered(contact: Contact, at: datetime) -> int:
    faults = {n: "missing" for n in ("name", "phone") if not getattr(contact, n).strip()}
    if faults:
        raise Invalid(faults, CLAUSE)
    return people.register_person(contact=contact, at=at)


def _free_seat(row: Point, starts_at: datetime, at: datetime, but: int = 0) -> int:
    """The first free place of this minute; the point is held. Invalid: starts_at."""
    known = {one.starts_at for one in queries.free_slots(row, queries.today(starts_at), at)}
    if starts_at not in known:
        raise Invalid({"starts_at": "no_such_slot"}, CLAUSE)
    there = Appointment.objects.filter(
        point_id=row.id, starts_at=starts_at, state__in=["booked", "kept"]
    ).exclude(id=but)
    taken = set(there.values_list("seat", flat=True))
    free = next((n for n in range(1, row.windows + 1) if n not in taken), 0)
    if not free:
        raise Invalid({"starts_at": "slot_full"}, CLAUSE)
    return free


@transaction.atomic
def move(*, token: str, starts_at: datetime, by: Actor, at: datetime) -> Appointment:
    """改约：another time at the same point, by whoever holds its link."""
    made = _open(queries.booked(token).id, "move", at)
    row = queries.locked_point(made.point_id)
    seat = _free_seat(row, starts_at, at, made.id)
    day, before = queries.today(starts_at), made.starts_at
    if day != made.day:
        last = Appointment.objects.filter(point_id=row.id, day=day).aggregate(n=Max("ordinal"))
        made.day, made.ordinal = day, (last["n"] or 0) + 1
    made.starts_at, made.seat, made.reminded_at = starts_at, seat, None
    made.save(update_fields=["day", "ordinal", "starts_at", "seat", "reminded_at"])
    _say("counter.moved", made, by, at, before=before.isoformat())
    _tell("counter_booked", made, row, at, key=at.isoformat())
    return made


@transaction.atomic
def cancel(*, token: str, by: Actor, at: datetime) -> Appointment:
    """取消预约：by whoever holds its link."""
    made = _open(queries.booked(token).id, "cancel", at)
    return _cancelled(made, by, at)


@transaction.atomic
def call_off_booking(*, appointment_id: int, by: Actor, at: datetime) -> Appointment:
    """由平台取消：the point cannot receive them; they are told, and may book anew."""
    queries.staff_only(by)
    made = _cancelled(_open(appointment_id, "call_off_booking", at), by, at)
    row = queries.point(made.point_id, closed=True)
    _tell("counter_called_off", made, row, at, key=at.isoformat())
    return made


def _cancelled(made: Appointment, by: Actor, at: datetime) -> Appointment:
    made.state, made.ended_at = "cancelled", at
    made.save(update_fields=["state", "ended_at"])
    _say("counter.cancelled", made, by, at)
    return made


@transaction.atomic
def restore_booking(*, appointment_id: int, by: Actor, at: datetime) -> Appointment:
    """恢复预约：one that was cancelled or marked not kept by mistake, while its place is free."""
    queries.staff_only(by)
    made = queries.locked_booked(appointment_id)
    if made.state not in ("cancelled", "missed") or made.day < queries.today(at):
        raise NotPossible(CLAUSE, state="appointment_ended", action="restore_booking")
    row = queries.locked_point(made.point_id)
    there = Appointment.objects.filter(
        point_id=row.id, starts_at=made.starts_at, state__in=["booked", "kept"]
    )
    taken = set(there.values_list("seat", flat=True))
    made.seat = next((n for n in range(1, max(row.windows, 1) + 1) if n not in taken), 0)
    if not made.seat:
        raise Invalid({"starts_at": "slot_full"}, CLAUSE)
    was, made.state, made.ended_at = made.state, "booked", None
    made.save(update_fields=["state", "ended_at", "seat"])
    _say("counter.restored", made, by, at)
    if was == "cancelled":  # they were told, or said themselves, that it is off
        _tell("counter_booked", made, row, at, key=at.isoformat())
    return made


def remind_all(*, at: datetime) -> int:
    """Whoever has an appointment tomorrow is reminded once; how many."""
    return sum(_each(id, _remind, at) for id in queries.to_remind(at))


def miss_all(*, at: datetime) -> int:
    """未到：whose time is over and who has not come is marked so; how many."""
    return sum(_each(id, _miss, at) for id in queries.to_miss(at))


def _each(id: int, act: Callable[[Appointment, datetime], None], at: datetime) -> bool:
    """One alone, in a transaction of its own; False when somebody was quicker."""
    try:
        with transaction.atomic():
            made = _open(id, "tend", at, over=True)
            act(made, at)
    except Refusal:
        return False
    return True


def _remind(made: Appointment, at: datetime) -> None:
    if made.reminded_at:
        raise NotPossible(CLAUSE, state="appointment_ended", action="remind")
    made.reminded_at = at
    made.save(update_fields=["reminded_at"])
    _say("counter.reminded", made, SYSTEM, at)
    row = queries.point(made.point_id, closed=True)
    _tell("counter_reminder", made, row, at, key=made.starts_at.isoformat())


def _miss(made: Appointment, at: datetime) -> None:
    made.state, made.ended_at = "missed", at
    made.save(update_fields=["state", "ended_at"])
    _say("counter.missed", made, SYSTEM, at)


def _open(id: int, action: str, at: datetime, *, over: bool = False) -> Appointment:
    """That appointment, held and still to come; NotPossible otherwise."""
    made = queries.locked_booked(id)
    if made.state != "booked":
        raise NotPossible(CLAUSE, state="appointment_ended", action=action)
    if made.starts_at <= at and not over:
        raise NotPossible(CLAUSE, state="appointment_ended", action=action)
    return made


def _say(kind: str, made: Appointment, by: Actor, at: datetime, **more: object) -> None:
    log.append(
        kind, stream=made.id, by=by, at=at, clause=CLAUSE, appointment=made.id,
        point=made.point_id, ticket=made.number, starts_at=made.starts_at.isoformat(), **more,
    )  # fmt: skip


def _tell(template: str, made: Appointment, row: Point, at: datetime, key: str) -> None:
    """By the way the person chose (2.4.1); the link goes to them alone."""
    person = known.shown([made.person_id], SYSTEM)[made.person_id]
    link = f"{settings.BASE_URL}/counter/booked/{links.token('appointment', made.id)}/"
    english = person.locale.startswith("en")
    notify.tell(
        template,
        key=f"{made.id}:{template}:{key}"[:110],
        facts={
            "when": full_moment(made.starts_at),
            "point": row.name,
            "where": row.address,
            "number": made.number,
            "bring": row.bring or ("nothing in particular" if english else "没有特别要求"),
            "link": link,
        },
        at=at,
        person_id=made.person_id,
        channels=(person.tell_by,) if person.tell_by in CHANNELS else (),
        locale=person.locale,
    )
