"""A hold is a break in the calendar; the 2025 handbook grants none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core.clocks import NEVER, Hold, due
from bihuan.core.handbook import Limit
from bihuan.core.tests.calendars import DAYS
from bihuan.core.tests.moments import beijing, limits, moments

START = beijing("2026-03-09 10:00")  # a Monday in a plain fortnight
HOURS, WORKDAYS = Limit(24, "hours"), Limit(3, "workdays")


def hold(start: str, end: str | None = None) -> Hold:
    return Hold(beijing(start), beijing(end) if end else None)


def test_hours_stand_still_for_the_length_of_a_hold():
    found = due(HOURS, START, DAYS, [hold("2026-03-09 12:00", "2026-03-09 15:30")])

    assert found.at == beijing("2026-03-10 13:30")
    assert [d.kind for d in found.counted] == ["held", "running"]


def test_a_working_day_the_hold_touches_is_not_counted():
    found = due(WORKDAYS, START, DAYS, [hold("2026-03-10 17:00", "2026-03-11 09:00")])

    assert found.at == beijing("2026-03-16 24:00")
    assert [(d.day.day, d.note) for d in found.counted if d.kind == "held"] == [
        (10, "暂停计时"),
        (11, "暂停计时"),
    ]


def test_a_hold_that_ends_at_midnight_does_not_touch_the_new_day():
    found = due(WORKDAYS, START, DAYS, [hold("2026-03-10 00:00", "2026-03-10 24:00")])

    assert [d.day for d in found.counted if d.kind == "held"] == [date(2026, 3, 10)]


def test_overlapping_holds_count_once():
    twice = [
        hold("2026-03-09 12:00", "2026-03-09 14:00"),
        hold("2026-03-09 13:00", "2026-03-09 15:00"),
        hold("2026-03-09 12:30", "2026-03-09 13:30"),
    ]

    assert due(HOURS, START, DAYS, twice).at == beijing("2026-03-10 13:00")


@pytest.mark.parametrize("limit", [HOURS, WORKDAYS])
@pytest.mark.parametrize(
    "span",
    [
        ("2026-03-01 00:00", "2026-03-09 10:00"),  # over before the start
        ("2026-04-01 00:00", "2026-04-02 00:00"),  # begins after the due
        ("2026-03-10 09:00", "2026-03-10 09:00"),  # no time at all
    ],
)
def test_a_hold_outside_the_period_moves_nothing(limit, span):
    assert due(limit, START, DAYS, [hold(*span)]).at == due(limit, START, DAYS).at


def test_a_hold_that_began_before_the_start_holds_from_the_start():
    found = due(HOURS, START, DAYS, [hold("2026-03-08 00:00", "2026-03-09 11:00")])

    assert found.at == beijing("2026-03-10 11:00")


@pytest.mark.parametrize("limit", [HOURS, WORKDAYS])
def test_while_a_hold_is_open_there_is_no_due_but_there_is_one_as_things_stand(limit):
    still_on = hold("2026-03-09 20:00")

    so_far = still_on.as_of(beijing("2026-03-11 08:00"))

    assert due(limit, START, DAYS, [still_on]).at == NEVER
    assert due(limit, START, DAYS, [still_on]).status == "provisional"
    assert due(limit, START, DAYS, [so_far]).at > due(limit, START, DAYS).at
    assert so_far.as_of(beijing("2026-05-01 00:00")) == so_far


@pytest.mark.parametrize("limit", [HOURS, WORKDAYS])
def test_an_open_hold_after_the_due_changes_nothing(limit):
    later = hold("2026-03-20 08:00")

    assert due(limit, START, DAYS, [later]).at == due(limit, START, DAYS).at


def test_the_earliest_end_of_a_provisional_period_steps_over_the_hold_too():
    held = hold("2026-12-31 08:00", "2026-12-31 09:00")

    found = due(WORKDAYS, beijing("2026-12-28 10:00"), DAYS, [held])

    assert found.status == "provisional"
    assert found.earliest == beijing("2027-01-01 24:00")
    assert found.at == beijing("2027-01-04 24:00")


def test_a_hold_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="cannot end"):
        hold("2026-03-10 10:00", "2026-03-10 09:00")


def test_a_hold_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        Hold(datetime(2026, 3, 10))  # noqa: DTZ001 the point of it


@given(limits, moments, moments, st.integers(0, 200))
def test_a_hold_never_brings_a_due_forward(limit, start, held_from, hours):
    held = Hold(held_from, held_from + timedelta(hours=hours))

    assert due(limit, start, DAYS, [held]).at >= due(limit, start, DAYS).at


@given(st.integers(1, 100), moments, st.integers(0, 99), st.integers(0, 100))
def test_hours_are_moved_by_exactly_the_held_span(amount, start, began, length):
    held = Hold(start + timedelta(hours=began), start + timedelta(hours=began + length))

    found = due(Limit(amount, "hours"), start, DAYS, [held]).at

    reached = began < amount
    assert found == start.astimezone(UTC) + timedelta(hours=amount + (length if reached else 0))
