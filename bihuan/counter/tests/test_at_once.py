"""Several people in one moment: no number twice, no place twice, no window with two (6.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from bihuan.accounts.commands import Contact
from bihuan.cases.tests.people import House, house
from bihuan.core.refusals import Invalid, NotPossible
from bihuan.counter import commands
from bihuan.counter.models import Appointment, Visit
from bihuan.counter.tests.points import MINUTE, MONDAY, booked, called, done, opened, taken
from bihuan.counter.views.booking import GUEST

TEN = MONDAY + 1500 * MINUTE


@pytest.fixture
def home(fresh_db: Any) -> House:
    return house()


def test_6_09_numbers_taken_at_once_are_all_different(home: House, at_once: Callable[..., None]):
    here = opened(home)

    at_once(*[partial(taken, home, here)] * 8)

    assert sorted(one.number for one in Visit.objects.all()) == [f"A{n:03}" for n in range(1, 9)]


def test_6_09_windows_that_call_at_once_never_get_the_same_number(
    home: House, at_once: Callable[..., None]
):
    here = opened(home, windows=6)
    for n in range(30):
        taken(home, here, MONDAY + n * MINUTE)
    numbers: list[str] = []

    def work(window: int) -> None:
        for n in range(5):
            visit = called(home, here, MONDAY + (40 + n) * MINUTE, window)
            numbers.append(visit.number)
            done(home, visit, MONDAY + (40 + n) * MINUTE)

    at_once(*[partial(work, window) for window in range(1, 7)])

    assert Counter(numbers) == Counter(f"A{n:03}" for n in range(1, 31))


def test_6_09_a_window_pressed_twice_at_once_has_one_person(
    home: House, at_once: Callable[..., None]
):
    here = opened(home)
    for _ in range(4):
        taken(home, here)
    refused: list[object] = []

    def call() -> None:
        try:
            called(home, here, MONDAY + MINUTE)
        except NotPossible as no:
            refused.append(no.facts["state"])

    at_once(*[call] * 4)

    assert refused == ["window_busy"] * 3
    assert Visit.objects.filter(state="called").count() == 1


def test_6_09_the_last_place_of_a_time_is_given_once(home: House, at_once: Callable[..., None]):
    here = opened(home)
    refused: list[dict[str, str]] = []

    def book(n: int) -> None:
        contact = Contact(name=f"用户{n}", phone=f"1390000{n:04}")
        try:
            booked(GUEST, here, TEN, contact=contact)
        except Invalid as fault:
            refused.append(fault.fields)

    at_once(*[partial(book, n) for n in range(6)])

    assert sorted(Appointment.objects.values_list("seat", flat=True)) == [1, 2]
    assert refused == [{"starts_at": "slot_full"}] * 4


def test_6_09_n38_one_person_at_several_doors_at_once_books_no_third(
    home: House, at_once: Callable[..., None]
):
    points = [opened(home, name=f"服务点 {n}") for n in range(4)]

    def book(n: int) -> None:
        with suppress(Invalid):
            booked(home.ai_li, points[n], TEN)

    at_once(*[partial(book, n) for n in range(4)])

    assert Appointment.objects.count() == 2


def test_6_09_one_appointment_checked_in_twice_at_once_is_one_number(
    home: House, at_once: Callable[..., None]
):
    here = opened(home)
    made = booked(home.ai_li, here, TEN)

    def come() -> None:
        with suppress(NotPossible):
            commands.check_in(appointment_id=made.id, by=home.bo_bo, at=TEN)

    at_once(*[come] * 4)

    assert Visit.objects.count() == 1
