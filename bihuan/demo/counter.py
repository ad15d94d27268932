"""The service points of the demo: two cities, appointments, and the queue of its last two hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import islice

from django.db import transaction

from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.counter import commands, queries
from bihuan.counter.commands import PointGiven
from bihuan.counter.models import Point
from bihuan.demo.cast import Cast
from bihuan.demo.dice import dice
from bihuan.events import relay
from bihuan.notify import tasks as notices

WEEKDAYS = dict.fromkeys(range(1, 6), "09:00-12:00，13:30-17:30")
POINTS = (
    PointGiven(
        name="徐汇服务点", city="上海", address="徐汇区示例路 88 号 2 层",
        directions="地铁示例站 3 号口，出站右转 200 米；地下车库 B 区可停车",
        phone="021-5550 0188", hours=WEEKDAYS | {6: "09:30-12:00"}, windows=3, minutes=12,
        wheelchair=True, hearing_loop=True, priority=True,
        bring="订单号或登记时的手机；代他人办理的，请带委托书和双方证件。",
    ),
    PointGiven(
        name="锦江服务点", city="成都", address="锦江区示例街 16 号 1 层",
        directions="公交示例街口站对面", phone="028-5550 0116", hours=WEEKDAYS, windows=2,
        minutes=15, wheelchair=True, priority=True, bring="订单号或登记时的手机。",
    ),
)  # fmt: skip
#: reason of each number of the last two hours, in the order they came
CAME = ("", "", "elderly", "", "", "disabled", "", "with_child", "", "elderly", "", "")
LEFT = 5  # of them who have been served
CLERKS = ("linyue", "fangyuqing")
BOOKERS = range(3, 9)


def open_the_counters(cast: Cast, seed: int, at: datetime) -> None:
    """Set up before the first case of the day, booked the day before, queueing until `at`.

    The queue is of the two hours before `at` whatever the clock says, so that it is never empty.
    """
    chief = cast.by_login["chenzhuguan"]
    with transaction.atomic():
        rows = [
            commands.add_point(given=one, by=chief, at=at - timedelta(days=30)) for one in POINTS
        ]
        commands.set_day(
            point_id=rows[1].id, day=queries.today(at) + timedelta(days=10), hours="",
            note="设备检修", by=chief, at=at - timedelta(days=2),
        )  # fmt: skip
        for place, row in enumerate(rows):
            _book(cast, row, place, at)
            _queue(cast, row, seed, at)
    relay.drain(at)
    for channel in ("inbox", "email", "sms"):
        notices.send_at(channel, at)  # what was booked is confirmed


def _book(cast: Cast, row: Point, place: int, at: datetime) -> None:
    """Some come in the next days."""
    booked_at = at - timedelta(hours=20)
    for buyer, (starts_at, n) in zip(
        islice(BOOKERS, place * 3, place * 3 + 3), _times(row, at), strict=False
    ):
        commands.book(
            point_id=row.id, starts_at=starts_at, need="elderly" if n == 1 else "",
            by=cast.persons[buyer], at=booked_at,
        )  # fmt: skip


def _times(row: Point, at: datetime) -> Iterator[tuple[datetime, int]]:
    """A time of each of the next open days."""
    for n, found in enumerate(queries.bookable_days(row, at)):
        slots = [one for one in queries.free_slots(row, found.day, at) if one.free]
        if slots:
            yield slots[min(2 * n, len(slots) - 1)].starts_at, n


def _queue(cast: Cast, row: Point, seed: int, at: datetime) -> None:
    """Two hours of numbers: most are taken while others are served."""
    rng = dice(seed, "queue", row.city)
    clerk = cast.by_login[CLERKS[rng.randrange(len(CLERKS))]]
    begun = _begun(at)
    step = (at - begun) / (len(CAME) + 1)
    served = 0
    for n, reason in enumerate(CAME):
        moment = begun + step * n
        commands.take_number(point_id=row.id, reason=reason, by=clerk, at=moment)
        if n >= 2 and served < LEFT:
            called = moment + step * rng.uniform(0.3, 0.6)
            _serve(row, clerk, called, moment + step * 0.9, rng.random())
            served += 1
    for window in range(1, row.windows):
        visit = commands.call_next(
            point_id=row.id, window=window, by=clerk, at=at - timedelta(minutes=2 * window)
        )
        if window > 1:
            commands.serve(visit_id=visit.id, by=clerk, at=at - timedelta(minutes=1))


def _begun(at: datetime) -> datetime:
    """Two hours before, but never yesterday: numbers begin anew each day."""
    begun = at - timedelta(hours=2)
    return max(begun, datetime.combine(queries.today(at), time.min, SHANGHAI))


def _serve(row: Point, by: Actor, begun: datetime, ended: datetime, chance: float) -> None:
    """Called and finished, or called in vain."""
    visit = commands.call_next(point_id=row.id, window=1, by=by, at=begun)
    if chance < 0.15:
        commands.no_show(visit_id=visit.id, by=by, at=ended)
        return
    commands.serve(visit_id=visit.id, by=by, at=begun + (ended - begun) / 5)
    commands.finish_visit(visit_id=visit.id, by=by, at=ended)
