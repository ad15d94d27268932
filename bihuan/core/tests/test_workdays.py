"""Which days work, and counting them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core.tests.calendars import DAYS, each
from bihuan.core.workdays import Workdays

AMOUNTS = (2, 3, 5, 7, 10, 15)
# received: the 2nd, 3rd, 5th, 7th, 10th, 15th working day after it, counted by hand
WORKED = {
    # Spring Festival 2026
    "2026-02-12": "2026-02-14 2026-02-24 2026-02-26 2026-02-28 2026-03-04 2026-03-11",
    "2026-02-13": "2026-02-24 2026-02-25 2026-02-27 2026-03-02 2026-03-05 2026-03-12",
    "2026-02-14": "2026-02-25 2026-02-26 2026-02-28 2026-03-03 2026-03-06 2026-03-13",
    "2026-02-18": "2026-02-25 2026-02-26 2026-02-28 2026-03-03 2026-03-06 2026-03-13",
    "2026-02-23": "2026-02-25 2026-02-26 2026-02-28 2026-03-03 2026-03-06 2026-03-13",
    "2026-02-27": "2026-03-02 2026-03-03 2026-03-05 2026-03-09 2026-03-12 2026-03-19",
    # National Day 2025
    "2025-09-26": "2025-09-29 2025-09-30 2025-10-10 2025-10-13 2025-10-16 2025-10-23",
    "2025-09-28": "2025-09-30 2025-10-09 2025-10-11 2025-10-14 2025-10-17 2025-10-24",
    "2025-09-30": "2025-10-10 2025-10-11 2025-10-14 2025-10-16 2025-10-21 2025-10-28",
    "2025-10-04": "2025-10-10 2025-10-11 2025-10-14 2025-10-16 2025-10-21 2025-10-28",
    "2025-10-08": "2025-10-10 2025-10-11 2025-10-14 2025-10-16 2025-10-21 2025-10-28",
    # across a make-up Saturday or Sunday only
    "2025-10-10": "2025-10-13 2025-10-14 2025-10-16 2025-10-20 2025-10-23 2025-10-30",
    "2026-05-08": "2026-05-11 2026-05-12 2026-05-14 2026-05-18 2026-05-21 2026-05-28",
    "2026-09-18": "2026-09-21 2026-09-22 2026-09-24 2026-09-29 2026-10-09 2026-10-15",
    "2026-10-09": "2026-10-12 2026-10-13 2026-10-15 2026-10-19 2026-10-22 2026-10-29",
    # the turn of the year
    "2025-12-31": "2026-01-05 2026-01-06 2026-01-08 2026-01-12 2026-01-15 2026-01-22",
}

covered = st.dates(date(2025, 1, 1), date(2026, 11, 30))
any_day = st.dates(date(2020, 1, 1), date(2030, 12, 31))
counts = st.integers(1, 15)


@pytest.mark.parametrize("received", WORKED)
def test_the_nth_working_day_is_the_one_counted_by_hand(received):
    found = [DAYS.add(date.fromisoformat(received), n).isoformat() for n in AMOUNTS]

    assert found == WORKED[received].split()


def test_three_working_days_step_over_the_holiday_and_count_make_up_days():
    assert DAYS.add(date(2025, 9, 30), 3) == date(2025, 10, 11)


def test_the_official_years_agree_with_an_independent_table_on_every_day():
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(730)]

    assert [d for d in days if DAYS.is_workday(d) != chinese_calendar.is_workday(d)] == []


@pytest.mark.parametrize("year", [2025, 2026])
def test_a_year_with_its_arrangement_has_248_working_days(year):
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]

    assert sum(map(DAYS.is_workday, days)) == 248


@given(any_day, counts, counts)
def test_adding_is_steady(start, a, b):
    assert DAYS.add(DAYS.add(start, a), b) == DAYS.add(start, a + b)


@given(any_day, any_day, counts)
def test_receiving_later_never_falls_due_sooner(a, b, n):
    early, late = sorted((a, b))

    assert DAYS.add(early, n) <= DAYS.add(late, n)


@given(any_day, counts)
def test_the_last_day_works_and_nothing_was_skipped(start, n):
    end = DAYS.add(start, n)

    between = [start + timedelta(days=i) for i in range(1, (end - start).days + 1)]
    assert DAYS.is_workday(end)
    assert sum(map(DAYS.is_workday, between)) == n


@given(any_day, counts)
def test_the_earliest_date_is_never_after_the_expected_one(start, n):
    assert DAYS.earliest(start, n) <= DAYS.add(start, n)


@given(covered, st.integers(1, 10))
def test_where_everything_is_known_the_earliest_date_is_the_date(start, n):
    assert DAYS.earliest(start, n) == DAYS.add(start, n)


def test_after_gives_the_working_days_without_the_day_of_the_start():
    following = DAYS.after(date(2026, 2, 13))

    assert [next(following) for _ in range(3)] == [
        date(2026, 2, 14),
        date(2026, 2, 24),
        date(2026, 2, 25),
    ]


def test_in_a_year_without_arrangement_the_days_known_by_law_rest_and_all_is_provisional():
    new_year, monday = date(2027, 1, 1), date(2027, 2, 8)

    assert not DAYS.is_workday(new_year)
    assert not DAYS.is_workday(monday)
    assert DAYS.is_workday(date(2027, 2, 9))
    assert DAYS.status(monday) == "provisional"
    assert DAYS.status(date(2026, 12, 31)) == "final"


def test_the_earliest_date_counts_every_monday_to_friday_of_an_unarranged_year():
    assert DAYS.add(date(2026, 12, 18), 10) == date(2027, 1, 4)
    assert DAYS.earliest(date(2026, 12, 18), 10) == date(2027, 1, 1)


def test_beyond_all_known_law_monday_to_friday_work_and_nothing_raises():
    assert DAYS.add(date(2031, 9, 30), 3) == date(2031, 10, 3)
    assert DAYS.add(date(2019, 12, 30), 3) == date(2020, 1, 2)
    assert DAYS.status(date(2031, 10, 3)) == "provisional"


def test_once_arranged_a_year_no_longer_rests_on_the_expected_days():
    arranged = replace(DAYS, years=DAYS.years | {2027}, off=DAYS.off | each("2027-02-09"))

    assert arranged.is_workday(date(2027, 2, 8))
    assert not arranged.is_workday(date(2027, 2, 9))
    assert not arranged.may_be_workday(date(2027, 2, 9))


def test_the_leap_day_is_an_ordinary_day():
    assert DAYS.add(date(2028, 2, 28), 2) == date(2028, 3, 1)


@pytest.mark.parametrize("n", [0, -1])
def test_a_period_has_at_least_one_working_day(n):
    with pytest.raises(ValueError, match="at least one"):
        DAYS.add(date(2026, 2, 13), n)


def test_calendars_that_say_the_same_are_the_same():
    assert replace(DAYS) == DAYS
    assert hash(replace(DAYS)) == hash(DAYS)
    assert Workdays(DAYS.off, DAYS.on, DAYS.years) != DAYS
