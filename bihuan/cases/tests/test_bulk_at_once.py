"""Two workers, two runs over the same cases, and a death in the middle: no case is taken twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import BulkItem, BulkRun, Case
from bihuan.cases.tests.people import FRIDAY, House, filing, house
from bihuan.cases.tests.stories import HOUR, said
from bihuan.core.refusals import NotPossible
from bihuan.events.models import Event

AT = FRIDAY + HOUR


@pytest.fixture
def home(fresh_db: Any) -> House:
    return house()


def cases(home: House, many: int) -> list[Case]:
    asked = (filing(order_no=f"{n}") for n in range(many))
    return [commands.file(filing=one, by=home.ai_li, at=FRIDAY).case for one in asked]


def ordered(home: House, some: list[Case], mark: str) -> BulkRun:
    chosen = queries.chosen({case.number: case.version for case in some}, home.chen)
    return commands.order_bulk(
        action="note", chosen=chosen, raw={"text": mark}, mark=mark, seconds=0, by=home.chen, at=AT
    )


def test_two_workers_at_two_runs_over_the_same_cases_take_each_once(
    home: House, at_once: Callable[..., None]
):
    some = cases(home, 12)
    runs = [ordered(home, some, "第一批"), ordered(home, some, "第二批")]

    at_once(*(partial(tasks.carry_out, AT) for _ in range(3)))
    tasks.carry_out(AT)

    done = [queries.bulk_run(run.id, home.chen).done for run in runs]
    assert sum(done) == sum(len(said(case, "case.noted")) for case in some)
    assert all(len(said(case, "case.noted")) == 1 for case in some)  # the second finds it changed
    assert [run.state for run in BulkRun.objects.all()] == ["ended", "ended"]


def test_a_worker_that_dies_in_the_middle_leaves_no_case_half_done(home: House):
    some = cases(home, 4)
    run = ordered(home, some, "一批")
    order = commands.start_bulk(run_id=run.id, at=AT)
    assert order is not None
    first, second, *_ = queries.items_waiting(run.id, 4)

    def dying(*given: Any, **more: Any) -> Case:
        commands.take(*given, **more)
        raise SystemExit  # after the step, before the item is known to be done

    commands.take_bulk_item(order=order, case_id=first, take=commands.take, at=AT)
    with pytest.raises(SystemExit):
        commands.take_bulk_item(order=order, case_id=second, take=dying, at=AT)
    left = BulkItem.objects.filter(run_id=run.id, state="waiting").count()

    taken = tasks.carry_out(AT + timedelta(minutes=1))

    assert (left, taken) == (3, 3)
    assert [len(said(case, "case.noted")) for case in some] == [1, 1, 1, 1]
    assert BulkRun.objects.get().state == "ended"


def test_whoever_takes_back_and_whoever_begins_cannot_both_win(
    home: House, at_once: Callable[..., None]
):
    some = cases(home, 3)
    run = ordered(home, some, "一批")

    def take_back() -> None:
        try:
            commands.take_back_bulk(run_id=run.id, by=home.chen, at=AT)
        except NotPossible:
            return

    at_once(take_back, partial(tasks.carry_out, AT))

    noted = sum(len(said(case, "case.noted")) for case in some)
    assert noted == (0 if BulkRun.objects.get().state == "taken_back" else 3)


def test_whoever_stops_a_run_while_it_is_taken_leaves_no_case_in_between(
    home: House, at_once: Callable[..., None]
):
    some = cases(home, 12)
    run = ordered(home, some, "一批")
    begun = commands.start_bulk(run_id=run.id, at=AT)
    assert begun is not None

    def stop() -> None:
        try:
            commands.stop_bulk(run_id=run.id, by=home.chen, at=AT)
        except NotPossible:  # it was over already
            return

    at_once(stop, *(partial(tasks.carry_out, AT) for _ in range(2)))
    tasks.carry_out(AT)

    noted = {case.id for case in some if said(case, "case.noted")}
    items = BulkItem.objects.filter(run_id=run.id)
    assert {item.case_id for item in items if item.state == "done"} == noted
    assert {item.why for item in items if item.state == "refused"} <= {"stopped"}
    assert items.filter(state="waiting").count() == 0
    ends = Event.objects.filter(stream=run.id, kind__in=["bulk.ended", "bulk.stopped"])
    assert ends.count() == 1
