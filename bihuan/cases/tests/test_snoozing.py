"""Put off: out of one's own inbox only, back by itself or by what happens, never past a due."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case, Snooze
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import HOUR, on, said
from bihuan.core.refusals import Invalid, NotPossible

pytestmark = pytest.mark.django_db
LATER = FRIDAY + 5 * HOUR


@pytest.fixture
def home() -> House:
    return house()


@pytest.fixture
def case(home: House) -> Case:
    filed = file(home)
    return commands.assign(**on(filed, home.chen, FRIDAY), owner_id=home.bo_bo.id)


def mine(home: House, at: datetime, view: str = "mine") -> list[str]:
    found = queries.inbox(home.bo_bo, view=view, at=at)
    assert queries.glance(home.bo_bo, at)[view] == len(found.cases)
    return [one.number for one in found.cases]


def put_off(home: House, case: Case, until: datetime, at: datetime = FRIDAY + HOUR) -> Case:
    return commands.snooze(number=case.number, until=until, by=home.bo_bo, at=at)


def test_a_case_put_off_is_out_of_one_s_own_inbox_until_its_time_and_nowhere_else(
    home: House, case: Case
) -> None:
    events = len(said(case))

    put_off(home, case, LATER)

    assert mine(home, FRIDAY + 2 * HOUR) == []
    assert mine(home, FRIDAY + 2 * HOUR, "asleep") == [case.number]
    assert mine(home, FRIDAY + 2 * HOUR, "all") == [case.number]
    assert queries.glance(home.chen, FRIDAY + 2 * HOUR)["all"] == 1
    assert mine(home, LATER) == [case.number]
    assert mine(home, LATER, "asleep") == []
    assert len(said(case)) == events
    tasks.tend(LATER + HOUR)
    assert not Snooze.objects.exists()


def test_what_happens_on_it_wakes_it(home: House, case: Case) -> None:
    put_off(home, case, LATER)

    commands.message(**on(case, home.ai_li, FRIDAY + 2 * HOUR), text="怎么还没有消息？")

    assert mine(home, FRIDAY + 2 * HOUR) == [case.number]


def test_it_is_taken_up_again_at_will(home: House, case: Case) -> None:
    put_off(home, case, LATER)

    commands.wake(**on(case, home.bo_bo))

    assert mine(home, FRIDAY + 2 * HOUR) == [case.number]


@pytest.mark.parametrize(
    ("hours", "at", "why"),
    [
        (-1, 1, "in_the_past_moment"),
        (24 * 20, 1, "too_far"),
        (25, 1, "past_the_due"),
        (24.5, 22, "past_the_due"),
        (60, 50, "overdue"),
    ],
)
def test_2_3_1_nobody_sleeps_past_a_due(
    home: House, case: Case, hours: float, at: float, why: str
) -> None:
    until, now = FRIDAY + timedelta(hours=hours), FRIDAY + timedelta(hours=at)

    with pytest.raises(Invalid) as refused:
        put_off(home, case, until, now)

    assert refused.value.fields == {"until": why}
    assert not Snooze.objects.exists()


def test_only_one_s_own_open_case_is_put_off(home: House, case: Case) -> None:
    with pytest.raises(NotPossible):
        commands.snooze(number=case.number, until=LATER, by=home.chen, at=FRIDAY)
