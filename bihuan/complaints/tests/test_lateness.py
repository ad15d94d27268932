"""2.3.3: how late a step was, and whose hands its case was in, to the minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.cases import commands as cases
from bihuan.cases import queries as case_queries
from bihuan.cases.queries import Holding
from bihuan.cases.tests.people import FRIDAY, house
from bihuan.complaints import queries, rules
from bihuan.complaints.tests.people import HOUR, breached
from bihuan.core.refusals import NotFound

START = datetime(2026, 2, 13, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)

holders = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["a", "b"]), st.integers(-5000, 400_000)),
    max_size=8,
)


@given(holders, st.integers(1, 300_000), st.integers(0, 300_000))
def test_the_parts_add_up_to_the_whole_to_the_minute_and_per_cent(
    found: list[tuple[int, str, int]], limit: int, late: int
):
    held = [Holding(o, d, START + s * SECOND) for o, d, s in sorted(found, key=lambda f: f[2])]
    due = START + limit * SECOND
    end = due + late * SECOND

    parts = rules.parts(held, start=START, due_at=due, end=end)

    assert sum(part.minutes for part in parts) == -(-(limit + late) // 60)
    assert sum(part.late for part in parts) == rules.minutes_late(due, end) == -(-late // 60)
    assert sum(part.share for part in parts) == 100
    assert len({(part.staff_id, part.department) for part in parts}) == len(parts)
    assert all(part.minutes >= 0 and part.late >= 0 and part.share >= 0 for part in parts)


def test_who_had_it_for_23_hours_answers_for_most_and_who_came_last_for_the_lateness():
    held = [Holding(1, "a", START), Holding(2, "b", START + 23 * HOUR)]

    parts = rules.parts(held, start=START, due_at=START + 24 * HOUR, end=START + 25 * HOUR)

    assert parts == [rules.Part(1, "a", 23 * 60, 0, 92), rules.Part(2, "b", 120, 60, 8)]


def test_who_had_it_twice_stands_there_once():
    held = [
        Holding(1, "a", START),
        Holding(2, "b", START + HOUR),
        Holding(1, "a", START + 2 * HOUR),
    ]

    parts = rules.parts(held, start=START, due_at=START + HOUR, end=START + 4 * HOUR)

    assert [(part.staff_id, part.minutes, part.late) for part in parts] == [
        (1, 180, 120),
        (2, 60, 60),
    ]


def test_a_begun_minute_counts_and_what_is_in_time_is_not_late():
    assert rules.minutes_late(START, START + SECOND) == 1
    assert rules.minutes_late(START, START + 60 * SECOND) == 1
    assert rules.minutes_late(START, START) == 0
    assert rules.minutes_late(START, START - HOUR) == 0


@pytest.mark.django_db
def test_minutes_go_on_until_the_step_is_done_and_stay_then():
    home = house()
    case, row = breached(home)

    running = queries.get(row.id, home.chen, FRIDAY + 26 * HOUR)
    assert (running.late, running.ended) == (120, False)

    cases.answer(number=case.number, text="已联系商家核实。", by=home.bo_bo, at=FRIDAY + 27 * HOUR)

    after = queries.get(row.id, home.chen, FRIDAY + 99 * HOUR)
    assert (after.late, after.ended) == (180, True)


@pytest.mark.django_db
def test_a_case_handed_over_shortly_before_its_due_is_not_laid_at_the_last_one_alone():
    home = house()
    case, row = breached(home, hours=30)
    cases.assign(
        number=case.number, owner_id=home.other_agent.id, reason="改派", by=home.chen,
        at=FRIDAY + 33 * HOUR,
    )  # fmt: skip
    cases.answer(
        number=case.number, text="已联系商家核实。", by=home.other_agent, at=FRIDAY + 36 * HOUR
    )

    held = queries.held_parts(row.id, home.chen, FRIDAY + 99 * HOUR)

    assert [(one.name, one.part.minutes, one.part.late, one.part.share) for one in held] == [
        ("波波", 33 * 60, 9 * 60, 91),
        ("法务何", 3 * 60, 3 * 60, 9),
    ]
    assert held[0].part.department == "customer_service"


@pytest.mark.django_db
def test_the_log_says_who_held_the_case_from_its_receipt_on():
    home = house()
    case, _ = breached(home)
    cases.assign(
        number=case.number, owner_id=home.other_agent.id, reason="改派", by=home.chen,
        at=FRIDAY + 26 * HOUR,
    )  # fmt: skip

    held = case_queries.holdings([case.id])[case.id]

    assert held == [
        Holding(home.bo_bo.id, "customer_service", FRIDAY),
        Holding(home.other_agent.id, "legal", FRIDAY + 26 * HOUR),
    ]


@pytest.mark.django_db
def test_whoever_may_not_read_the_record_is_not_told_who_held_the_case():
    home = house()
    _, row = breached(home)

    with pytest.raises(NotFound):
        queries.held_parts(row.id, home.other_agent, FRIDAY + 26 * HOUR)
