"""A run is stopped in the middle: what is done stays, the rest is left and named so (2.2.2)."""

from __future__ import annotations

from typing import Any

import pytest

from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import BulkItem, BulkRun
from bihuan.cases.tests.people import House, house
from bihuan.cases.tests.runs import AT, DUE, SECOND, cases, now, ordered
from bihuan.cases.tests.stories import DAY
from bihuan.core.refusals import NotFound, NotPossible
from bihuan.events.models import Event

pytestmark = pytest.mark.django_db
LATER = DUE + SECOND


@pytest.fixture
def home() -> House:
    return house()


def begun(home: House, by: Any = None, many: int = 3) -> tuple[BulkRun, list[Any]]:
    """One of its cases is taken."""
    some = cases(home, many)
    run = ordered(by or home.bo_bo, some, "set_priority", priority="urgent", reason="集中处理")
    order = commands.start_bulk(run_id=run.id, at=DUE)
    assert order is not None
    commands.take_bulk_item(order=order, case_id=some[0].id, take=commands.take, at=DUE)
    return run, some


def test_what_is_done_stays_and_what_is_not_yet_taken_is_left(home: House):
    run, some = begun(home)

    commands.stop_bulk(run_id=run.id, by=home.bo_bo, at=LATER)
    tasks.carry_out(LATER + DAY)

    assert [case.priority for case in now(some)] == ["urgent", "general", "general"]
    items = BulkItem.objects.filter(run_id=run.id).order_by("place")
    assert [(i.state, i.why) for i in items] == [("done", "")] + [("refused", "stopped")] * 2
    seen = queries.bulk_run(run.id, home.bo_bo)
    assert (seen.state, seen.done, seen.refused, seen.stopped) == ("ended", 1, 2, 2)


def test_it_is_said_once_by_whom_and_how_far_it_had_come(home: House):
    run, _some = begun(home)

    commands.stop_bulk(run_id=run.id, by=home.chen, at=LATER)
    tasks.carry_out(LATER + SECOND)

    told = list(Event.objects.filter(stream=run.id).order_by("seq"))
    assert [event.kind for event in told] == ["bulk.ordered", "bulk.stopped"]
    assert told[1].actor_id == home.chen.id
    assert (told[1].data["done"], told[1].data["left"]) == (1, 2)


def test_what_was_done_before_it_was_stopped_is_given_back_like_any_other(home: House):
    run, some = begun(home)
    commands.stop_bulk(run_id=run.id, by=home.bo_bo, at=LATER)

    commands.give_back_bulk(run_id=run.id, by=home.bo_bo, at=LATER + SECOND)
    tasks.carry_out(LATER + SECOND)

    assert {case.priority for case in now(some)} == {"general"}


def test_by_its_orderer_or_a_supervisor_and_by_nobody_else(home: House):
    run, _some = begun(home)

    for by in (home.other_agent, home.ai_li):
        with pytest.raises(NotFound):
            commands.stop_bulk(run_id=run.id, by=by, at=LATER)
        with pytest.raises(NotFound):
            queries.bulk_run(run.id, by)
    assert queries.bulk_running(home.other_agent) == []
    assert [one.id for one in queries.bulk_running(home.chen)] == [run.id]
    commands.stop_bulk(run_id=run.id, by=home.chen, at=LATER)
    assert queries.bulk_running(home.chen) == []


def test_only_while_it_is_on_its_way(home: House):
    some = cases(home)
    run = ordered(home.bo_bo, some, "set_priority", priority="urgent", reason="集中处理")

    with pytest.raises(NotPossible):
        commands.stop_bulk(run_id=run.id, by=home.bo_bo, at=AT)  # it is taken back instead
    tasks.carry_out(DUE)
    with pytest.raises(NotPossible):
        commands.stop_bulk(run_id=run.id, by=home.bo_bo, at=LATER)
