"""Service points are administered: added, changed, closed for good, opened again (1.3, X-26)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from bihuan.core import inputs, opening
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotPossible
from bihuan.counter import queries
from bihuan.counter.models import MOST_WINDOWS, Point, SpecialDay
from bihuan.events import log
from bihuan.store.blocks import new_id

CLAUSE = "1.3"
LENGTHS = {"name": 60, "city": 30, "address": 200, "directions": 300, "phone": 40, "bring": 500}
FACTS = ("wheelchair", "hearing_loop", "priority")


@dataclass(frozen=True, slots=True)
class PointGiven:
    """What is known of a point; empty is not configured. `hours`: weekday to 09:00-12:00，…"""

    name: str
    city: str
    address: str = ""
    directions: str = ""
    phone: str = ""
    hours: Mapping[int, str] = field(default_factory=dict)
    windows: object = 0
    minutes: object = 15
    wheelchair: bool = False
    hearing_loop: bool = False
    priority: bool = False
    bring: str = ""


@transaction.atomic
def add_point(*, given: PointGiven, by: Actor, at: datetime) -> Point:
    """设立服务点。Invalid names each field."""
    queries.managers_only(by, "add_point")
    row = Point.objects.create(id=new_id(at), **_cleaned(given))
    log.append(
        "counter.point_added", stream=row.id, by=by, at=at, clause=CLAUSE, point=row.id,
        configured=row.is_configured,
    )  # fmt: skip
    return row


@transaction.atomic
def change_point(*, id: int, given: PointGiven, by: Actor, at: datetime) -> Point:
    """更改服务点：the log says which fields, never their words."""
    queries.managers_only(by, "change_point")
    row = queries.locked_point(id)
    changed = [name for name, value in _cleaned(given).items() if getattr(row, name) != value]
    for name, value in _cleaned(given).items():
        setattr(row, name, value)
    if changed:
        row.save(update_fields=changed)
        log.append(
            "counter.point_changed", stream=row.id, by=by, at=at, clause=CLAUSE, point=row.id,
            fields=changed, configured=row.is_configured,
        )  # fmt: skip
    return row


@transaction.atomic
def close_point(*, id: int, by: Actor, at: datetime) -> Point:
    """停办：not shown any more and takes nobody; appointments to come are shown to be told."""
    return _closed(id, at, by, at, "close_point")


@transaction.atomic
def reopen_point(*, id: int, by: Actor, at: datetime) -> Point:
    """恢复：a point that was closed for good takes people again."""
    return _closed(id, None, by, at, "reopen_point")


def _closed(id: int, closed_at: datetime | None, by: Actor, at: datetime, action: str) -> Point:
    queries.managers_only(by, action)
    row = queries.locked_point(id)
    if bool(row.closed_at) == bool(closed_at):
        state = "closed_point" if row.closed_at else "open_point"
        raise NotPossible(CLAUSE, state=state, action=action)
    row.closed_at = closed_at
    row.save(update_fields=["closed_at"])
    _say("counter.point_closed" if closed_at else "counter.point_reopened", row.id, by, at)
    return row


@transaction.atomic
def set_day(
    *, point_id: int, day: date, hours: str, note: str = "", by: Actor, at: datetime
) -> SpecialDay:
    """特殊日期：hours of its own for one day, none when they are empty; the former are replaced."""
    queries.managers_only(by, "set_day")
    row = queries.locked_point(point_id)
    faults: dict[str, str] = {}
    spans = _spans(hours, "hours", faults)
    if day < queries.today(at):
        faults["day"] = "in_the_past"
    if faults:
        raise Invalid(faults, CLAUSE)
    plain = inputs.words(note, field="note", most=60, lines=False)
    made, _ = SpecialDay.objects.update_or_create(
        point_id=row.id, day=day, defaults={"spans": spans, "note": plain}
    )
    _say("counter.day_set", row.id, by, at, day=day.isoformat(), open=bool(spans))
    return made


@transaction.atomic
def clear_day(*, point_id: int, day: date, by: Actor, at: datetime) -> Point:
    """取消特殊日期：the day is as the week and the calendar say again."""
    queries.managers_only(by, "clear_day")
    row = queries.locked_point(point_id)
    gone, _ = SpecialDay.objects.filter(point_id=row.id, day=day).delete()
    if not gone:
        raise NotPossible(CLAUSE, state="ordinary_day", action="clear_day")
    _say("counter.day_cleared", row.id, by, at, day=day.isoformat())
    return row


def _say(kind: str, point_id: int, by: Actor, at: datetime, **more: object) -> None:
    log.append(kind, stream=point_id, by=by, at=at, clause=CLAUSE, point=point_id, **more)


def _cleaned(given: PointGiven) -> dict[str, Any]:
    """The columns; Invalid names every faulty field."""
    faults: dict[str, str] = {}
    values: dict[str, Any] = {name: bool(getattr(given, name)) for name in FACTS}
    for name, most in LENGTHS.items():
        least = 1 if name in ("name", "city") else 0
        try:
            values[name] = inputs.words(
                getattr(given, name), field=name, most=most, least=least, lines=name == "bring"
            )
        except Invalid as fault:
            faults |= fault.fields
    for name, least, most in (("windows", 0, MOST_WINDOWS), ("minutes", 5, 240)):
        try:
            values[name] = inputs.whole(getattr(given, name), field=name, least=least, most=most)
        except Invalid as fault:
            faults |= fault.fields
    values["hours"] = opening.read_week(given.hours, faults)
    if faults:
        raise Invalid(faults, CLAUSE)
    return values


def _spans(text: str, name: str, faults: dict[str, str]) -> list[list[int]]:
    try:
        return [list(span) for span in opening.read_spans(text)]
    except ValueError:
        faults[name] = "not_hours"
        return []
