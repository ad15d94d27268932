"""One step for many cases: held, taken back, taken with what failed."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from bihuan.accounts.models import Staff
from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import BulkItem, BulkRun, Case, Entry
from bihuan.cases.tests.people import FRIDAY, file, house
from bihuan.cases.tests.runs import AT, DUE, SECOND, cases, now, ordered
from bihuan.cases.tests.stories import DAY, on, said
from bihuan.core.refusals import Invalid, NotFound, NotPossible
from bihuan.events.models import Event

pytestmark = pytest.mark.django_db


def kinds(run: BulkRun) -> list[str]:
    return [event.kind for event in Event.objects.filter(stream=run.id).order_by("seq")]


def test_a_run_waits_its_seconds_and_then_takes_each_case_as_its_orderer():
    home = house()
    some = cases(home)
    run = ordered(home.chen, some, owner_id=home.other_agent.id)

    early, late = tasks.carry_out(DUE - SECOND), tasks.carry_out(DUE)

    assert (early, late) == (0, 3)
    assert {case.owner_id for case in now(some)} == {home.other_agent.id}
    [event] = said(some[0], "case.assigned")
    assert (event.actor_id, event.at) == (home.chen.id, DUE)
    assert queries.bulk_run(run.id, home.chen).state == "ended"
    assert kinds(run) == ["bulk.ordered", "bulk.ended"]


def test_taken_back_in_time_nothing_was_done_and_nothing_will_be():
    home = house()
    some = cases(home)
    run = ordered(home.chen, some, owner_id=home.other_agent.id)

    commands.take_back_bulk(run_id=run.id, by=home.chen, at=AT + SECOND)
    tasks.carry_out(AT + DAY)

    assert [case.version for case in now(some)] == [1, 1, 1]
    assert kinds(run) == ["bulk.ordered", "bulk.taken_back"]


def test_once_begun_it_cannot_be_taken_back_and_never_by_another():
    home = house()
    run = ordered(home.chen, cases(home), owner_id=home.other_agent.id)

    with pytest.raises(NotFound):
        commands.take_back_bulk(run_id=run.id, by=home.bo_bo, at=AT)
    tasks.carry_out(DUE)

    with pytest.raises(NotPossible):
        commands.take_back_bulk(run_id=run.id, by=home.chen, at=DUE)


def test_what_failed_is_named_with_its_reason_and_the_rest_is_done():
    home = house()
    some = cases(home, 4)
    run = ordered(home.bo_bo, some, "set_priority", priority="urgent", reason="批次质量问题")
    commands.withdraw(**on(some[0], home.ai_li))
    commands.note(**on(some[1], home.chen), text="先到一步")
    Case.objects.filter(id=some[2].id).update(department="legal", owner_id=0)

    tasks.carry_out(DUE)

    found = queries.bulk_run(run.id, home.bo_bo)
    assert (found.done, found.refused) == (1, 3)
    assert {n: why for n, _, why in queries.refused_of(run.id, home.bo_bo)} == {
        some[0].number: "stale", some[1].number: "stale", some[2].number: "not_permitted",
    }  # fmt: skip
    assert [case.priority == "urgent" for case in now(some)] == [False, False, False, True]


def test_every_case_gets_its_own_answer_and_its_own_event():
    home = house()
    some = cases(home)
    words = "系统故障已恢复，请您再试一次。"
    ordered(home.bo_bo, some, "answer", text=words)

    tasks.carry_out(DUE)

    texts = Entry.objects.filter(kind="answer").values_list("case_id", "text")
    assert dict(texts) == {case.id: words for case in some}
    assert BulkRun.objects.get().sealed
    assert words.encode() not in bytes(BulkRun.objects.get().sealed)


def test_an_answer_that_would_be_late_by_waiting_goes_at_once():
    home = house()
    some = [file(home, AT - DAY + 5 * SECOND), file(home, FRIDAY, order_no="")]

    run = ordered(home.bo_bo, some, "answer", text="正在核实。")

    assert run.due_at == AT
    assert tasks.carry_out(AT) == 2


def test_by_load_each_case_goes_to_the_least_loaded_of_its_own_department():
    home = house()
    some = cases(home, 4)
    Case.objects.filter(id__in=[c.id for c in some[:2]]).update(department="legal", owner_id=0)
    Case.objects.filter(id__in=[c.id for c in some[2:]]).update(owner_id=0)
    queries.forget_loads()
    ordered(home.chen, some, department=commands.OWN)

    tasks.carry_out(DUE)

    assert {case.owner_id for case in now(some[:2])} == {home.other_agent.id}
    assert {case.owner_id for case in now(some[2:])} == {home.bo_bo.id, home.chen.id}
    assert [case.department for case in some] == ["legal"] * 2 + ["customer_service"] * 2


def test_several_cases_are_merged_into_one_and_that_one_into_itself_is_refused():
    home = house()
    some = cases(home)
    run = ordered(home.bo_bo, some, "merge", into=some[0].number)

    tasks.carry_out(DUE)

    assert [case.state for case in now(some)] == ["filed", "merged", "merged"]
    assert queries.refused_of(run.id, home.bo_bo)[0][2] == "itself"


def test_the_same_form_twice_is_one_order_and_with_other_words_another():
    home = house()
    some = cases(home)
    given = {
        "action": "note", "chosen": queries.chosen({some[0].number: 1}, home.bo_bo),
        "raw": {"text": "同一批次"}, "mark": "one", "seconds": 8, "by": home.bo_bo, "at": AT,
    }  # fmt: skip

    first, second = commands.order_bulk(**given), commands.order_bulk(**given)
    other = commands.order_bulk(**(given | {"raw": {"text": "改了一个字"}}))
    commands.take_back_bulk(run_id=first.id, by=home.bo_bo, at=AT)
    again = commands.order_bulk(**given)

    assert first.id == second.id
    assert len({first.id, other.id, again.id}) == 3


@pytest.mark.parametrize(
    ("action", "raw", "field"),
    [
        ("assign", {}, "owner_id"),
        ("assign", {"owner_id": 99}, "owner_id"),
        ("assign", {"department": "nowhere"}, "department"),
        ("set_priority", {"priority": "urgent"}, "reason"),
        ("answer", {"text": " "}, "text"),
        ("merge", {"into": "TS000"}, "into"),
    ],
)
def test_what_would_fail_for_every_case_is_refused_before_it_is_held(
    action: str, raw: dict[str, Any], field: str
):
    home = house()

    with pytest.raises(Invalid) as refused:
        ordered(home.bo_bo, cases(home, 1), action, **raw)

    assert field in refused.value.fields
    assert not BulkRun.objects.exists()


def test_a_step_that_needs_a_cases_own_words_is_not_taken_for_many():
    home = house()

    with pytest.raises(NotFound):
        ordered(home.bo_bo, cases(home, 1), "decline", reason="重复", basis="1.4")
    with pytest.raises(Invalid):
        ordered(home.bo_bo, [], "note", text="没有选")


def test_whoever_has_left_the_house_takes_nothing_more():
    home = house()
    run = ordered(home.bo_bo, cases(home), "note", text="同一批次")
    user = Staff.objects.get(id=home.bo_bo.id).user
    get_user_model().objects.filter(pk=user.pk).update(is_active=False)

    tasks.carry_out(DUE)

    assert set(BulkItem.objects.filter(run_id=run.id).values_list("why", flat=True)) == {
        "not_permitted"
    }


def test_a_bug_met_in_one_case_is_named_with_it_and_the_others_are_done():
    home = house()
    some = cases(home)
    run = ordered(home.chen, some, owner_id=home.other_agent.id)
    BulkItem.objects.filter(run_id=run.id, case_id=some[1].id).update(before={})
    BulkRun.objects.update(sealed=_own_department(run))

    with pytest.raises(KeyError):
        tasks.carry_out(DUE)
    tasks.carry_out(DUE + SECOND)

    assert [why for _, _, why in queries.refused_of(run.id, home.chen)] == ["failed"]
    assert queries.bulk_run(run.id, home.chen).done == 2


def _own_department(run: BulkRun) -> bytes:
    from bihuan.cases.queries.bulk import COLUMN, TABLE
    from bihuan.store import secrets

    return secrets.seal_for_house(TABLE, COLUMN, run.id, '{"department": "own"}')


def test_old_runs_are_forgotten_words_and_all():
    home = house()
    ordered(home.bo_bo, cases(home), "note", text="同一批次")
    tasks.carry_out(DUE)

    tasks.tend(AT + 31 * DAY)

    assert not BulkRun.objects.exists()
    assert not BulkItem.objects.exists()


@pytest.mark.parametrize("gone", [False, True])
def test_what_the_orderer_still_holds_on_a_case_goes_out_before_and_is_no_news(gone: bool):
    home = house()
    some = cases(home, 2)
    held = {"raw": {"text": "正在核实。"}, "seconds": 9, "take": commands.take}
    commands.take_or_hold("answer", **on(some[0], home.bo_bo, AT), **held)
    ordered(home.bo_bo, some, "note", text="同一批次")
    if gone:
        tasks.release(DUE + SECOND)

    taken = tasks.carry_out(DUE + SECOND)

    assert taken == 2
    kinds = [event.kind for event in said(some[0])]
    assert kinds == ["case.filed", "case.answered", "case.noted"]
