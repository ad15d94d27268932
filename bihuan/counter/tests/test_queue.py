"""Numbers of a day: taken, called in a fair order, served, and every step said (6.4)."""

from __future__ import annotations

import pytest

from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.core.refusals import Invalid, NotFound, NotPossible
from bihuan.counter import commands, links, queries
from bihuan.counter.models import Appointment, Visit
from bihuan.counter.tests.points import MINUTE, MONDAY, booked, called, done, opened, said, taken

pytestmark = pytest.mark.django_db
DAY = 1440 * MINUTE


@pytest.fixture
def home() -> House:
    return people.house()


def test_numbers_run_in_two_lanes_and_start_again_each_day_at_each_point(home: House):
    here, there = opened(home), opened(home, name="锦江服务点", city="成都")

    first = [taken(home, here), taken(home, here), taken(home, here, reason="elderly")]
    elsewhere, next_day = taken(home, there), taken(home, here, MONDAY + DAY)

    assert [one.number for one in first] == ["A001", "A002", "P001"]
    assert (elsewhere.number, next_day.number) == ("A001", "A001")


def test_a_reason_that_nobody_knows_and_one_that_is_not_said_at_the_desk_are_refused(home: House):
    here = opened(home)

    for reason in ("in_a_hurry", "appointment"):
        with pytest.raises(Invalid):
            taken(home, here, reason=reason)
    with pytest.raises(NotFound):
        taken(home, here, by=home.ai_li)


def test_6_4_after_two_priority_numbers_one_ordinary_number_is_called(home: House):
    here = opened(home)
    for n, reason in enumerate(["", "", "elderly", "disabled", "elderly"]):
        taken(home, here, MONDAY + n * MINUTE, reason)

    order = []
    for n in range(5):
        visit = called(home, here, MONDAY + (10 + n) * MINUTE)
        order.append(visit.number)
        done(home, visit, MONDAY + (10 + n) * MINUTE)

    assert order == ["P001", "P002", "A001", "P003", "A002"]


def test_the_order_shown_is_the_order_called(home: House):
    here = opened(home)
    for n, reason in enumerate(["", "elderly", "", "elderly", "elderly", "with_child"]):
        taken(home, here, MONDAY + n * MINUTE, reason)

    shown = [one.number for one in queries.queue(here, MONDAY + 10 * MINUTE).waiting]
    order = []
    for n in range(6):
        visit = called(home, here, MONDAY + (10 + n) * MINUTE)
        order.append(visit.number)
        done(home, visit, MONDAY + (10 + n) * MINUTE)

    assert order == shown


def test_a_window_calls_nobody_while_it_has_somebody(home: House):
    here = opened(home)
    taken(home, here), taken(home, here)
    called(home, here)

    with pytest.raises(NotPossible) as refused:
        called(home, here)

    assert refused.value.facts["state"] == "window_busy"
    assert called(home, here, window=2).number == "A002"
    with pytest.raises(NotPossible):
        called(home, here, window=2)
    with pytest.raises(Invalid):
        called(home, here, window=3)


def test_every_step_of_a_visit_is_said_in_the_log(home: House):
    here = opened(home)
    visit = taken(home, here)
    on = {"visit_id": visit.id, "by": home.bo_bo, "at": MONDAY + MINUTE}

    called(home, here, MONDAY + MINUTE)
    commands.recall(**on)
    commands.serve(**on)
    commands.finish_visit(**on)

    assert said(visit.id) == [
        "counter.taken", "counter.called", "counter.recalled", "counter.served",
        "counter.finished",
    ]  # fmt: skip
    with pytest.raises(NotPossible):
        commands.serve(**on)


def test_whoever_did_not_come_is_put_back_where_they_were(home: House):
    here = opened(home)
    first = taken(home, here)
    taken(home, here, MONDAY + MINUTE)
    called(home, here, MONDAY + 2 * MINUTE)
    on = {"visit_id": first.id, "by": home.bo_bo, "at": MONDAY + 3 * MINUTE}

    commands.no_show(**on)
    commands.put_back(**on)

    assert called(home, here, MONDAY + 4 * MINUTE).number == "A001"


def test_sent_on_to_another_window_one_is_the_next_there_and_nowhere_else(home: House):
    here = opened(home)
    first = taken(home, here)
    taken(home, here, MONDAY + MINUTE, "elderly")
    called(home, here, MONDAY + MINUTE, window=1)  # the priority number
    done(home, Visit.objects.get(state="called"), MONDAY + MINUTE)
    called(home, here, MONDAY + 2 * MINUTE, window=1)
    on = {"visit_id": first.id, "by": home.bo_bo, "at": MONDAY + 3 * MINUTE}

    with pytest.raises(Invalid):
        commands.transfer(window=1, **on)
    commands.transfer(window=2, **on)
    taken(home, here, MONDAY + 4 * MINUTE, "disabled")

    assert called(home, here, MONDAY + 5 * MINUTE, window=1).number == "P002"
    assert called(home, here, MONDAY + 5 * MINUTE, window=2).number == "A001"


def test_yesterdays_number_is_of_no_use_today(home: House):
    here = opened(home)
    taken(home, here)

    with pytest.raises(NotPossible):
        called(home, here, MONDAY + DAY)


def test_the_wait_follows_how_long_the_last_visits_took(home: House):
    here = opened(home, windows=1)
    for n in range(3):
        taken(home, here, MONDAY + n * MINUTE)
    before = queries.queue(here, MONDAY + 3 * MINUTE)

    for n in range(3):
        visit = called(home, here, MONDAY + (10 + 5 * n) * MINUTE)
        done(home, visit, MONDAY + (15 + 5 * n) * MINUTE)
    for n in range(2):
        taken(home, here, MONDAY + (30 + n) * MINUTE)

    after = queries.queue(here, MONDAY + 40 * MINUTE)
    assert (before.minutes, before.wait_of_next) == (15, 45)
    assert (after.minutes, after.wait_of_next) == (5, 10)


def test_the_figures_of_a_day_say_what_was_served_and_how_long_people_waited(home: House):
    here = opened(home)
    for n in range(4):
        taken(home, here, MONDAY + n * MINUTE)
    done(home, called(home, here, MONDAY + 10 * MINUTE), MONDAY + 20 * MINUTE)
    gone = called(home, here, MONDAY + 21 * MINUTE)
    commands.no_show(visit_id=gone.id, by=home.bo_bo, at=MONDAY + 22 * MINUTE)
    last = queries.queue(here, MONDAY + 23 * MINUTE).waiting[-1]
    commands.drop_number(visit_id=last.id, by=home.bo_bo, at=MONDAY + 23 * MINUTE)

    found = queries.figures(queries.today(MONDAY))[here.id]

    assert (found.taken, found.served, found.missed, found.waiting, found.wait) == (3, 1, 1, 1, 15)


def test_a_link_shows_its_own_number_and_says_nothing_else(home: House):
    here = opened(home)
    visit = taken(home, here)
    token = links.token("visit", visit.id)

    assert queries.visit_by_link(token).id == visit.id
    assert token.encode() not in bytes(visit.mark)
    with pytest.raises(NotFound):
        queries.visit_by_link(links.token("appointment", visit.id))


def test_whoever_booked_checks_in_and_goes_first_and_a_dropped_number_gives_it_back(home: House):
    here = opened(home)
    starts = MONDAY + 60 * MINUTE
    made = booked(home.ai_li, here, starts)
    taken(home, here)

    visit = commands.check_in(appointment_id=made.id, by=home.bo_bo, at=starts)

    assert (visit.number, visit.reason) == ("P001", "appointment")
    assert Appointment.objects.get().state == "kept"
    with pytest.raises(NotPossible):
        commands.check_in(appointment_id=made.id, by=home.bo_bo, at=starts)
    commands.drop_number(visit_id=visit.id, by=home.bo_bo, at=starts)
    assert Appointment.objects.get().state == "booked"
    again = commands.check_in(appointment_id=made.id, by=home.bo_bo, at=starts)
    assert again.number == "P002"


def test_a_visit_left_at_a_window_overnight_is_shown_and_ended_the_next_day(home: House):
    here = opened(home)
    taken(home, here)
    visit, waits = called(home, here, MONDAY), taken(home, here)
    morning = MONDAY + DAY

    left = [one.id for one in queries.left_over(here, morning)]
    with pytest.raises(NotPossible):
        commands.recall(visit_id=visit.id, by=home.bo_bo, at=morning)
    done(home, visit, morning)
    commands.drop_number(visit_id=waits.id, by=home.bo_bo, at=morning)

    assert left == [visit.id, waits.id]
    assert queries.left_over(here, morning) == []
