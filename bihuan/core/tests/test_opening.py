"""Hours as people write them, and when something is open, without any database."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bihuan.core import opening
from bihuan.core.clocks import SHANGHAI
from bihuan.policy import calendars

DAYS = calendars.calendar()
SPAN = ((540, 720), (810, 1050))
WEEK = dict.fromkeys(range(1, 6), SPAN) | {6: ((540, 720),)}


def on(day: date, **special: object) -> object:
    given = {date.fromisoformat(k.replace("_", "-")[1:]): v for k, v in special.items()}
    return opening.spans_on(day, week=WEEK, special=given, days=DAYS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ["09:00-12:00，13:30-17:30", "9:00 - 12:00, 13:30—17:30", "０９：００-12:00；13:30~17:30"],
)
def test_hours_are_read_as_people_write_them(text: str):
    assert opening.read_spans(text) == SPAN


@pytest.mark.parametrize(
    "text",
    ["9点到12点", "12:00-09:00", "09:00-12:00，11:00-13:00", "23:00-25:00", "09:00", "9:00-9:00"],
)
def test_hours_that_cannot_be_meant_are_refused(text: str):
    with pytest.raises(ValueError):
        opening.read_spans(text)


def test_no_hours_are_a_day_on_which_it_is_closed():
    assert opening.read_spans("  ") == ()
    assert on(date(2026, 3, 1)) == ()  # a Sunday


def test_6_4_statutory_days_off_are_closed_and_make_up_days_open():
    spring_festival, saturday_of_it, make_up = (
        date(2026, 2, 17), date(2026, 2, 21), date(2026, 2, 28),
    )  # fmt: skip

    assert on(spring_festival) == ()
    assert on(saturday_of_it) == ()
    assert on(date(2026, 3, 7)) == ((540, 720),)  # an ordinary Saturday, by its own hours
    assert on(make_up) == ((540, 720),)


def test_a_make_up_sunday_has_the_hours_of_a_working_day():
    make_up_sunday = next(day for day in sorted(DAYS.on) if day.weekday() == 6)

    assert on(make_up_sunday) == SPAN


def test_what_is_said_of_a_day_stands_before_week_and_calendar():
    assert on(date(2026, 2, 17), d2026_02_17=((600, 660),)) == ((600, 660),)
    assert on(date(2026, 3, 2), d2026_03_02=()) == ()


def test_a_year_nobody_arranged_is_closed_on_the_days_the_law_names():
    named = next(day for day in sorted(DAYS.statutory) if day.year not in DAYS.years)

    assert (
        opening.spans_on(named, week=dict.fromkeys(opening.WEEK, SPAN), special={}, days=DAYS) == ()
    )


def test_an_edge_belongs_to_what_begins_there():
    def at(hour: int, minute: int) -> datetime:
        return datetime(2026, 3, 2, hour, minute, tzinfo=SHANGHAI)

    assert opening.is_open(SPAN, at(9, 0))
    assert not opening.is_open(SPAN, at(12, 0))
    assert opening.write_spans(SPAN) == "09:00-12:00，13:30-17:30"
    assert opening.clock(opening.MIDNIGHT) == "24:00"


def test_it_opens_next_after_the_break_after_the_holiday_or_never():
    def next_after(at: datetime, week: object = WEEK) -> datetime | None:
        return opening.opens_next(at, week=week, special={}, days=DAYS)  # type: ignore[arg-type]

    noon = datetime(2026, 3, 2, 12, tzinfo=SHANGHAI)
    festival = datetime(2026, 2, 16, 20, tzinfo=SHANGHAI)

    assert next_after(noon) == datetime(2026, 3, 2, 13, 30, tzinfo=SHANGHAI)
    assert next_after(festival) == datetime(2026, 2, 24, 9, tzinfo=SHANGHAI)
    assert next_after(noon, {}) is None
