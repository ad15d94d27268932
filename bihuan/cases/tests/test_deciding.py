"""Decide and tell: nothing owed, a finding, a basis, and what will still be done (HOUSE §6b)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bihuan.cases import commands
from bihuan.cases.models import Case, Clock, FollowUp
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import (
    DAY,
    HOUR,
    decided,
    handled,
    met,
    notified,
    on,
    resolved,
    told,
    words,
)
from bihuan.core.refusals import Invalid, NotReady

pytestmark = pytest.mark.django_db


def test_1_08_resolving_names_every_step_that_is_still_owed():
    home = house()
    case = file(home)
    commands.accept(**on(case, home.bo_bo), text="受理。")

    with pytest.raises(NotReady) as refused:
        decided(home, case)

    assert refused.value.clause == "1.2"
    assert refused.value.facts["missing"] == [
        "case.first_response",
        "case.initial_solution_sent",
        "complaint.initial_review_done",
        "complaint.preliminary_done",
        "complaint.preliminary_result_sent",
        "finding",
    ]


def test_2_2_4_a_complaint_is_not_decided_without_a_finding_of_this_round():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)
    later = FRIDAY + 5 * HOUR
    commands.dispute(**on(case, home.ai_li, later), text="裂纹不止一处")
    who = on(case, home.bo_bo, later)
    for action, given in (
        ("answer", {"text": "重新核实。"}),
        ("propose", {"solution": "换货。"}),
        ("review", {"reason": "齐全"}),
        ("tell", {"text": "初步支持。"}),
    ):
        commands.STEPS[action](**who, **given)

    with pytest.raises(NotReady) as refused:
        decided(home, case, later)

    assert refused.value.facts["missing"] == ["complaint.preliminary_done", "finding"]


def test_an_enquiry_is_decided_without_a_finding():
    home = house()
    case = file(home, kind="enquiry", text="请问七天无理由退货怎么办理？")
    who = on(case, home.bo_bo)
    commands.accept(**who, text="受理。")
    commands.answer(**who, text="在订单页申请即可。")
    commands.propose(**who, solution="按页面指引操作。")

    after = commands.resolve(**who, outcome="answered", reason="已说明办法", basis="手册 6.4")

    assert after.state == "resolved"


def test_1_4_the_result_notice_has_its_own_clock_from_the_decision_on():
    home = house()
    case = file(home)

    after = resolved(home, case)

    [row] = Clock.objects.filter(case_id=case.id, milestone="case.result_notice_sent")
    assert (row.promises, row.due_at) == (["C-1.4-3"], FRIDAY + 26 * HOUR)
    assert (after.next_due_at, after.next_milestone) == (row.due_at, row.milestone)
    assert words(case).text == "质量问题成立\n依据：消费者权益保护法第24条"
    assert words(case).internal


def test_1_2_the_notice_reaches_both_last_milestones_and_waits_for_the_persons_word():
    home = house()
    case = file(home)
    resolved(home, case)

    after = notified(home, case)

    assert (after.state, after.next_due_at, after.told_at) == ("notified", None, FRIDAY + 2 * HOUR)
    assert {"case.result_notice_sent", "complaint.final_feedback_sent"} <= met(case)
    assert after.waits_until == FRIDAY + 2 * HOUR + 7 * DAY
    [plan] = FollowUp.objects.filter(case_id=case.id)
    assert (plan.owner_id, plan.due_on, plan.round) == (home.bo_bo.id, date(2026, 2, 16), 1)


@pytest.mark.parametrize(
    ("follow_ups", "fields"),
    [
        ([], {"follow_ups": "missing"}),
        ([{"what": "回访", "owner_id": 1, "due_on": date(2026, 2, 16)}],
         {"follow_ups.owner_id": "not_known"}),
        ([{"what": "回访", "owner_id": None, "due_on": date(2026, 2, 12)}],
         {"follow_ups.due_on": "in_the_past"}),
    ],
)  # fmt: skip
def test_1_2_no_result_notice_without_a_follow_up_by_a_known_person_on_a_day_to_come(
    follow_ups, fields
):
    home = house()
    case = file(home)
    resolved(home, case)
    plans = [p | {"owner_id": p["owner_id"] or home.bo_bo.id} for p in follow_ups]

    with pytest.raises(Invalid) as refused:
        commands.notify(**on(case, home.bo_bo), progress="核实", result="退款", follow_ups=plans)

    assert refused.value.fields == fields
    assert Case.objects.get(id=case.id).state == "resolved"


def test_a_follow_up_of_today_is_in_time():
    home = house()
    case = file(home)
    resolved(home, case)
    today = [{"what": "回访", "owner_id": home.bo_bo.id, "due_on": date(2026, 2, 13)}]

    after = commands.notify(**on(case, home.bo_bo), progress="核", result="退", follow_ups=today)

    assert after.state == "notified"


def planned(home: House, case: Case, day: date, at: datetime = FRIDAY + HOUR) -> Case:
    who = on(case, home.bo_bo, at)
    return commands.plan(**who, owner_id=home.chen.id, due_on=day, text="转达并致谢")


def test_2_09_7_2_praise_gets_an_owner_a_date_and_an_answer():
    home = house()
    case = file(home, kind="praise", text="客服很耐心，特来表扬。")

    after = planned(home, case, date(2026, 2, 28))

    assert after.owner_id == home.chen.id
    assert after.waits_until == FRIDAY.replace(day=28, hour=16)  # 24:00 in Shanghai
    assert not Clock.objects.filter(case_id=case.id, done_at=None).exists()
    assert (words(case).text, words(case).internal) == ("转达并致谢", False)
    assert FollowUp.objects.get(case_id=case.id).what == "转达并致谢"


def test_7_2_a_plan_names_somebody_known_and_a_day_to_come():
    home = house()
    case = file(home, kind="suggestion", text="希望增加夜间客服。")

    with pytest.raises(Invalid) as refused:
        planned(home, case, date(2026, 2, 12))
    assert refused.value.fields == {"due_on": "in_the_past"}
    with pytest.raises(Invalid) as refused:
        commands.plan(**on(case, home.bo_bo), owner_id=9, due_on=date(2026, 3, 1), text="研究")
    assert refused.value.fields == {"owner_id": "not_known"}


def test_a_plan_made_after_the_notice_does_not_move_the_day_that_silence_closes_on():
    home = house()
    case = file(home)
    handled(home, case)
    silence = told(home, case).waits_until

    after = planned(home, case, date(2026, 2, 14), FRIDAY + 3 * HOUR)

    assert after.waits_until == silence
