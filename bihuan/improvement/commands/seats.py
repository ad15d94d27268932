"""Who sits on the committee: a seat is given to somebody for a time, and ended (1.1)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotPossible
from bihuan.events import log
from bihuan.improvement import queries
from bihuan.improvement.commands.papers import known_staff, writers_only
from bihuan.improvement.models import Seat
from bihuan.improvement.rules import committee as rules
from bihuan.store.blocks import new_id

TABLE = 1  # what is held while the seats are looked at together; no row has so low an id


@transaction.atomic
def appoint(
    *,
    function: str,
    staff_id: int,
    from_on: date,
    until_on: date | None = None,
    by: Actor,
    at: datetime,
) -> Seat:
    """任命：a member of staff stands for one of the four functions, one seat a person at a time."""
    writers_only(by, "appoint")
    inputs.one_of(function, list(rules.FUNCTIONS), field="function")
    known_staff(staff_id, "staff_id")
    if until_on is not None and until_on < from_on:
        raise Invalid({"until_on": "before_its_start"}, rules.CLAUSE)
    log.hold({TABLE})
    if _overlapping(staff_id, from_on, until_on):
        raise Invalid({"staff_id": "seated_already"}, rules.CLAUSE)
    seat = Seat.objects.create(
        id=new_id(at), function=function, staff_id=staff_id, from_on=from_on, until_on=until_on
    )
    log.append(
        "seat.appointed", stream=seat.id, by=by, at=at, clause=rules.CLAUSE, seat=seat.id,
        function=function, staff=staff_id, from_on=from_on.isoformat(),
        until_on=until_on.isoformat() if until_on else "",
    )  # fmt: skip
    return seat


def _overlapping(staff_id: int, from_on: date, until_on: date | None) -> bool:
    rows = Seat.objects.filter(staff_id=staff_id)
    rows = rows.filter(Q(until_on__isnull=True) | Q(until_on__gte=from_on))
    return (rows.filter(from_on__lte=until_on) if until_on else rows).exists()


@transaction.atomic
def end_seat(*, id: int, until_on: date, by: Actor, at: datetime) -> Seat:
    """免任：the last day of a seat, today or later: what it voted until then stays."""
    writers_only(by, "end_seat")
    seat = queries.locked_seat(id)
    if seat.until_on is not None and seat.until_on < rules.today(at):
        raise NotPossible(rules.CLAUSE, state="ended", action="end_seat", possible=[])
    if until_on < rules.today(at):
        raise Invalid({"until_on": "in_the_past"}, rules.CLAUSE)
    if until_on < seat.from_on:
        raise Invalid({"until_on": "before_its_start"}, rules.CLAUSE)
    seat.until_on = until_on
    seat.save(update_fields=["until_on"])
    log.append(
        "seat.ended", stream=seat.id, by=by, at=at, clause=rules.CLAUSE, seat=seat.id,
        function=seat.function, staff=seat.staff_id, until_on=until_on.isoformat(),
    )  # fmt: skip
    return seat
