"""Sort a case: severity with a second person, tier, kind, priority, owner (2.1.2, 2.2.2, 2.3.1)."""

from __future__ import annotations

from datetime import datetime

import pytest

from bihuan.cases import commands, queries
from bihuan.cases.models import Case, Clock
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import (
    DAY,
    HOUR,
    dues,
    missed,
    on,
    said,
    void,
)
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible

pytestmark = pytest.mark.django_db


def promised(case: Case) -> set[str]:
    rows = Clock.objects.filter(case_id=case.id, void_at=None)
    return {promise for row in rows for promise in row.promises}


def raised(home: House, case: Case, severity: str = "major", at: datetime = FRIDAY + HOUR) -> Case:
    """波波 proposes it, 陈主管 approves."""
    commands.set_severity(**on(case, home.bo_bo, at), severity=severity, reason="涉及人身安全")
    return commands.approve_severity(**on(case, home.chen, at))


def test_2_04_raising_severity_waits_for_a_second_person_and_moves_no_clock_before():
    home = house()
    case = file(home)
    before = dues(case)

    commands.set_severity(**on(case, home.chen), severity="major", reason="涉及人身安全")
    for by in (home.chen, home.bo_bo):
        with pytest.raises(NotPermitted):
            commands.approve_severity(**on(case, by))

    after = Case.objects.get(id=case.id)
    assert dues(case) == before
    assert (after.severity, after.proposed_severity, after.tier) == ("general", "major", 1)
    assert [e.kind for e in said(case)] == ["case.filed", "case.severity_proposed"]


def test_2_05_the_approval_replaces_the_promises_of_2_3_1_from_the_same_start():
    home = house()
    case = file(home)

    after = raised(home, case)

    assert (after.severity, after.tier, after.proposed_severity) == ("major", 2, "")
    assert {"C-2.3.1-3", "C-2.3.1-4", "C-4.2-2", "C-2.2.3-1"} <= promised(case)
    assert not {"C-2.3.1-1", "C-2.3.1-2", "C-4.2-1"} & promised(case)
    rows = Clock.objects.filter(case_id=case.id, void_at=None)
    assert {r.started_at for r in rows} == {FRIDAY}
    assert void(case) == {"approve_severity"}
    [approved] = said(case, "case.severity_approved")
    assert approved.data["before"] == {"severity": "general", "tier": 1}
    assert approved.data["after"] == {"severity": "major", "tier": 2}
    assert any(moved.startswith("-") for old in approved.data["dues"].values() for moved in old)


def test_x_14_severity_lifts_the_tier_and_never_lowers_it():
    home = house()
    case = file(home)
    commands.set_tier(**on(case, home.bo_bo), tier="3", reason="全站故障")

    up = raised(home, case)
    down = commands.set_severity(**on(case, home.bo_bo), severity="general", reason="仅一人受影响")

    assert (up.tier, down.tier) == (3, 3)


def test_x_07_lowering_counts_at_once_and_drops_a_pending_raise():
    home = house()
    case = file(home)
    raised(home, case)
    commands.set_severity(**on(case, home.bo_bo), severity="extra_major", reason="媒体关注")

    after = commands.set_severity(**on(case, home.bo_bo), severity="general", reason="已核实无伤害")

    assert (after.severity, after.proposed_severity, after.proposed_by) == ("general", "", 0)
    assert {"C-2.3.1-1", "C-2.3.1-2"} <= promised(case)
    assert not {"C-2.3.1-3", "C-2.3.1-4"} & promised(case)


def test_x_07_a_severity_that_goes_up_and_down_again_has_its_first_dues_back():
    home = house()
    case = file(home)
    before = dues(case)
    raised(home, case)
    commands.set_severity(**on(case, home.bo_bo), severity="general", reason="已核实无伤害")

    commands.set_tier(**on(case, home.bo_bo), tier="1", reason="恢复")

    assert dues(case) == before


def test_2_3_1_what_is_reached_already_is_judged_by_when_it_was_reached():
    home = house()
    case = file(home)
    commands.find(**on(case, home.bo_bo), finding="裂纹属实")

    raised(home, case, at=FRIDAY + 2 * HOUR)

    done = Clock.objects.filter(
        case_id=case.id, milestone="complaint.preliminary_done", void_at=None
    )
    assert {p for r in done for p in r.promises} == {"C-2.2.3-1", "C-2.3.1-3"}
    assert {r.done_at for r in done} == {FRIDAY + HOUR}


def test_2_3_3_a_breach_is_said_before_its_row_makes_way_for_another():
    home = house()
    case = file(home)

    raised(home, case, at=FRIDAY + 25 * HOUR)

    assert missed(case) == ["case.first_response", "case.initial_solution_sent"]
    gone = Clock.objects.get(case_id=case.id, milestone="case.initial_solution_sent")
    assert (gone.void_reason, gone.late_at) == ("approve_severity", gone.due_at)


@pytest.mark.parametrize(("action", "given"), [
    ("set_severity", {"severity": "general"}), ("set_tier", {"tier": "1"}),
    ("classify", {"issue": "product_quality"}), ("classify", {}),
])  # fmt: skip
def test_no_change_is_no_step_and_is_said_beside_its_field(action, given):
    home = house()
    case = file(home, issue="product_quality")

    with pytest.raises(Invalid) as refused:
        commands.STEPS[action](**on(case, home.chen), **given, reason="不变")

    assert {*refused.value.fields.values()} == {"no_change"}


def test_nothing_to_approve_is_said_with_what_is_possible():
    home = house()
    case = file(home)

    with pytest.raises(NotPossible) as refused:
        commands.approve_severity(**on(case, home.chen))

    assert (refused.value.clause, refused.value.facts["state"]) == ("2.3.1", "filed")
    assert {"accept", "set_tier"} <= {*refused.value.facts["possible"]}
    assert "approve_severity" not in refused.value.facts["possible"]


def test_x_07_a_higher_tier_adds_its_promise_and_what_runs_runs_on():
    home = house()
    case = file(home)
    before = promised(case)

    commands.set_tier(**on(case, home.bo_bo), tier="3", reason="支付故障")

    assert promised(case) == before | {"C-4.2-3"}
    repaired = Clock.objects.get(case_id=case.id, milestone="incident.repaired")
    assert repaired.due_at == FRIDAY + 72 * HOUR


def test_x_07_what_a_lower_tier_promised_outlives_a_lower_severity():
    home = house()
    case = file(home)
    raised(home, case)
    commands.set_tier(**on(case, home.bo_bo), tier="3", reason="支付故障")

    commands.set_severity(**on(case, home.bo_bo), severity="general", reason="仅一人受影响")

    assert {"C-4.2-2", "C-4.2-3"} <= promised(case)


def test_4_2_a_lower_tier_replaces_only_the_promises_of_4_2():
    home = house()
    case = file(home)
    before = promised(case)
    commands.set_tier(**on(case, home.bo_bo), tier="3", reason="支付故障")

    commands.set_tier(**on(case, home.bo_bo), tier="1", reason="已恢复")

    assert promised(case) == before


def test_x_14_a_tier_is_not_below_what_the_severity_demands():
    home = house()
    case = file(home)
    raised(home, case)

    with pytest.raises(Invalid) as refused:
        commands.set_tier(**on(case, home.bo_bo), tier="1", reason="省事")

    assert refused.value.fields == {"tier": "below_severity"}


def test_7_2_priority_moves_the_case_up_the_inbox_and_no_clock():
    home = house()
    first, second = file(home), file(home)
    before = dues(second)

    commands.set_priority(**on(second, home.bo_bo), priority="urgent", reason="用户多次催促")

    listed = queries.inbox(home.bo_bo, at=FRIDAY + HOUR).cases
    assert [case.number for case in listed] == [second.number, first.number]
    assert dues(second) == before
    assert void(second) == set()


def test_7_2_a_change_of_priority_says_no_breach_and_voids_nothing_even_when_late():
    home = house()
    case = file(home)

    commands.set_priority(**on(case, home.bo_bo, FRIDAY + 2 * DAY), priority="urgent", reason="催")

    assert missed(case) == []


def test_2_2_2_a_case_goes_to_a_person_with_that_persons_department():
    home = house()
    case = file(home)

    after = commands.assign(**on(case, home.bo_bo), owner_id=home.other_agent.id, reason="涉及条款")

    assert (after.owner_id, after.department) == (home.other_agent.id, "legal")
    [told] = said(case, "case.assigned")
    assert told.data["before"] == {"owner": home.bo_bo.id, "department": "customer_service"}


def test_2_2_2_a_case_goes_to_a_department_whose_least_loaded_person_takes_it():
    home = house()
    case = file(home)

    after = commands.assign(**on(case, home.bo_bo), department="legal")

    assert (after.owner_id, after.department) == (home.other_agent.id, "legal")


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({}, {"owner_id": "neither"}),
        ({"owner_id": 9}, {"owner_id": "not_known"}),
        ({"department": "weather"}, {"department": "not_known"}),
    ],
)
def test_2_2_2_a_case_is_not_assigned_to_nobody_or_nowhere(given, fields):
    home = house()
    case = file(home)

    with pytest.raises(Invalid) as refused:
        commands.assign(**on(case, home.bo_bo), **given)

    assert refused.value.fields == fields
    assert Case.objects.get(id=case.id).owner_id == home.bo_bo.id


def test_2_2_4_a_note_is_for_colleagues_and_a_message_for_everybody():
    home = house()
    case = file(home)

    commands.note(**on(case, home.other_agent), text="条款见 3.2。")
    commands.message(**on(case, home.ai_li), text="请尽快处理。")

    seen = [item.text for item in queries.timeline(case, home.ai_li)]
    assert "请尽快处理。" in seen
    assert "条款见 3.2。" not in seen
    assert "条款见 3.2。" in [item.text for item in queries.timeline(case, home.bo_bo)]
