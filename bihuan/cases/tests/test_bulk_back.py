"""A run is given back: each case gets what it had, unless somebody changed it since."""

from __future__ import annotations

import pytest

from bihuan.cases import commands, queries, tasks
from bihuan.cases.tests.people import house
from bihuan.cases.tests.runs import DUE, SECOND, cases, now, ordered
from bihuan.cases.tests.stories import HOUR, on, said
from bihuan.core.refusals import NotPossible

pytestmark = pytest.mark.django_db


def test_given_back_each_case_has_its_former_owner_by_a_new_event():
    home = house()
    some = cases(home)
    before = [(case.owner_id, case.department) for case in some]
    run = ordered(home.chen, some, owner_id=home.other_agent.id)
    tasks.carry_out(DUE)
    commands.note(**on(some[0], home.bo_bo, DUE), text="说了一句，处理人没变")

    back = commands.give_back_bulk(run_id=run.id, by=home.chen, at=DUE + HOUR / 2)
    tasks.carry_out(DUE + HOUR / 2)

    assert [(case.owner_id, case.department) for case in now(some)] == before
    assert len(said(some[0], "case.assigned")) == 2
    assert queries.bulk_run(back.id, home.chen).done == 3
    with pytest.raises(NotPossible):
        commands.give_back_bulk(run_id=run.id, by=home.chen, at=DUE + HOUR / 2)


def test_what_was_changed_since_is_left_alone_and_named():
    home = house()
    some = cases(home)
    before = some[1].priority
    run = ordered(home.chen, some, "set_priority", priority="urgent", reason="同一批次")
    tasks.carry_out(DUE)
    commands.set_priority(**on(some[0], home.chen, DUE), priority="general", reason="已核实")

    back = commands.give_back_bulk(run_id=run.id, by=home.chen, at=DUE + SECOND)
    tasks.carry_out(DUE + SECOND)

    assert [n for n, _, why in queries.refused_of(back.id, home.chen)] == [some[0].number]
    assert now(some)[0].priority == "general"
    assert {case.priority for case in some[1:]} == {before}


@pytest.mark.parametrize("late", [False, True])
def test_words_that_went_out_and_what_is_long_past_are_not_given_back(late: bool):
    home = house()
    some = cases(home)
    raw = {"owner_id": home.other_agent.id} if late else {"text": "正在核实。"}
    run = ordered(home.chen, some, "assign" if late else "answer", **raw)
    tasks.carry_out(DUE)
    when = DUE + (commands.GIVEN_BACK_FOR + SECOND if late else SECOND)

    with pytest.raises(NotPossible):
        commands.give_back_bulk(run_id=run.id, by=home.chen, at=when)
