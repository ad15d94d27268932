"""7.2: feedback weighs severity × reach × haste; its level is the case's priority."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bihuan.cases import commands as cases
from bihuan.cases import queries as case_queries
from bihuan.cases.models import Case
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible
from bihuan.events.models import Event
from bihuan.improvement import commands, queries
from bihuan.improvement.models import FeedbackTriage

pytestmark = pytest.mark.django_db
LATER = FRIDAY + timedelta(hours=1)


@pytest.fixture
def house() -> House:
    return people.house()


def suggestion(house: House, **changes: Any) -> Case:
    given = {"kind": "suggestion", "channel": "web", "text": "希望订单页能按店铺筛选。"}
    return people.file(house, **(given | changes))


def judge(house: House, case: Case, values: str, **more: Any) -> FeedbackTriage:
    named = dict(zip(("severity", "reach", "haste"), map(int, values), strict=True))
    given = {"by": house.bo_bo, "at": LATER} | more
    return commands.triage(number=case.number, values=named, **given)


@pytest.mark.parametrize(
    ("values", "level"),
    [("111", "general"), ("221", "important"), ("113", "important"), ("322", "urgent")],
)
def test_the_product_gives_the_level_and_the_level_the_priority(house: House, values, level):
    case = suggestion(house)

    row = judge(house, case, values)

    assert (row.computed, row.level) == (level, level)
    assert Case.objects.get(id=case.id).priority == level
    said = Event.objects.get(stream=case.id, kind="feedback.triaged").data
    assert (said["severity"], said["reach"], said["haste"], said["level"]) == (
        *map(int, values), level,
    )  # fmt: skip


def test_another_level_needs_a_reason_and_the_history_stays(house: House):
    case = suggestion(house)
    judge(house, case, "111")
    with pytest.raises(Invalid) as refusal:
        judge(house, case, "111", level="urgent")
    assert refusal.value.fields == {"reason": "missing"}

    judge(house, case, "111", level="urgent", reason="媒体正在报道")

    assert Case.objects.get(id=case.id).priority == "urgent"
    shown = queries.history(case.id)
    assert [(one.row.level, one.row.current, one.by) for one in shown] == [
        ("urgent", True, "波波"),
        ("general", False, "波波"),
    ]
    assert "媒体正在报道" not in str(list(Event.objects.values_list("data", flat=True)))


@pytest.mark.parametrize("values", [{"severity": 4}, {"reach": 0}, {"haste": None}])
def test_a_value_outside_the_scale_is_refused(house: House, values):
    case = suggestion(house)

    with pytest.raises(Invalid) as refusal:
        commands.triage(
            number=case.number, values={"severity": 1, "reach": 1, "haste": 1} | values,
            by=house.bo_bo, at=LATER,
        )  # fmt: skip

    assert set(refusal.value.fields) == set(values)


def test_whoever_may_not_set_the_priority_may_not_judge(house: House):
    case = suggestion(house)
    for by in (house.ai_li, house.ding):
        with pytest.raises(NotFound):
            judge(house, case, "111", by=by)

    stranger = house.other_agent if case.department != "legal" else house.bo_bo
    with pytest.raises(NotPermitted):
        judge(house, case, "111", by=stranger)
    assert not FeedbackTriage.objects.exists()


def test_what_has_ended_is_not_judged_any_more(house: House):
    case = suggestion(house)
    cases.withdraw(number=case.number, by=house.ai_li, at=LATER)

    with pytest.raises(NotPossible):
        judge(house, case, "111")


def test_the_facts_suggest_a_rung_of_each_scale(house: House):
    case = suggestion(house, issue="delivery_delay")
    alone = queries.facts(case, house.bo_bo, LATER)
    assert [rung.value for rung in alone.suggested.values()] == [1, 1, 1]

    for n in range(3):
        contact = people.Contact(phone=f"1390000100{n}")
        given = {"kind": "praise", "issue": "delivery_delay", "contact": contact}
        cases.file(filing=people.filing(**given), by=house.bo_bo, at=FRIDAY)

    found = queries.facts(case, house.bo_bo, LATER)
    assert (found.people, found.suggested["reach"].value) == (4, 2)
    later = LATER + timedelta(days=31)
    assert queries.facts(case, house.bo_bo, later).people == 1


def test_two_of_everything_else_are_not_the_same_issue(house: House):
    case = suggestion(house, issue="other_issue")
    for n in range(3):
        contact = people.Contact(phone=f"1390000100{n}")
        given = {"kind": "praise", "issue": "other_issue", "contact": contact}
        cases.file(filing=people.filing(**given), by=house.bo_bo, at=FRIDAY)

    assert queries.facts(case, house.bo_bo, LATER).people == 1


def test_a_complaint_becomes_feedback_when_it_is_judged(house: House):
    complaint = people.file(house)
    assert queries.board(house.chen, LATER).rows == []

    judge(house, complaint, "232")

    rows = queries.board(house.chen, LATER, show="urgent").rows
    assert [row.case.number for row in rows] == [complaint.number]


def test_the_board_counts_its_lists_and_shows_late_plans(house: House):
    case, other = suggestion(house), suggestion(house)
    judge(house, case, "111")
    cases.plan(
        number=case.number, owner_id=house.bo_bo.id, due_on=FRIDAY.date() + timedelta(days=2),
        text="排入三月的版本。", by=house.bo_bo, at=LATER,
    )  # fmt: skip

    board = queries.board(house.bo_bo, LATER)

    assert board.counts == {
        "open": 2, "new": 1, "urgent": 0, "important": 0, "general": 1, "late": 0, "unanswered": 1,
    }  # fmt: skip
    states = {row.case.number: (row.plan.state, row.answered) for row in board.rows}
    assert states == {case.number: ("planned", True), other.number: ("unplanned", False)}
    after = FRIDAY + timedelta(days=3)
    late = queries.board(house.bo_bo, after, show="late")
    assert {row.case.number: row.plan.state for row in late.rows} == {
        case.number: "late", other.number: "late",
    }  # fmt: skip
    assert late.counts["late"] == 2


def test_a_plan_that_is_done_is_not_late(house: House):
    case = suggestion(house)
    cases.plan(
        number=case.number, owner_id=house.bo_bo.id, due_on=FRIDAY.date(), text="今天就改。",
        by=house.bo_bo, at=LATER,
    )  # fmt: skip
    measure = case_queries.follow_ups(case)[0]
    cases.finish_follow_up(number=case.number, follow_up_id=measure.id, by=house.bo_bo, at=LATER)

    after = FRIDAY + timedelta(days=3)

    assert queries.board(house.bo_bo, after, show="late").rows == []
    assert queries.board(house.bo_bo, after).rows[0].plan.state == "done"


def test_the_board_turns_its_pages(house: House):
    numbers = {suggestion(house, external_id=str(n)).number for n in range(3)}

    first = queries.board(house.bo_bo, LATER, limit=2)
    second = queries.board(house.bo_bo, LATER, limit=2, cursor=first.cursor)

    assert {row.case.number for row in (*first.rows, *second.rows)} == numbers
    assert second.cursor == ""
    assert queries.board(house.bo_bo, LATER, show="ended").rows == []
    with pytest.raises(Invalid):
        queries.board(house.bo_bo, LATER, show="all")
    with pytest.raises(NotFound):
        queries.board(house.ai_li, LATER)
