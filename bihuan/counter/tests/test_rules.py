"""Visits, order and waiting, without any database."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core.clocks import SHANGHAI
from bihuan.counter import ics, rules

SPAN = ((540, 720), (810, 1050))


def test_visits_begin_within_the_hours_and_none_goes_across_a_break():
    starts = [one.strftime("%H:%M") for one in rules.slots(date(2026, 3, 2), SPAN, 50)]

    assert starts == ["09:00", "09:50", "10:40", "13:30", "14:20", "15:10", "16:00"]


def test_after_two_priority_numbers_an_ordinary_one_is_called():
    order = rules.in_order("pqrst", "abc", called_in_a_row=0, most_in_a_row=2)

    assert "".join(order) == "pqarsbtc"
    assert rules.in_order("p", "a", called_in_a_row=2, most_in_a_row=2) == ["a", "p"]


@given(
    st.lists(st.integers(), max_size=8), st.lists(st.integers(), max_size=8),
    st.integers(0, 5), st.integers(1, 4),
)  # fmt: skip
def test_everybody_is_called_once_and_in_the_order_of_their_lane(
    first: list[int], second: list[int], row: int, most: int
):
    told = [("p", *one) for one in enumerate(first)], [("a", *one) for one in enumerate(second)]

    order = rules.in_order(*told, called_in_a_row=row, most_in_a_row=most)

    assert [one for one in order if one[0] == "p"] == told[0]
    assert [one for one in order if one[0] == "a"] == told[1]
    while second and order:  # an ordinary number never waits for more than the policy's row
        run = next((n for n, one in enumerate(order) if one[0] == "a"), 0)
        assert run <= most
        order = order[run + 1 :]


@pytest.mark.parametrize(
    ("ahead", "busy", "windows", "minutes"),
    [(0, 0, 2, 0), (0, 1, 2, 0), (0, 2, 2, 10), (3, 2, 2, 30), (0, 1, 1, 15)],
)
def test_the_wait_is_what_stands_before_one_over_the_windows(
    ahead: int, busy: int, windows: int, minutes: int
):
    assert rules.expected_wait(ahead=ahead, busy=busy, windows=windows, minutes=15) == minutes


def test_a_visit_takes_what_the_last_took_and_one_that_went_on_for_hours_changes_little():
    lengths = [timedelta(minutes=n) for n in (6, 8, 9, 180)]

    assert rules.typical(lengths, 15) == 9
    assert rules.typical(lengths[:2], 15) == 15


def test_a_calendar_file_folds_chinese_between_characters():
    text = ics.event(
        uid="1@bihuan", summary="到徐汇服务点办理，带好订单号与身份证件，提前十分钟到场等候叫号",
        where="漕溪北路 88 号; 2 层", words="预约号 Y001", url="https://mall.example/x/",
        starts_at=datetime(2026, 3, 3, 9, tzinfo=SHANGHAI), minutes=15,
        at=datetime(2026, 3, 2, 9, tzinfo=SHANGHAI),
    )  # fmt: skip

    assert max(len(line.encode()) for line in text.split("\r\n")) <= ics.FOLD
    assert "SUMMARY:到徐汇服务点办理，带好" in text.replace("\r\n ", "")
    assert "DTSTART:20260303T010000Z" in text
    assert "DTEND:20260303T011500Z" in text
    assert "LOCATION:漕溪北路 88 号\\; 2 层" in text
