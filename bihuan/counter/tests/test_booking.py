"""Appointments: booked, moved, cancelled, kept or not (6.4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bihuan.accounts import queries as accounts
from bihuan.accounts.commands import Contact
from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.core.refusals import Invalid, NotFound, NotPossible
from bihuan.counter import commands, links, queries, tasks
from bihuan.counter.models import Appointment
from bihuan.counter.tests.points import MINUTE, MONDAY, booked, opened, said
from bihuan.counter.views.booking import GUEST
from bihuan.notify.models import Message

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TEN = MONDAY + DAY + 60 * MINUTE  # Tuesday 10:00
CALLER = Contact(name="丁外人", phone="13900005555")


@pytest.fixture
def home() -> House:
    return people.house()


def test_a_place_is_booked_with_a_number_and_the_person_is_told(home: House):
    here = opened(home)

    made = booked(home.ai_li, here, TEN)

    assert (made.number, made.seat, made.state) == ("Y001", 1, "booked")
    told = Message.objects.get(channel="inbox")
    assert told.person_id == home.ai_li.id
    for words in ("漕溪北路 88 号", "Y001", links.token("appointment", made.id), "订单号"):
        assert words in told.body
    assert said(made.id) == ["counter.booked"]


def test_somebody_unknown_books_by_name_and_phone_which_stand_sealed_with_the_person(home: House):
    here = opened(home)

    made = booked(GUEST, here, TEN, contact=CALLER)

    assert made.person_id == home.ding.id == accounts.known_by("13900005555")
    with pytest.raises(Invalid) as refused:
        booked(GUEST, here, TEN, contact=Contact(name="丁外人"))
    assert refused.value.fields == {"phone": "missing"}


def test_as_many_as_there_are_windows_and_not_one_more(home: House):
    here = opened(home)
    booked(home.ai_li, here, TEN)
    booked(home.ding, here, TEN)

    with pytest.raises(Invalid) as refused:
        booked(GUEST, here, TEN, contact=Contact(name="张三", phone="13900001234"))

    assert refused.value.fields == {"starts_at": "slot_full"}
    free = {one.starts_at: one.free for one in queries.free_slots(here, TEN.date(), MONDAY)}
    assert free[TEN] == 0
    assert free[TEN + 15 * MINUTE] == 2


@pytest.mark.parametrize(
    "starts_at",
    [
        MONDAY - 15 * MINUTE, TEN + 5 * MINUTE, TEN + 150 * MINUTE, MONDAY + 20 * DAY,
        MONDAY + 6 * DAY,
    ],
    ids=["over", "between", "lunch", "too far", "sunday"],
)  # fmt: skip
def test_only_times_that_are_offered_can_be_booked(home: House, starts_at):
    here = opened(home)

    with pytest.raises(Invalid) as refused:
        booked(home.ai_li, here, starts_at)

    assert refused.value.fields == {"starts_at": "no_such_slot"}


def test_n38_two_open_appointments_a_person_and_no_third(home: House):
    here = opened(home)
    booked(home.ding, here, TEN)
    booked(GUEST, here, TEN + 15 * MINUTE, contact=CALLER)

    with pytest.raises(Invalid) as refused:
        booked(GUEST, here, TEN + 30 * MINUTE, contact=CALLER)

    assert refused.value.fields == {"bookings": "too_many_bookings"}
    first = queries.open_of(home.ding.id)[0]
    token = links.token("appointment", first.id)
    commands.cancel(token=token, by=GUEST, at=MONDAY)
    assert booked(home.ding, here, TEN + 30 * MINUTE)


def test_a_case_can_be_named_if_it_is_ones_own(home: House):
    here, mine = opened(home), people.file(home)

    made = booked(home.ai_li, here, TEN, number=mine.number)

    assert made.case_id == mine.id
    with pytest.raises(NotFound):
        booked(home.ding, here, TEN, number=mine.number)


def test_it_is_moved_by_its_link_and_keeps_it(home: House):
    here = opened(home)
    made = booked(home.ai_li, here, TEN)
    token = links.token("appointment", made.id)

    moved = commands.move(token=token, starts_at=TEN + DAY, by=GUEST, at=MONDAY)

    assert (moved.id, moved.starts_at, moved.day) == (made.id, TEN + DAY, (TEN + DAY).date())
    assert queries.booked(token).number == "Y001"
    assert said(made.id) == ["counter.booked", "counter.moved"]
    with pytest.raises(NotFound):
        commands.move(token="x" * 22, starts_at=TEN, by=GUEST, at=MONDAY)


def test_each_change_is_told_also_one_that_goes_back_to_what_was_said_before(home: House):
    here = opened(home)
    made = booked(home.ai_li, here, TEN)
    token = links.token("appointment", made.id)
    tell = Message.objects.filter(channel="inbox").order_by("id")

    for n, there in enumerate((TEN + DAY, TEN), 1):
        commands.move(token=token, starts_at=there, by=GUEST, at=MONDAY + n * MINUTE)
    for n in (3, 5):
        given = {"appointment_id": made.id, "by": home.bo_bo}
        commands.call_off_booking(**given, at=MONDAY + n * MINUTE)
        commands.restore_booking(**given, at=MONDAY + (n + 1) * MINUTE)

    off_and_on = ["counter_called_off", "counter_booked"]
    assert list(tell.values_list("template", flat=True)) == ["counter_booked"] * 3 + off_and_on * 2


def test_a_cancelled_place_is_free_again_and_nothing_more_is_done_with_it(home: House):
    here = opened(home)
    made = booked(home.ai_li, here, TEN)
    token = links.token("appointment", made.id)

    commands.cancel(token=token, by=GUEST, at=MONDAY)

    assert booked(home.ding, here, TEN).seat == 1
    for act in (commands.cancel, lambda **given: commands.move(starts_at=TEN, **given)):
        with pytest.raises(NotPossible):
            act(token=token, by=GUEST, at=MONDAY)


def test_one_that_was_cancelled_by_mistake_is_restored_while_there_is_a_place(home: House):
    here = opened(home, windows=1)
    made = booked(home.ai_li, here, TEN)
    commands.call_off_booking(appointment_id=made.id, by=home.bo_bo, at=MONDAY)
    assert Message.objects.filter(template="counter_called_off").count() == 1

    commands.restore_booking(appointment_id=made.id, by=home.bo_bo, at=MONDAY)
    assert Appointment.objects.get(id=made.id).state == "booked"

    commands.call_off_booking(appointment_id=made.id, by=home.bo_bo, at=MONDAY)
    booked(home.ding, here, TEN)
    with pytest.raises(Invalid):
        commands.restore_booking(appointment_id=made.id, by=home.bo_bo, at=MONDAY)


def test_6_4_the_day_before_from_nine_on_one_is_reminded_once(home: House):
    here = opened(home)
    booked(home.ai_li, here, TEN)
    booked(home.ding, here, TEN + DAY)

    early = tasks.tend(MONDAY - MINUTE)
    then, again = tasks.tend(MONDAY), tasks.tend(MONDAY + MINUTE)

    assert (early, then, again) == (0, 1, 0)
    told = Message.objects.get(template="counter_reminder", channel="inbox")
    assert told.person_id == home.ai_li.id
    assert "明天" in told.body


def test_6_4_an_appointment_not_kept_is_marked_when_its_grace_is_over(home: House):
    here = opened(home)
    made = booked(home.ai_li, here, TEN)

    assert tasks.tend(TEN + 15 * MINUTE) == 0
    assert tasks.tend(TEN + 16 * MINUTE) == 1

    assert Appointment.objects.get().state == "missed"
    assert said(made.id)[-1] == "counter.missed"
    with pytest.raises(NotPossible):
        commands.check_in(appointment_id=made.id, by=home.bo_bo, at=TEN + 16 * MINUTE)
    commands.restore_booking(appointment_id=made.id, by=home.bo_bo, at=TEN + 16 * MINUTE)
    assert commands.check_in(appointment_id=made.id, by=home.bo_bo, at=TEN + 16 * MINUTE)


def test_nothing_personal_stands_in_the_rows_of_this_room(home: House):
    here = opened(home)
    booked(GUEST, here, TEN, contact=CALLER)

    row = str(Appointment.objects.values().get())

    assert "丁" not in row
    assert "13900005555" not in row
