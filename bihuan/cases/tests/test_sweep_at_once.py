"""The sweep beside people at work: it waits for nobody, and leaves nothing unsaid (2.3.3)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from bihuan.cases import tasks
from bihuan.cases.models import Case, Clock
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import HOUR, missed
from bihuan.core.actors import SYSTEM
from bihuan.events import log
from bihuan.policy import queries as policy

LATE = FRIDAY + 25 * HOUR
BREACHES = ["case.first_response", "case.initial_solution_sent"]


@pytest.fixture
def home(fresh_db: Any) -> Iterator[House]:
    policy.forget()
    yield house()
    policy.forget()


@contextmanager
def held_by_somebody_else(take: Callable[[], object]) -> Iterator[None]:
    """Another connection's transaction, still open at the end, or somebody has waited for it."""
    taken, let_go = threading.Event(), threading.Event()
    open_to_the_end: list[bool] = []

    def hold() -> None:
        try:
            with transaction.atomic():
                take()
                taken.set()
                open_to_the_end.append(let_go.wait(60))
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert taken.wait(60)
        yield
    finally:
        let_go.set()
        thread.join()
    assert open_to_the_end == [True]


def say_something(case: Case) -> None:
    log.append("case.noted", stream=case.id, by=SYSTEM, at=FRIDAY, number=case.number)


def test_a_case_on_which_somebody_writes_waits_for_the_next_look_and_nobody_for_it(home):
    busy, other = file(home), file(home, external_id="another")

    with held_by_somebody_else(lambda: say_something(busy)):
        tasks.sweep(LATE)
        meanwhile = missed(busy), missed(other)
    tasks.sweep(LATE + HOUR / 240)

    assert meanwhile == ([], BREACHES)
    assert missed(busy) == BREACHES


def test_a_clock_that_somebody_ends_at_this_moment_is_not_missed(home):
    case = file(home)
    rows = Clock.objects.filter(case_id=case.id, milestone="case.first_response")

    with held_by_somebody_else(lambda: rows.update(done_at=FRIDAY + 2 * HOUR)):
        tasks.sweep(LATE)
    tasks.sweep(LATE + HOUR / 240)

    assert missed(case) == ["case.initial_solution_sent"]


def test_two_sweeps_at_once_say_each_breach_once(home, at_once):
    cases = [file(home, external_id=f"{n}") for n in range(8)]

    at_once(*[lambda: tasks.sweep(LATE)] * 4)
    tasks.sweep(LATE)

    assert [missed(case) for case in cases] == [BREACHES] * 8
