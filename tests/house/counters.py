"""Rows for the lists of the counter."""

from __future__ import annotations

from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.counter import commands
from bihuan.counter.commands import PointGiven
from bihuan.counter.models import Point, Telling
from bihuan.store.blocks import new_id

HOURS = dict.fromkeys(range(1, 8), "09:00-18:00")


def add(house: House, many: int) -> None:
    """So many points with a queue, and as many results to be told in person."""
    for n in range(many):
        given = PointGiven(
            name=f"服务点 {Point.objects.count()}", city="上海", address=f"示例路 {n} 号",
            hours=HOURS, windows=2,
        )  # fmt: skip
        row = commands.add_point(given=given, by=house.chen, at=FRIDAY)
        commands.take_number(point_id=row.id, by=house.bo_bo, at=FRIDAY)
        case = people.file(house, order_no=f"counter {n}")
        Telling.objects.create(
            id=new_id(FRIDAY), case_id=case.id, entry_id=new_id(FRIDAY), round=1, owed_at=FRIDAY
        )
