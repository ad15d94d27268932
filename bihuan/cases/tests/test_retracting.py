"""A decision is taken back before its notice, and the dues it met run again as they were (1.2)."""

from __future__ import annotations

import pytest

from bihuan.cases import commands, tasks
from bihuan.cases.models import Case, Clock
from bihuan.cases.tests.people import FRIDAY, House, agent, file, house
from bihuan.cases.tests.stories import (
    DAY,
    HOUR,
    decided,
    dues,
    handled,
    missed,
    notified,
    on,
    resolved,
    said,
    void,
    words,
)
from bihuan.core.refusals import NotPermitted, NotPossible
from bihuan.events.models import DeadLetter
from bihuan.events.relay import drain
from bihuan.notify.models import Message
from tests.house.test_replay import retold, row

pytestmark = pytest.mark.django_db
WHY = "金额算错，少算了运费"
LATER = FRIDAY + 4 * HOUR


@pytest.fixture
def home() -> House:
    return house()


def retracted(home: House, case: Case, at=LATER) -> Case:
    return commands.retract(**on(case, home.bo_bo, at), reason=WHY)


def test_1_2_a_retracted_decision_leaves_the_case_as_it_was_before_it(home: House):
    case = file(home)
    handled(home, case)
    case.refresh_from_db()
    before, owed = row(case), dues(case, done_at=None)
    first = (case.next_due_at, case.next_milestone)
    decided(home, case)

    after = retracted(home, case)

    assert row(case) == before | {"version": after.version}
    assert (after.outcome, after.round) == ("", 1)
    assert dues(case, done_at=None) == owed
    assert (after.next_due_at, after.next_milestone) == first
    assert void(case) == {"retracted"}  # only what was counted from the decision


def test_1_2_both_events_stand_and_the_log_arrives_at_the_row(home: House):
    case = file(home)
    resolved(home, case)

    retracted(home, case)

    [event] = said(case, "case.decision_retracted")
    assert len(said(case, "case.resolved")) == 1
    assert (event.clause, event.data["outcome"]) == ("1.2", "supported")
    assert {sign[0] for sign in event.data["dues"]["case.handling_done"]} == {"+"}
    assert {sign[0] for sign in event.data["dues"]["case.result_notice_sent"]} == {"-"}
    assert retold(said(case)) == row(case)
    assert (words(case).text, words(case).internal) == (WHY, True)


def test_1_2_a_due_that_passed_while_the_decision_stood_is_a_breach_once_it_is_retracted(
    home: House,
):
    case = file(home)
    resolved(home, case)
    late = FRIDAY + 4 * DAY  # the handling was owed on the third day
    tasks.sweep(late)
    assert "case.handling_done" not in missed(case)

    retracted(home, case, late + HOUR)
    for again in (1, 2):
        tasks.sweep(late + HOUR + again * HOUR)
    decided(home, case, late + 5 * HOUR)

    assert missed(case).count("case.handling_done") == 1
    hard = Clock.objects.filter(case_id=case.id, milestone="case.handling_done", hard=True)
    assert {clock.done_at for clock in hard} == {late + 5 * HOUR}
    assert all(clock.late_at == clock.due_at for clock in hard)


def test_1_4_the_notice_is_counted_from_the_decision_that_stands(home: House):
    case = file(home)
    resolved(home, case)
    retracted(home, case)

    decided(home, case, FRIDAY + 10 * HOUR)

    [notice] = Clock.objects.filter(
        case_id=case.id, milestone="case.result_notice_sent", void_at=None
    )
    assert (notice.started_at, notice.due_at) == (FRIDAY + 10 * HOUR, FRIDAY + 34 * HOUR)


def test_1_4_a_notice_that_falls_due_at_the_same_moment_runs_again_and_is_no_second_one(
    home: House,
):
    case = file(home)
    resolved(home, case)
    at = FRIDAY + 2 * HOUR  # as a limit in working days would have it
    retracted(home, case, at)

    decided(home, case, at)

    [notice] = Clock.objects.filter(case_id=case.id, milestone="case.result_notice_sent")
    assert (notice.void_at, notice.void_reason) == (None, "")


def test_2_3_1_what_was_retracted_proves_nothing_when_the_severity_is_raised(home: House):
    case = file(home)
    resolved(home, case)
    retracted(home, case)

    commands.set_severity(**on(case, home.bo_bo, LATER), severity="major", reason="多人受影响")
    commands.approve_severity(**on(case, home.chen, LATER))

    handling = Clock.objects.filter(case_id=case.id, milestone="case.handling_done", void_at=None)
    assert {clock.done_at for clock in handling} == {None}


def test_1_2_only_its_owner_or_a_supervisor_retracts(home: House):
    case = file(home)
    resolved(home, case)
    colleague = agent("同组林", "customer_service")

    with pytest.raises(NotPermitted) as refused:
        commands.retract(**on(case, colleague, LATER), reason=WHY)

    assert refused.value.facts["why"] == "owner_or_supervisor"
    assert commands.retract(**on(case, home.chen, LATER), reason=WHY).state == "accepted"


def test_1_2_who_was_told_cannot_be_untold(home: House):
    case = file(home)
    resolved(home, case)
    notified(home, case)

    with pytest.raises(NotPossible):
        retracted(home, case)


def test_1_2_the_person_is_told_that_work_goes_on_and_not_why(home: House):
    case = file(home)
    resolved(home, case)

    retracted(home, case)
    drain(LATER)

    [letter] = Message.objects.filter(
        case_id=case.id, template="decision_retracted", channel="inbox"
    )
    assert letter.person_id == home.ai_li.id
    assert "处理决定在告知您之前已撤回，我们继续办理" in letter.body
    assert WHY not in letter.body
    assert not DeadLetter.objects.exists()
