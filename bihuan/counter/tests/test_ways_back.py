"""What was pressed by mistake at the window is taken back, and the log says both (2.2.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotPossible
from bihuan.counter import commands, queries
from bihuan.counter.models import Visit
from bihuan.counter.tests.points import MINUTE, MONDAY, booked, called, opened, said, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> House:
    return people.house()


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (None, "counter.called"),
        (commands.serve, "counter.served"),
        (commands.finish_visit, "counter.finished"),
        (commands.no_show, "counter.no_show"),
    ],
)
def test_from_every_step_a_number_goes_back_to_its_old_place(
    home: House, act: Callable[..., Visit] | None, kind: str
):
    here = opened(home)
    first = taken(home, here)
    taken(home, here, MONDAY + MINUTE)
    before = [one.number for one in queries.queue(here, MONDAY + MINUTE).waiting]
    on: dict[str, int | Actor | datetime] = {
        "visit_id": first.id, "by": home.bo_bo, "at": MONDAY + 3 * MINUTE,
    }  # fmt: skip

    commands.call_next(point_id=here.id, window=1, by=home.bo_bo, at=MONDAY + 2 * MINUTE)
    if act:
        act(**on)
    commands.put_back(**on)  # type: ignore[arg-type]

    now = queries.queue(here, MONDAY + 3 * MINUTE)
    assert [one.number for one in now.waiting] == before
    assert now.at_windows == ()
    assert {kind, "counter.put_back"} <= set(said(first.id))


def test_a_number_dropped_by_mistake_waits_again_with_its_appointment(home: House):
    here = opened(home)
    made = booked(home.ai_li, here, MONDAY + 60 * MINUTE)
    first = commands.check_in(appointment_id=made.id, by=home.bo_bo, at=MONDAY)
    on = {"visit_id": first.id, "by": home.bo_bo, "at": MONDAY + MINUTE}

    commands.drop_number(**on)
    commands.put_back(**on)

    assert called(home, here, MONDAY + 2 * MINUTE).number == "P001"
    with pytest.raises(NotPossible):
        commands.check_in(appointment_id=made.id, by=home.bo_bo, at=MONDAY + MINUTE)


def test_a_dropped_number_whose_appointment_came_in_anew_stays_dropped(home: House):
    here = opened(home)
    made = booked(home.ai_li, here, MONDAY + 60 * MINUTE)
    first = commands.check_in(appointment_id=made.id, by=home.bo_bo, at=MONDAY)
    on = {"visit_id": first.id, "by": home.bo_bo, "at": MONDAY + MINUTE}
    commands.drop_number(**on)
    commands.check_in(appointment_id=made.id, by=home.bo_bo, at=MONDAY)

    with pytest.raises(NotPossible):
        commands.put_back(**on)


def test_a_number_taken_by_mistake_is_dropped_and_nobody_is_called_by_it(home: House):
    here = opened(home)
    wrong = commands.take_number(point_id=here.id, by=home.bo_bo, at=MONDAY)

    commands.drop_number(visit_id=wrong.id, by=home.bo_bo, at=MONDAY + MINUTE)

    assert queries.queue(here, MONDAY + MINUTE).waiting == ()
    assert taken(home, here, MONDAY + MINUTE).number == "A002"
