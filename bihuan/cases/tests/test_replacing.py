"""Clocks that make way for others: nothing kept is lost, nothing late is forgiven (HOUSE §6b)."""

from __future__ import annotations

import pytest

from bihuan.cases import commands, tasks
from bihuan.cases.deadlines import running
from bihuan.cases.models import Case, Clock
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import (
    DAY,
    HOUR,
    decided,
    dues,
    handled,
    met,
    missed,
    notified,
    on,
    said,
    told,
)

pytestmark = pytest.mark.django_db


def due_of(case: Case) -> dict[str, object]:
    rows = Clock.objects.filter(case_id=case.id, void_at=None).order_by("round")
    return {promise: row.due_at for row in rows for promise in row.promises}


def raised(home: House, case: Case) -> None:
    commands.set_severity(**on(case, home.bo_bo), severity="major", reason="涉及多人")
    commands.approve_severity(**on(case, home.chen))


def test_a_suggestion_that_turns_into_a_complaint_keeps_its_plan_and_counts_the_rest_anew():
    home = house()
    case = file(home, kind="suggestion", text="希望增加夜间客服。")
    plan = dues(case)
    complained = FRIDAY + 10 * DAY
    commands.message(**on(case, home.ai_li, complained), text="没人理我，我要投诉！")

    commands.classify(
        **on(case, home.bo_bo, complained + HOUR), kind="complaint", reason="用户要求投诉"
    )

    due = due_of(case)
    assert plan <= dues(case)
    assert due["C-1.4-1"] == complained + 24 * HOUR
    assert due["C-1.4-5"] == complained + 72 * HOUR
    tasks.sweep(complained + 2 * HOUR)
    assert missed(case) == ["feedback.plan_set"]


def test_what_turned_into_a_complaint_keeps_both_starts_when_its_tier_changes():
    home = house()
    case = file(home, kind="enquiry")
    complained = FRIDAY + 5 * HOUR
    commands.message(**on(case, home.ai_li, complained), text="我要投诉！")
    commands.classify(**on(case, home.bo_bo, complained), kind="complaint", reason="投诉")

    commands.set_tier(**on(case, home.bo_bo, complained), tier="3", reason="故障")

    due = due_of(case)
    assert due["C-4.2-3"] == FRIDAY + 72 * HOUR
    assert due["C-1.4-4"] == complained + 48 * HOUR


def test_2_4_3_an_enquiry_that_complains_in_its_second_round_counts_from_that_message():
    home = house()
    case = file(home, kind="enquiry")
    who = on(case, home.bo_bo)
    commands.accept(**who, text="受理")
    commands.answer(**who, text="答复")
    commands.propose(**who, solution="办法")
    told(home, case)
    commands.dispute(**on(case, home.ai_li, FRIDAY + DAY), text="没有用")
    complained = FRIDAY + DAY + 5 * HOUR
    commands.message(**on(case, home.ai_li, complained), text="我要投诉！")

    commands.classify(**on(case, home.bo_bo, complained), kind="complaint", reason="投诉")

    due = due_of(case)
    assert due["C-1.4-5"] == complained + 72 * HOUR
    assert due["C-1.4-1"] == FRIDAY + 2 * DAY


def test_2_3_3_a_lower_severity_makes_a_late_notice_a_breach_and_says_it_once():
    home = house()
    case = file(home, text="商品存在安全隐患，已有媒体报道。")
    commands.assign(**on(case, home.chen), owner_id=home.bo_bo.id, reason="由客服处理")
    handled_with_lead(home, case)
    told(home, case, FRIDAY + 15 * DAY)  # past five working days, within seven
    assert case.severity == "major"
    before = missed(case)

    lowered = on(case, home.bo_bo, FRIDAY + 15 * DAY + HOUR)
    commands.set_severity(**lowered, severity="general", reason="仅一人")
    tasks.sweep(FRIDAY + 60 * DAY)

    five_days = Clock.objects.get(case_id=case.id, promises__contains=["C-2.3.1-2"])
    assert five_days.late_at == five_days.due_at
    new = [e.data["due_at"] for e in said(case, "clock.missed")][len(before) :]
    assert new == [five_days.due_at.isoformat()]


def test_a_due_that_comes_back_after_its_step_was_taken_is_met_and_never_missed():
    home = house()
    case = file(home)
    raised(home, case)
    handled_with_lead(home, case)
    told(home, case)

    commands.set_severity(
        **on(case, home.bo_bo, FRIDAY + 3 * HOUR), severity="general", reason="仅一人"
    )
    tasks.sweep(FRIDAY + 60 * DAY)

    five_days = Clock.objects.get(case_id=case.id, promises__contains=["C-2.3.1-2"])
    assert five_days.done_at == FRIDAY + 2 * HOUR
    assert missed(case) == []


def handled_with_lead(home: House, case: Case) -> None:
    who = on(case, home.bo_bo)
    commands.accept(**who, text="受理。")
    commands.answer(**who, text="正在核实。")
    commands.review(**who, reason="需调查", investigation=True, lead_id=home.chen.id)
    commands.find(**who, finding="裂纹属实")
    commands.tell(**who, text="初步支持退款。")


def test_1_4_the_clock_of_the_result_notice_outlives_a_change_of_severity():
    home = house()
    case = file(home)
    handled(home, case)
    commands.resolve(**on(case, home.bo_bo), outcome="supported", reason="成立", basis="2.3.2")

    raised(home, case)

    row = Clock.objects.get(case_id=case.id, milestone="case.result_notice_sent")
    assert (row.void_at, row.due_at) == (None, FRIDAY + 25 * HOUR)


@pytest.mark.parametrize("in_hand", ["accepted", "resolved", "notified"])
def test_1_04_what_was_in_hand_when_it_turned_into_a_complaint_goes_on_to_its_end(in_hand: str):
    home = house()
    case = file(home, kind="enquiry")
    handled(home, case)
    if in_hand != "accepted":
        decided(home, case)
    if in_hand == "notified":
        notified(home, case)
    commands.message(**on(case, home.ai_li, FRIDAY + 3 * HOUR), text="我要投诉！")

    commands.classify(
        **on(case, home.bo_bo, FRIDAY + 3 * HOUR), kind="complaint", reason="用户要求投诉"
    )

    assert "case.first_response" in {clock.milestone for clock in running(case)}
    commands.answer(**on(case, home.bo_bo, FRIDAY + 4 * HOUR), text="抱歉，现按投诉处理。")
    if in_hand == "accepted":
        told(home, case, FRIDAY + 4 * HOUR)
    elif in_hand == "resolved":
        notified(home, case, FRIDAY + 4 * HOUR)
    tasks.sweep(FRIDAY + 60 * DAY)
    case.refresh_from_db()
    assert (case.state, case.kind, missed(case)) == ("notified", "complaint", [])
    assert "complaint.accepted" in met(case)
