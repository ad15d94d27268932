"""End a case or take it up again: what runs on, what is void, and what stays (HOUSE §6b)."""

from __future__ import annotations

from datetime import datetime

import pytest

from bihuan.cases import commands, queries
from bihuan.cases.models import Case, Clock
from bihuan.cases.tests.people import FRIDAY, file, house
from bihuan.cases.tests.stories import (
    DAY,
    HOUR,
    closed,
    dues,
    handled,
    missed,
    on,
    resolved,
    said,
    told,
    void,
)
from bihuan.core.actors import SYSTEM
from bihuan.core.refusals import NotPermitted, NotPossible

pytestmark = pytest.mark.django_db


def test_2_4_3_the_persons_word_closes_the_case_until_the_archive_takes_it():
    home = house()
    case = file(home)

    after = closed(home, case)

    assert (after.state, after.ended_at, after.retention) == (
        "closed", FRIDAY + 3 * HOUR, "trade_3_years",
    )  # fmt: skip
    assert after.waits_until == datetime.fromisoformat("2026-02-15T00:00+08:00")  # make-up Saturday
    assert not Clock.objects.filter(case_id=case.id, done_at=None, void_at=None).exists()


def test_2_4_3_a_suggestion_closed_without_a_plan_owes_none_afterwards():
    home = house()
    case = file(home, kind="suggestion", text="希望增加夜间客服。")
    commands.accept(**on(case, home.bo_bo), text="受理。")
    told(home, case)

    commands.confirm(**on(case, home.ai_li, FRIDAY + 3 * HOUR))

    assert void(case) == {"closed"}
    assert missed(case) == []


def test_who_writes_after_the_result_is_not_silent_and_the_days_begin_anew():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)
    before = queries.made(case.id).waits_until

    commands.message(text="我还在等退款。", **on(case, home.ai_li, FRIDAY + 5 * DAY))

    assert queries.made(case.id).waits_until == FRIDAY + 12 * DAY > before
    with pytest.raises(NotPossible):
        commands.silence(**on(case, SYSTEM, before))
    commands.add_material(text="银行流水", **on(case, home.ai_li, FRIDAY + 6 * DAY))
    assert queries.made(case.id).waits_until == FRIDAY + 13 * DAY
    commands.add_material(text="内部材料", **on(case, home.bo_bo, FRIDAY + 7 * DAY))
    assert queries.made(case.id).waits_until == FRIDAY + 13 * DAY


def test_only_the_system_closes_by_silence_and_only_after_the_days():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)

    with pytest.raises(NotPermitted):
        commands.silence(**on(case, home.chen, FRIDAY + 30 * DAY))
    with pytest.raises(NotPossible):
        commands.silence(**on(case, SYSTEM, FRIDAY + DAY))
    Case.objects.filter(id=case.id).update(waits_until=None)
    with pytest.raises(NotPossible):
        commands.silence(**on(case, SYSTEM, FRIDAY + 30 * DAY))


def test_2_17_a_dispute_opens_a_second_round_and_the_first_stays_judged():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)
    first = dues(case, round=1)
    later = FRIDAY + 50 * HOUR

    again = commands.dispute(**on(case, home.ai_li, later), text="退款一直没有到账")

    second = {r.milestone for r in queries.clocks(again)}
    assert (again.state, again.round, again.round_at) == ("accepted", 2, later)
    assert {"complaint.accepted", "aftersales.problem_confirmed"} & second == set()
    assert {"case.first_response", "complaint.final_feedback_sent"} <= second
    assert min(r.started_at for r in queries.clocks(again)) == later
    assert dues(case, round=1) == first
    assert (again.outcome, again.told_at, again.waits_until) == ("", None, None)
    assert again.next_due_at == later + 24 * HOUR


def test_2_4_3_an_after_sales_case_confirms_its_problem_in_the_first_round_only():
    home = house()
    case = file(home, channel="after_sales")
    commands.confirm_problem(**on(case, home.bo_bo), problem="裂纹")
    closed(home, case)

    again = commands.reopen(**on(case, home.ai_li, FRIDAY + DAY), text="又坏了")

    milestones = {r.milestone for r in queries.clocks(again)}
    assert "aftersales.problem_confirmed" not in milestones
    assert "complaint.preliminary_done" in milestones


@pytest.mark.parametrize("who", ["ai_li", "bo_bo"])
def test_2_4_3_a_closed_case_is_taken_up_again_by_its_person_or_its_people(who):
    home = house()
    case = file(home)
    closed(home, case)

    again = commands.reopen(**on(case, getattr(home, who), FRIDAY + DAY), text="退款未到账")

    assert (again.state, again.round, again.ended_at, again.retention) == ("accepted", 2, None, "")


def test_an_archived_case_is_not_taken_up_again():
    home = house()
    case = file(home)
    closed(home, case)
    commands.archive(**on(case, SYSTEM, FRIDAY + DAY))

    with pytest.raises(NotPossible) as refused:
        commands.reopen(**on(case, home.ai_li, FRIDAY + 2 * DAY), text="退款未到账")

    assert refused.value.facts["possible"] == []


def test_2_21_a_withdrawn_case_stays_and_owes_nothing():
    home = house()
    case = file(home)

    after = commands.withdraw(**on(case, home.ai_li), text="已和商家协商好")

    assert (after.state, after.next_due_at, after.retention) == ("withdrawn", None, "trade_3_years")
    assert void(case) == {"withdrawn"}
    assert missed(case) == []


def test_2_3_3_a_withdrawal_does_not_wipe_out_the_breach_before_it():
    home = house()
    case = file(home)

    commands.withdraw(**on(case, home.ai_li, FRIDAY + 25 * HOUR))

    assert missed(case) == ["case.first_response", "case.initial_solution_sent"]


@pytest.mark.parametrize("stage", [handled, resolved])
def test_2_21_a_case_may_be_withdrawn_until_its_result_is_told(stage):
    home = house()
    case, late = file(home), file(home)
    stage(home, case)

    after = commands.withdraw(**on(case, home.ai_li, FRIDAY + 3 * HOUR))

    assert after.state == "withdrawn"
    handled(home, late)
    told(home, late)
    with pytest.raises(NotPossible):
        commands.withdraw(**on(late, home.ai_li, FRIDAY + 3 * HOUR))


def test_2_18_the_archive_keeps_a_declined_case_as_long_as_any():
    home = house()
    case = file(home)
    commands.decline(**on(case, home.chen), reason="不属于平台交易。", basis="1.3")

    after = commands.archive(**on(case, SYSTEM, FRIDAY + DAY))

    assert (after.state, after.archived_at, after.retention, after.waits_until) == (
        "archived", FRIDAY + DAY, "trade_3_years", None,
    )  # fmt: skip
    with pytest.raises(NotPossible):
        commands.archive(**on(case, SYSTEM, FRIDAY + DAY))


def test_x_28_a_person_is_reminded_once_a_round_and_only_while_told():
    home = house()
    case = file(home)
    with pytest.raises(NotPossible):
        commands.remind(**on(case, SYSTEM))
    handled(home, case)
    told(home, case)

    commands.remind(**on(case, SYSTEM, FRIDAY + 4 * DAY))
    with pytest.raises(NotPossible):
        commands.remind(**on(case, SYSTEM, FRIDAY + 5 * DAY))

    assert len(said(case, "case.reminded")) == 1


def test_a_clock_of_a_case_that_is_gone_is_no_news():
    home = house()
    case = file(home)
    Case.objects.filter(id=case.id).delete()

    assert commands.judge(within=DAY, by=SYSTEM, at=FRIDAY + 9 * DAY) == 0
