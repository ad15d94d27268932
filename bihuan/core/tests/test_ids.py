"""Ids that sort by time and fit JavaScript, and case numbers that notice a slip of the pen."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core import ids

FIRST, LAST = ids.EPOCH, ids.EPOCH + (1 << 32) - 1
seconds = st.integers(FIRST, LAST)
counters = st.integers(0, 1 << 40)
days = st.dates(date(2024, 1, 1), date(2159, 12, 31))
digits = st.text("0123456789", min_size=15, max_size=15)


@given(seconds, counters)
def test_an_id_is_a_whole_number_that_javascript_keeps(second, counter):
    assert 0 <= ids.compose(second, counter) < 2**53


@given(seconds, seconds, counters, counters)
def test_an_id_made_in_a_later_second_is_greater(a, b, m, n):
    early, late = sorted((a, b))

    assert early == late or ids.compose(early, m) < ids.compose(late, n)


@given(seconds, counters)
def test_an_id_tells_the_second_it_was_made_in(second, counter):
    assert ids.second_of(ids.compose(second, counter)) == second


@given(seconds, counters, st.integers(1, (1 << ids.COUNTER_BITS) - 1))
def test_two_ids_of_one_second_differ_while_the_counter_has_not_come_round(second, counter, on):
    assert ids.compose(second, counter) != ids.compose(second, counter + on)


@pytest.mark.parametrize("second", [FIRST - 1, LAST + 1])
def test_a_second_that_no_id_can_hold_is_a_bug_and_said_so(second):
    with pytest.raises(ValueError, match="outside 2024"):
        ids.compose(second, 1)


@given(digits, st.integers(0, 15), st.integers(1, 9))
def test_the_check_digit_finds_every_single_wrong_digit(plain, place, off):
    whole = plain + ids.check_digit(plain)
    wrong = whole[:place] + str((int(whole[place]) + off) % 10) + whole[place + 1 :]

    assert ids.check_digit(wrong[:-1]) != wrong[-1]


@given(digits, st.integers(0, 14))
def test_the_check_digit_finds_every_swap_of_two_neighbours(plain, place):
    whole = plain + ids.check_digit(plain)
    swapped = whole[:place] + whole[place + 1] + whole[place] + whole[place + 2 :]

    assert swapped == whole or ids.check_digit(swapped[:-1]) != swapped[-1]


def test_no_column_of_the_table_lets_a_slip_through():
    pairs = [f"{a}{b}" for a in range(10) for b in range(10)]

    for before in range(10):
        ends = {pair: ids.check_digit(f"{before}{pair}") for pair in pairs}
        assert not [p for p in pairs if p[0] != p[1] and ends[p] == ends[p[::-1]]]
        assert {len({ends[f"{a}{b}"] for b in range(10)}) for a in range(10)} == {10}


@given(st.integers(), seconds, counters)
def test_whatever_moment_is_asked_for_ids_made_from_then_on_lie_behind(asked, second, counter):
    assert second < asked or ids.least(asked) <= ids.compose(second, counter)


@given(days, counters)
def test_a_number_carries_its_day_and_reads_back_as_itself(day, counter):
    number = ids.case_number(day, counter)

    assert number.startswith(f"TS{day:%Y%m%d}")
    assert len(number) == 18
    assert ids.read_case_number(number) == number


@pytest.mark.parametrize(
    "write",
    [
        lambda n: f"  {n.lower()}\n",
        lambda n: f"{n[:2]}-{n[2:10]}-{n[10:]}",
        lambda n: f"{n[:2]} {n[2:10]} {n[10:17]}.{n[17:]}",
        lambda n: "".join(chr(ord(c) + 0xFEE0) for c in n),
        lambda n: f"{n[:10]}—{n[10:]}",
    ],
    ids=["lower case", "hyphens", "blanks", "full width", "a dash"],
)
def test_a_number_is_understood_however_it_is_written(write):
    number = ids.case_number(date(2026, 2, 13), 4711)

    assert ids.read_case_number(write(number)) == number


@pytest.mark.parametrize(
    "text",
    ["", "TS", "TS2026021300047119", "X" * 64, "TS²⁰²⁶", "\ud800", "😡" * 10_000, "TS0' OR 1=1 --"],
)
def test_what_is_no_number_is_none_and_never_an_error(text):
    assert ids.read_case_number(text) is None


@given(st.text())
def test_no_text_at_all_is_an_error(text):
    found = ids.read_case_number(text)

    assert found is None or ids.read_case_number(found) == found
