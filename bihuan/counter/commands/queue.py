"""A number is taken, called, served and ended; each step is an event, and most go back (6.4)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotPossible
from bihuan.counter import links, loader, queries
from bihuan.counter.models import Appointment, Point, Visit
from bihuan.counter.rules import CLAUSE, ENDS, ORDINARY, PRIORITY, STEPS
from bihuan.events import log
from bihuan.store.blocks import new_id

APPOINTMENT = "appointment"


@transaction.atomic
def take_number(*, point_id: int, reason: str = "", by: Actor, at: datetime) -> Visit:
    """取号：the next number of the day; whoever takes it has reached the platform (X-09).

    `reason` is one of lanes.toml, which says whether it is called in the priority lane.
    """
    queries.staff_only(by)
    known = [id for id in loader.reasons() if id != APPOINTMENT]
    why = inputs.one_of(reason, known, field="reason") if reason else ""
    return _numbered(_in_service(point_id, "take_number"), why, 0, by, at)


@transaction.atomic
def check_in(*, appointment_id: int, by: Actor, at: datetime) -> Visit:
    """预约报到：whoever booked has come, today and here, and gets a number."""
    queries.staff_only(by)
    booked = queries.locked_booked(appointment_id)
    if booked.state != "booked" or booked.day != queries.today(at):
        state = "another_day" if booked.state == "booked" else "appointment_ended"
        raise NotPossible(CLAUSE, state=state, action="check_in")
    row = _in_service(booked.point_id, "check_in")
    booked.state, booked.ended_at = "kept", at
    booked.save(update_fields=["state", "ended_at"])
    return _numbered(row, APPOINTMENT, booked.id, by, at)


def _in_service(point_id: int, action: str) -> Point:
    row = queries.locked_point(point_id)
    if row.closed_at or not row.windows:
        state = "closed_point" if row.closed_at else "no_windows"
        raise NotPossible(CLAUSE, state=state, action=action)
    return row


def _numbered(row: Point, reason: str, appointment_id: int, by: Actor, at: datetime) -> Visit:
    """The point is held, so that no two get the same number."""
    first = bool(reason) and loader.reasons()[reason].priority
    lane, day = PRIORITY if first else ORDINARY, queries.today(at)
    of_today = Visit.objects.filter(point_id=row.id, day=day, lane=lane)
    ordinal = (of_today.aggregate(last=Max("ordinal"))["last"] or 0) + 1
    id = new_id(at)
    made = Visit.objects.create(
        id=id, point_id=row.id, day=day, lane=lane, ordinal=ordinal, reason=reason,
        appointment_id=appointment_id, mark=links.mark(links.token("visit", id)), taken_at=at,
    )  # fmt: skip
    _say("counter.taken", made, by, at, reason=reason, appointment=appointment_id)
    return made


@transaction.atomic
def call_next(*, point_id: int, window: int, by: Actor, at: datetime) -> Visit:
    """叫号：the next in the order that the page explains, to this window.

    NotPossible when nobody waits for it, or when it has somebody already.
    """
    queries.staff_only(by)
    row = queries.point(point_id)
    place = _window(row, window)
    for id in queries.callable_for(row, place, at):
        visit = queries.free_to_call(id)
        if visit is not None:
            return _called(visit, place, by, at)
    raise NotPossible(CLAUSE, state="nobody_waits", action="call")


def _called(visit: Visit, window: int, by: Actor, at: datetime) -> Visit:
    visit.state, visit.window, visit.wants = "called", window, 0
    visit.calls, visit.called_at = visit.calls + 1, at
    visit.served_at = None
    try:
        with transaction.atomic():
            visit.save(
                update_fields=["state", "window", "wants", "calls", "called_at", "served_at"]
            )
    except IntegrityError:  # one_visit_per_window
        raise NotPossible(CLAUSE, state="window_busy", action="call") from None
    _say("counter.called", visit, by, at, window=window)
    return visit


@transaction.atomic
def recall(*, visit_id: int, by: Actor, at: datetime) -> Visit:
    """重呼：the same number once more."""
    visit = _stepped(visit_id, "recall", by, at)
    visit.calls += 1
    visit.save(update_fields=["calls"])
    _say("counter.recalled", visit, by, at, window=visit.window, calls=visit.calls)
    return visit


@transaction.atomic
def serve(*, visit_id: int, by: Actor, at: datetime) -> Visit:
    """开始办理：the person is at the window."""
    visit = _stepped(visit_id, "serve", by, at)
    visit.served_at = at
    visit.save(update_fields=["state", "served_at"])
    _say("counter.served", visit, by, at, window=visit.window)
    return visit


@transaction.atomic
def transfer(*, visit_id: int, window: int | str, by: Actor, at: datetime) -> Visit:
    """转窗口：waits for that window and is the next one there."""
    visit = _stepped(visit_id, "transfer", by, at)
    place = _window(queries.point(visit.point_id, closed=True), window)
    if place == visit.window:
        raise Invalid({"window": "no_change"}, CLAUSE)
    before, visit.wants, visit.window = visit.window, place, 0
    visit.save(update_fields=["state", "wants", "window"])
    _say("counter.transferred", visit, by, at, window=place, before=before)
    return visit


@transaction.atomic
def no_show(*, visit_id: int, by: Actor, at: datetime) -> Visit:
    """过号：called, and nobody came."""
    return _ended("counter.no_show", "no_show", visit_id, by, at)


@transaction.atomic
def finish_visit(*, visit_id: int, by: Actor, at: datetime) -> Visit:
    """办完：the person leaves the window."""
    return _ended("counter.finished", "finish", visit_id, by, at)


@transaction.atomic
def drop_number(*, visit_id: int, by: Actor, at: datetime) -> Visit:
    """号作废：whoever waited has left. An appointment that was checked in is open again."""
    visit = _ended("counter.dropped", "drop", visit_id, by, at)
    _appointment(visit, "booked", None)
    return visit


@transaction.atomic
def put_back(*, visit_id: int, by: Actor, at: datetime) -> Visit:
    """退回排队：waits again under the number and from the moment it was taken."""
    visit = _stepped(visit_id, "put_back", by, at)
    others = Visit.objects.filter(appointment_id=visit.appointment_id).exclude(state="left")
    if visit.appointment_id and others.exclude(id=visit.id).exists():
        raise NotPossible(CLAUSE, state="appointment_ended", action="put_back")
    visit.window = visit.wants = 0
    visit.ended_at = visit.served_at = None
    visit.save(update_fields=["state", "window", "wants", "ended_at", "served_at"])
    _appointment(visit, "kept", at)
    _say("counter.put_back", visit, by, at)
    return visit


def _ended(kind: str, action: str, visit_id: int, by: Actor, at: datetime) -> Visit:
    visit = _stepped(visit_id, action, by, at)
    visit.ended_at = at
    visit.save(update_fields=["state", "ended_at"])
    _say(kind, visit, by, at, window=visit.window)
    return visit


def _appointment(visit: Visit, state: str, ended_at: datetime | None) -> None:
    """What became of the appointment behind a number, when there is one."""
    if visit.appointment_id:
        rows = Appointment.objects.filter(id=visit.appointment_id)
        rows.update(state=state, ended_at=ended_at)


def _stepped(visit_id: int, action: str, by: Actor, at: datetime) -> Visit:
    """The held visit in its next state, not saved. NotPossible from any other; and on another day,
    but for its end.
    """
    visit = queries.locked_visit(visit_id, by)
    sources, target = STEPS[action]
    if action not in ENDS and not visit.is_of(queries.today(at)):
        raise NotPossible(CLAUSE, state="another_day", action=action)
    if visit.state not in sources:
        raise NotPossible(CLAUSE, state="visit_moved_on", action=action)
    visit.state = target
    return visit


def _window(row: Point, window: int | str) -> int:
    return inputs.whole(window, field="window", least=1, most=max(row.windows, 1))


def _say(kind: str, visit: Visit, by: Actor, at: datetime, **more: object) -> None:
    log.append(
        kind, stream=visit.id, by=by, at=at, clause=CLAUSE, visit=visit.id,
        point=visit.point_id, ticket=visit.number, **more,
    )  # fmt: skip
