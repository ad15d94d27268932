"""When a limit ends, counted in hours or in working days, and how it is explained."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core.clocks import due, is_late
from bihuan.core.handbook import Limit
from bihuan.core.tests.calendars import DAYS
from bihuan.core.tests.moments import DAY, beijing, limits, moments

RECEIVED = beijing("2026-02-13 16:00")


# CALENDAR §3e: received: 15 min, 24 h, 48 h, 72 h, then 2, 3 and 5 working days
@pytest.mark.parametrize(
    ("received", "hours", "workdays"),
    [
        (
            "2026-03-09 10:00",
            "2026-03-09 10:15|2026-03-10 10:00|2026-03-11 10:00|2026-03-12 10:00",
            "2026-03-11 24:00|2026-03-12 24:00|2026-03-16 24:00",
        ),
        (
            "2026-03-13 10:00",
            "2026-03-13 10:15|2026-03-14 10:00|2026-03-15 10:00|2026-03-16 10:00",
            "2026-03-17 24:00|2026-03-18 24:00|2026-03-20 24:00",
        ),
        (
            "2026-02-13 16:00",
            "2026-02-13 16:15|2026-02-14 16:00|2026-02-15 16:00|2026-02-16 16:00",
            "2026-02-24 24:00|2026-02-25 24:00|2026-02-27 24:00",
        ),
        (
            "2025-09-30 16:00",
            "2025-09-30 16:15|2025-10-01 16:00|2025-10-02 16:00|2025-10-03 16:00",
            "2025-10-10 24:00|2025-10-11 24:00|2025-10-14 24:00",
        ),
    ],
)
def test_hours_run_through_nights_and_holidays_and_working_days_end_at_midnight(
    received, hours, workdays
):
    by_the_hour = [Limit(15, "minutes"), *(Limit(n, "hours") for n in (24, 48, 72))]
    by_the_day = [Limit(n, "workdays") for n in (2, 3, 5)]

    ends = [due(limit, beijing(received), DAYS).at for limit in (*by_the_hour, *by_the_day)]

    assert ends == [beijing(text) for text in (*hours.split("|"), *workdays.split("|"))]


def test_the_date_of_receipt_is_the_date_in_shanghai():
    late_on_saturday_in_london = datetime(2026, 2, 14, 18, tzinfo=UTC)  # the 15th, a day off
    last_moment = beijing("2025-09-30 23:59:59.999999")
    midnight = beijing("2025-09-30 24:00")

    three = Limit(3, "workdays")
    assert due(three, late_on_saturday_in_london, DAYS).at == beijing("2026-02-26 24:00")
    assert due(three, last_moment, DAYS).at == beijing("2025-10-11 24:00")
    assert due(three, midnight, DAYS).counted[0].day == date(2025, 10, 1)


def test_a_time_without_a_zone_has_no_due():
    with pytest.raises(ValueError, match="no time zone"):
        due(Limit(24, "hours"), datetime(2026, 2, 13, 16), DAYS)  # noqa: DTZ001 the point of it


@given(limits, moments, moments)
def test_receiving_later_never_falls_due_sooner(limit, a, b):
    early, late = sorted((a, b))

    assert due(limit, early, DAYS).at <= due(limit, late, DAYS).at


@given(limits, moments)
def test_a_due_lies_after_its_start_and_never_before_its_earliest(limit, start):
    found = due(limit, start, DAYS)

    assert start < found.earliest <= found.at
    assert found.at.tzinfo is UTC


@given(st.integers(1, 15), moments)
def test_the_explanation_skips_no_day_and_numbers_each_working_day(amount, start):
    told = due(Limit(amount, "workdays"), start, DAYS).counted

    assert {b.day - a.day for a, b in pairwise(told)} == {DAY}
    assert [d.number for d in told if d.number] == list(range(1, amount + 1))
    assert told[0].kind == "received"
    assert told[-1].number == amount


def test_a_weekend_and_a_holiday_without_a_name_are_told_too():
    told = due(Limit(3, "workdays"), beijing("2025-10-10 08:00"), DAYS).counted
    holiday = due(Limit(3, "workdays"), beijing("2025-09-30 08:00"), DAYS).counted

    assert [(d.kind, d.note) for d in told if d.day == date(2025, 10, 12)] == [("weekend", "周日")]
    assert [(d.kind, d.note) for d in holiday if d.day == date(2025, 10, 1)] == [
        ("holiday", "放假")
    ]


def test_hours_are_told_as_days_that_run_through():
    told = due(Limit(48, "hours"), RECEIVED, DAYS).counted

    assert [(d.day.isoformat()[5:], d.kind, d.note) for d in told] == [
        ("02-13", "running", "连续计时"),
        ("02-14", "running", "连续计时"),
        ("02-15", "running", "连续计时"),
    ]


def test_ten_working_days_from_18_december_2026_are_provisional():
    ten = Limit(10, "workdays")

    known = due(ten, beijing("2026-12-17 12:00"), DAYS)
    guessed = due(ten, beijing("2026-12-18 12:00"), DAYS)

    assert (known.status, known.at) == ("final", beijing("2026-12-31 24:00"))
    assert (guessed.status, guessed.at) == ("provisional", beijing("2027-01-04 24:00"))
    assert guessed.earliest == beijing("2027-01-01 24:00")
    assert guessed.counted[-1].kind == "provisional"
    assert guessed.counted[-1].note == "周一，放假安排待公布"


def test_only_the_counted_days_decide_whether_a_due_is_provisional():
    received_in_an_unarranged_year = due(Limit(2, "workdays"), beijing("2024-12-31 10:00"), DAYS)

    assert received_in_an_unarranged_year.status == "final"


def test_hours_are_final_in_any_year():
    assert due(Limit(72, "hours"), beijing("2033-05-01 10:00"), DAYS).status == "final"


@pytest.mark.parametrize("amount", [0, -3])
def test_no_working_days_are_no_limit(amount):
    with pytest.raises(ValueError, match="at least one"):
        due(Limit(amount, "workdays"), RECEIVED, DAYS)


@pytest.mark.parametrize(
    ("done", "looked", "late"),
    [
        ("2025-10-11 23:59", "2025-12-01 00:00", False),
        ("2025-10-11 24:00", "2025-12-01 00:00", False),
        ("2025-10-12 00:01", "2025-10-12 00:02", True),
        (None, "2025-10-11 24:00", False),
        (None, "2025-10-12 00:01", True),
    ],
)
def test_late_is_judged_by_the_fact_and_not_by_when_somebody_looked(done, looked, late):
    done_at = beijing(done) if done else None

    assert is_late(due_at=beijing("2025-10-11 24:00"), done_at=done_at, at=beijing(looked)) is late
