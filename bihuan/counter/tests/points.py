"""A service point for the tests: 徐汇, two windows, Monday to Friday, and Saturday morning."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bihuan.accounts import commands as accounts
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.core.actors import SYSTEM, Actor
from bihuan.counter import commands
from bihuan.counter.commands import PointGiven
from bihuan.counter.models import Appointment, Point, Visit
from bihuan.events.models import Event

MINUTE = timedelta(minutes=1)
HOURS = dict.fromkeys(range(1, 6), "09:00-12:00，13:30-17:30") | {6: "09:00-12:00"}
#: Monday 2 March 2026, 09:00 in Shanghai: an ordinary week.
MONDAY = datetime(2026, 3, 2, 1, tzinfo=FRIDAY.tzinfo)


def given(**changes: Any) -> PointGiven:
    values: dict[str, Any] = {
        "name": "徐汇服务点", "city": "上海", "address": "漕溪北路 88 号 2 层",
        "directions": "地铁 1 号线徐家汇站 9 号口", "phone": "021-60000001", "hours": HOURS,
        "windows": 2, "minutes": 15, "wheelchair": True, "bring": "订单号；身份证件",
    }  # fmt: skip
    return PointGiven(**values | changes)


def opened(house: House, at: datetime = MONDAY, **changes: Any) -> Point:
    return commands.add_point(given=given(**changes), by=house.chen, at=at)


def taken(
    house: House, point: Point, at: datetime = MONDAY, reason: str = "", by: Actor | None = None
) -> Visit:
    return commands.take_number(point_id=point.id, reason=reason, by=by or house.bo_bo, at=at)


def called(house: House, point: Point, at: datetime = MONDAY, window: int = 1) -> Visit:
    return commands.call_next(point_id=point.id, window=window, by=house.bo_bo, at=at)


def done(house: House, visit: Visit, at: datetime) -> Visit:
    return commands.finish_visit(visit_id=visit.id, by=house.bo_bo, at=at)


def booked(
    person: Actor, point: Point, starts_at: datetime, at: datetime = MONDAY, **more: Any
) -> Appointment:
    return commands.book(point_id=point.id, starts_at=starts_at, by=person, at=at, **more)


def administrator() -> Actor:
    """Somebody who administers the house."""
    from bihuan.core.actors import Role

    row = accounts.create_staff(
        name="安然", username="anran", roles=["administrator"], by=SYSTEM, at=MONDAY
    )
    return Actor(row.id, frozenset({Role.ADMINISTRATOR}), "", "安然")


def said(stream: int) -> list[str]:
    """The kinds of what was said of a point, an appointment, a visit or a case."""
    return list(Event.objects.filter(stream=stream).order_by("seq").values_list("kind", flat=True))
