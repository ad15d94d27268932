"""One message for all cases of an incident, and what each case makes of it (2.2.3, 4.2, 2.3.1)."""

from __future__ import annotations

from typing import Any

import pytest

from bihuan.cases import commands as cases
from bihuan.cases.models import BulkRun, Case, Entry
from bihuan.cases.tests import people
from bihuan.cases.tests.stories import met, on, said
from bihuan.complaints import commands, queries
from bihuan.complaints.models import IncidentMessage, IncidentTold
from bihuan.complaints.tests.incidents import (
    ANSWER,
    HOUR,
    NOON,
    added,
    carried_out,
    customer,
    mended,
    of_somebody,
    opened,
    some_cases,
    told,
)
from bihuan.core.refusals import (
    Invalid,
    NotPossible,
)

pytestmark = pytest.mark.django_db
LATER = NOON + 2 * HOUR


def test_one_message_is_answered_on_each_case_in_its_own_words() -> None:
    home = people.house()
    some = some_cases(home)
    row = opened(home, *some)

    told(home, row)
    before = Entry.objects.filter(kind="answer").count()
    carried_out()

    texts = dict(Entry.objects.filter(kind="answer").values_list("case_id", "text"))
    assert before == 0
    assert texts == {c.id: ANSWER.replace("{{number}}", c.number) for c in some}
    [sent] = queries.sent(row, home.bo_bo)
    assert (sent.done, sent.waiting, sent.failed, sent.rest) == (3, 0, [], [])
    assert set(IncidentTold.objects.values_list("state", flat=True)) == {"done"}
    assert {event.actor_id for event in said(some[0], "case.answered")} == {home.bo_bo.id}


def test_the_words_are_kept_sealed_and_the_same_form_sends_them_once() -> None:
    home = people.house()
    row = opened(home, *some_cases(home))

    first, second = told(home, row), told(home, row)

    assert first.id == second.id
    assert BulkRun.objects.count() == 1
    assert ANSWER.encode() not in bytes(IncidentMessage.objects.get().sealed)


def test_what_could_not_be_told_is_listed_by_case_and_told_again_with_one_click() -> None:
    home = people.house()
    some = some_cases(home)
    row = opened(home, *some)
    message = told(home, row)
    cases.note(**on(some[0], home.chen, NOON + HOUR), text="先到一步")
    cases.withdraw(number=some[1].number, by=customer(some[1]), at=NOON + HOUR)

    carried_out()
    [sent] = queries.sent(row, home.bo_bo)
    late = of_somebody(home, 9)
    added(home, row, late)
    many = commands.tell_rest(message_id=message.id, seconds=0, by=home.bo_bo, at=LATER)
    carried_out(LATER)

    assert dict(sent.failed) == {some[0].number: "stale", some[1].number: "stale"}
    assert [case.id for case in sent.rest] == [some[0].id]
    assert many == 2
    [now] = queries.sent(row, home.bo_bo)
    assert (now.done, now.rest) == (3, [])
    assert len(said(late, "case.answered")) == 1
    with pytest.raises(Invalid) as nobody:
        commands.tell_rest(message_id=message.id, seconds=0, by=home.bo_bo, at=LATER)
    assert nobody.value.fields == {"text": "nobody_to_tell"}


def test_taken_back_in_time_nobody_was_told_and_all_may_be_told_again() -> None:
    home = people.house()
    row = opened(home, *some_cases(home, 2))
    told(home, row)

    commands_run = BulkRun.objects.get()
    cases.take_back_bulk(run_id=commands_run.id, by=home.bo_bo, at=NOON + HOUR)
    carried_out()

    [sent] = queries.sent(row, home.bo_bo)
    assert (sent.done, sent.waiting, len(sent.rest)) == (0, 0, 2)
    assert not Entry.objects.filter(kind="answer").exists()


def test_somebody_elses_cases_are_refused_by_the_case_and_not_by_the_incident() -> None:
    home = people.house()
    mine, theirs = some_cases(home, 2)
    row = opened(home, mine, theirs)
    Case.objects.filter(id=theirs.id).update(department="legal", owner_id=home.other_agent.id)

    message = told(home, row)
    carried_out()

    [sent] = queries.sent(row, home.bo_bo)
    assert (sent.done, sent.failed) == (1, [(theirs.number, "not_permitted")])
    many = commands.tell_rest(message_id=message.id, seconds=0, by=home.other_agent, at=LATER)
    assert many == 1


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"text": " "}, "text", "missing"),
        ({"text": "您好 {{who}}，正在修复。"}, "text", "unknown_variable"),
        ({"text": "下一步：{{next_step}}"}, "text", "unknown_variable"),
        ({"action": "decline"}, "action", "not_known"),
    ],
)
def test_a_message_that_would_fail_for_all_is_refused_before_it_is_held(
    changes: dict[str, Any], field: str, code: str
) -> None:
    home = people.house()
    row = opened(home, *some_cases(home, 1))

    with pytest.raises(Invalid) as refused:
        told(home, row, **changes)

    assert refused.value.fields == {field: code}
    assert not BulkRun.objects.exists()
    assert not IncidentTold.objects.exists()


def test_a_variable_that_a_case_has_no_words_for_fails_on_that_case_alone() -> None:
    home = people.house()
    row = opened(home, *some_cases(home, 1))

    told(home, row, text="您购买的{{product}}正在补发，请稍候。")
    carried_out()

    [sent] = queries.sent(row, home.bo_bo)
    assert [why for _, why in sent.failed] == ["unfilled"]


def test_4_2_mended_is_said_on_each_case_that_owes_a_repair_and_on_no_other() -> None:
    home = people.house()
    owing, plain = some_cases(home, 2)
    cases.set_tier(**on(owing, home.bo_bo, NOON), tier="3", reason="系统故障")
    row = opened(home, owing, plain)

    row = mended(home, row)
    carried_out(LATER)

    [event] = said(owing, "case.repaired")
    assert "incident.repaired" in met(owing)
    assert event.data["restored_at"] == (NOON + HOUR).isoformat()
    assert said(plain, "case.repaired") == []
    assert (row.state, row.ended_at) == ("mended", NOON + HOUR)
    with pytest.raises(NotPossible):
        mended(home, row)


@pytest.mark.parametrize(
    ("ended_at", "code"),
    [(LATER + HOUR, "in_the_future"), (NOON - 2 * HOUR, "ended_before_it_began")],
)
def test_it_is_not_mended_before_it_began_nor_after_now(ended_at: Any, code: str) -> None:
    home = people.house()
    row = opened(home)

    with pytest.raises(Invalid) as refused:
        mended(home, row, ended_at=ended_at)

    assert refused.value.fields == {"ended_at": code}


def test_it_closes_once_mended_while_its_cases_go_on_and_may_be_gathered_again() -> None:
    home = people.house()
    [case] = some_cases(home, 1)
    row = opened(home, case)

    with pytest.raises(NotPossible) as refused:
        commands.close_incident(id=row.id, by=home.bo_bo, at=LATER)
    mended(home, row)
    closed = commands.close_incident(id=row.id, by=home.bo_bo, at=LATER)
    case.refresh_from_db()
    added(home, opened(home, mark="two"), case)

    assert refused.value.facts["state"] == "not_mended"
    assert (closed.state, case.state) == ("closed", "filed")
    assert queries.reach(closed, home.bo_bo, LATER).cases == 1
    assert case.next_due_at is not None


def test_2_3_1_more_people_than_a_severity_names_suggest_it_and_a_second_person_approves() -> None:
    home = people.house()
    row = opened(home, *some_cases(home, 11))

    wanted = queries.severity_wanted(queries.reach(row, home.bo_bo, LATER), LATER)
    asked = {"id": row.id, "action": "set_severity", "reason": "涉及 11 人", "mark": "r"}
    commands.raise_incident(**asked, to=wanted, seconds=0, by=home.bo_bo, at=LATER)
    again = commands.raise_incident
    carried_out(LATER)

    assert wanted == "major"
    assert set(Case.objects.values_list("severity", "proposed_severity")) == {("general", "major")}
    with pytest.raises(Invalid):
        again(**asked, to=wanted, seconds=0, by=home.bo_bo, at=LATER)
    with pytest.raises(Invalid):
        again(**asked, to="general", seconds=0, by=home.bo_bo, at=LATER)


def test_ten_people_are_not_more_than_ten_and_suggest_nothing() -> None:
    home = people.house()
    row = opened(home, *some_cases(home, 10))

    assert queries.severity_wanted(queries.reach(row, home.bo_bo, LATER), LATER) == ""


def test_4_2_faults_of_the_system_are_proposed_for_tier_three() -> None:
    home = people.house()
    row = opened(home, *some_cases(home, 2), people.file(home))

    commands.raise_incident(
        id=row.id, action="set_tier", to="3", reason="系统故障", mark="t", seconds=0,
        by=home.bo_bo, at=LATER,
    )  # fmt: skip
    carried_out(LATER)

    tiers = Case.objects.order_by("id").values_list("category", "tier")
    assert sorted(tiers) == [("service_quality", 1), ("system_tech", 3), ("system_tech", 3)]
