"""Service points: set up by those who may, open when they say, never invented (1.3, X-26)."""

from __future__ import annotations

from datetime import date

import pytest

from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible
from bihuan.counter import commands, queries
from bihuan.counter.models import Point
from bihuan.counter.tests.points import MINUTE, MONDAY, administrator, booked, given, opened, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> House:
    return people.house()


def test_a_point_with_nothing_but_a_name_is_not_configured(home: House):
    row = opened(home, address="", hours={}, windows=0, bring="")

    assert not row.is_configured
    assert queries.bookable_days(row, MONDAY) == []


def test_supervisors_and_administrators_set_one_up_and_nobody_else(home: House):
    assert opened(home).is_configured
    assert commands.add_point(given=given(), by=administrator(), at=MONDAY)

    with pytest.raises(NotPermitted):
        commands.add_point(given=given(), by=home.bo_bo, at=MONDAY)
    with pytest.raises(NotFound):
        commands.add_point(given=given(), by=home.ai_li, at=MONDAY)


def test_every_faulty_field_is_named_at_once(home: House):
    wrong = given(name=" ", hours={1: "上午", 7: "12:00-9:00"}, windows=99, minutes="很快")

    with pytest.raises(Invalid) as refused:
        commands.add_point(given=wrong, by=home.chen, at=MONDAY)

    assert refused.value.fields.keys() == {"name", "hours_1", "hours_7", "windows", "minutes"}
    assert Point.objects.count() == 0


def test_the_log_says_which_fields_changed_and_not_their_words(home: House):
    row = opened(home)

    commands.change_point(id=row.id, given=given(phone="021-60000009"), by=home.chen, at=MONDAY)
    commands.change_point(id=row.id, given=given(phone="021-60000009"), by=home.chen, at=MONDAY)

    assert said(row.id) == ["counter.point_added", "counter.point_changed"]


def test_it_is_open_within_its_hours_and_says_when_next(home: House):
    row = opened(home)

    assert queries.standing(row, MONDAY).is_open
    assert not queries.standing(row, MONDAY + 180 * MINUTE).is_open  # 12:00
    evening = queries.standing(row, MONDAY + 600 * MINUTE)
    assert (evening.is_open, evening.day) == (False, date(2026, 3, 3))
    assert evening.spans == ((540, 720), (810, 1050))


def test_a_special_day_closes_it_and_clearing_the_day_opens_it_again(home: House):
    row, day = opened(home), date(2026, 3, 3)

    commands.set_day(point_id=row.id, day=day, hours="", note="检修", by=home.chen, at=MONDAY)
    closed = queries.hours_on(row, [day])
    commands.clear_day(point_id=row.id, day=day, by=home.chen, at=MONDAY)

    assert closed == {day: ()}
    assert queries.hours_on(row, [day])[day]
    with pytest.raises(NotPossible):
        commands.clear_day(point_id=row.id, day=day, by=home.chen, at=MONDAY)
    with pytest.raises(Invalid):
        commands.set_day(point_id=row.id, day=date(2026, 3, 1), hours="", by=home.chen, at=MONDAY)


def test_appointments_on_a_day_that_is_closed_afterwards_are_shown_to_be_told(home: House):
    row = opened(home)
    tomorrow = MONDAY + 1440 * MINUTE
    made = booked(home.ai_li, row, tomorrow)

    commands.set_day(point_id=row.id, day=tomorrow.date(), hours="", by=home.chen, at=MONDAY)

    assert [one.id for one in queries.stranded(row, MONDAY)] == [made.id]


def test_a_closed_point_is_hidden_takes_nobody_and_can_be_opened_again(home: House):
    row = opened(home)

    commands.close_point(id=row.id, by=home.chen, at=MONDAY)

    assert queries.points() == []
    with pytest.raises(NotFound):
        queries.point(row.id)
    with pytest.raises(NotPossible):
        commands.take_number(point_id=row.id, by=home.bo_bo, at=MONDAY)
    with pytest.raises(NotPossible):
        commands.close_point(id=row.id, by=home.chen, at=MONDAY)
    commands.reopen_point(id=row.id, by=home.chen, at=MONDAY)
    assert [one.id for one in queries.points()] == [row.id]
