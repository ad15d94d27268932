"""The elapsed time is somebody's, all of it, and nobody's twice (2.3.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core.attribution import Holder, Move, Span, spans, totals, within

START = datetime(2026, 3, 9, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEAD, LAW, TECH = (
    Holder("staff", "customer_service", 1),
    Holder("staff", "legal", 2),
    Holder("staff", "technology", 3),
)
PERSON = Holder("person")

moments = st.timedeltas(timedelta(), timedelta(days=30)).map(lambda ago: START + ago)
holders = st.sampled_from([LEAD, LAW, TECH, PERSON, Holder("nobody", "unrouted")])
moves = st.builds(
    Move,
    at=moments,
    lead=st.none() | holders,
    given=st.none() | st.dictionaries(st.integers(1, 4), holders, max_size=3),
    taken=st.frozensets(st.integers(1, 4), max_size=3),
)


@given(st.lists(moves, max_size=12), moments)
def test_2_11_the_parts_sum_exactly_to_the_whole(some: list[Move], until: datetime) -> None:
    found = spans([Move(START, LEAD), *some], until)

    assert sum(totals(found).values(), timedelta()) == until - START


@given(st.lists(moves, max_size=12), moments)
def test_2_11_there_is_no_gap_and_no_overlap(some: list[Move], until: datetime) -> None:
    found = spans([Move(START, LEAD), *some], until)

    borders = [START, *(span.end for span in found)]
    assert [span.start for span in found] == borders[: len(found)]
    assert borders[-1] == until


@given(st.lists(moves, max_size=12), moments, moments, moments)
def test_2_11_a_stretch_of_it_sums_to_the_stretch(
    some: list[Move], until: datetime, first: datetime, second: datetime
) -> None:
    begin, end = sorted((min(first, until), min(second, until)))
    found = within(spans([Move(START, LEAD), *some], until), begin, end)

    assert sum(totals(found).values(), timedelta()) == end - begin


def test_2_11_while_a_department_has_its_share_the_time_is_its_own() -> None:
    found = spans(
        [
            Move(START, LEAD),
            Move(START + HOUR, given={7: LAW}),
            Move(START + 4 * HOUR, taken=frozenset({7})),
        ],
        START + 5 * HOUR,
    )

    assert totals(found) == {LAW: 3 * HOUR, LEAD: 2 * HOUR}


def test_2_11_two_departments_at_once_share_the_time_and_one_department_twice_does_not() -> None:
    two = [Move(START, LEAD), Move(START, given={7: LAW, 8: TECH})]
    twice = [Move(START, LEAD), Move(START, given={7: LAW, 8: LAW})]

    assert totals(spans(two, START + 3 * HOUR)) == {LAW: 1.5 * HOUR, TECH: 1.5 * HOUR}
    assert totals(spans(twice, START + 3 * HOUR)) == {LAW: 3 * HOUR}


def test_2_11_a_microsecond_that_cannot_be_parted_is_not_lost() -> None:
    span = Span(START, START + timedelta(microseconds=5), (LEAD, LAW, TECH))

    assert [length.microseconds for _, length in span.parts()] == [2, 2, 1]


def test_2_11_the_lead_may_change_while_others_have_a_share() -> None:
    found = spans(
        [
            Move(START, LEAD),
            Move(START + HOUR, given={7: LAW}),
            Move(START + 2 * HOUR, lead=TECH),
            Move(START + 3 * HOUR, taken=frozenset({7})),
        ],
        START + 4 * HOUR,
    )

    assert totals(found) == {LAW: 2 * HOUR, LEAD: HOUR, TECH: HOUR}
    assert len(found) == 3


def test_2_11_a_story_that_begins_with_nobody_is_a_bug() -> None:
    with pytest.raises(ValueError, match="nobody"):
        spans([Move(START, given={1: LAW})], START + HOUR)
    with pytest.raises(ValueError, match="nobody"):
        spans([], START)
