"""The words of times, limits and money."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bihuan.core import clocks
from bihuan.core.handbook import Limit
from bihuan.core.workdays import Workdays
from bihuan.web import words

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # Tuesday 10:00 in Shanghai
HOUR = timedelta(hours=1)


def shanghai(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=words.SHANGHAI)


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (shanghai(11, 24, 18), "今天 18:00 前"),
        (shanghai(11, 25), "今天 24:00 前"),
        (shanghai(11, 26), "明天 24:00 前"),
        (shanghai(11, 23, 9, 5), "昨天 09:05 前"),
        (shanghai(12, 1), "11月30日 24:00 前"),
        (shanghai(1, 5, year=2027), "2027年1月4日 24:00 前"),
        (shanghai(1, 1, year=2027), "12月31日 24:00 前"),
    ],
)
def test_a_due_at_midnight_is_told_as_the_end_of_the_day_before(due, said):
    assert words.due_words(due, AT) == said


def test_a_moment_that_happened_at_midnight_is_not_moved_to_the_day_before():
    assert words.moment_words(shanghai(11, 25), AT) == "11月25日 00:00"


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (52 * HOUR, "剩 2天4时"),
        (72 * HOUR / 60, "剩 1时12分"),
        (timedelta(minutes=12), "剩 12分钟"),
        (timedelta(seconds=5), "剩 1分钟"),
        (-72 * HOUR / 60, "超 1时12分"),
        (-timedelta(minutes=65), "超 1时05分"),
    ],
)
def test_time_left_is_told_in_two_units_and_never_in_seconds(left, said):
    assert words.left_words(AT + left, AT) == said


@pytest.mark.parametrize(
    ("left", "state"),
    [
        (48 * HOUR, "ok"),
        (18 * HOUR, "soon"),  # a quarter of 72 hours
        (18 * HOUR + timedelta(minutes=1), "ok"),
        (HOUR + timedelta(minutes=1), "soon"),
        (HOUR, "urgent"),
        (timedelta(), "urgent"),
        (-timedelta(seconds=1), "over"),
    ],
)
def test_a_clock_of_three_days_turns_at_a_quarter_an_hour_and_the_due(left, state):
    due = AT + left

    assert words.sla_state(due, AT, due - 72 * HOUR) == state


def test_four_hours_left_are_soon_however_short_the_limit():
    assert words.sla_state(AT + 4 * HOUR, AT, AT) == "soon"
    assert words.sla_state(AT + 5 * HOUR, AT, AT) == "ok"


def test_a_clock_that_ended_is_judged_by_what_happened_and_not_by_now():
    due = AT - 5 * HOUR

    assert words.sla(due, AT, due - 72 * HOUR, done=due).state == "met"
    assert words.sla(due, AT, due - 72 * HOUR, done=due + HOUR).state == "late_met"


def test_a_soft_clock_turns_amber_and_never_red():
    assert words.sla(AT - HOUR, AT, AT - 48 * HOUR, soft=True).state == "soon"


def test_the_strip_tells_why_each_day_counts_or_does_not():
    days = Workdays(
        off=frozenset({date(2026, 10, 1)}),
        on=frozenset({date(2026, 10, 3)}),
        years=frozenset({2026}),
        names={date(2026, 10, 1): "国庆节"},
    )
    due = clocks.due(Limit(3, "workdays"), shanghai(9, 30, 16), days)

    strip = words.day_strip(due.counted)

    assert [(d.label, d.sub, d.kind) for d in strip] == [
        ("9/30", "收到", "received"),
        ("10/1", "国庆节", "holiday"),
        ("10/2", "第1天", "counted"),
        ("10/3", "第2天补班", "make_up"),
        ("10/4", "周日", "weekend"),
        ("10/5", "第3天 24:00", "last"),
    ]


def test_a_limit_in_hours_has_no_strip_of_days():
    days = Workdays(frozenset(), frozenset(), frozenset({2026}))

    assert words.day_strip(clocks.due(Limit(48, "hours"), AT, days).counted) == []


def test_money_has_two_decimals():
    assert [words.money(fen) for fen in (0, 5, 32_900, -1_250, 123_456_789)] == [
        "0.00",
        "0.05",
        "329.00",
        "-12.50",
        "1,234,567.89",
    ]
