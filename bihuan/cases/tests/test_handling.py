"""Work on a case: what each step needs, which milestone it reaches, what it refuses (HOUSE §6b)."""

from __future__ import annotations

import pytest

from bihuan.cases import commands, queries
from bihuan.cases.models import Case, Clock, Finding
from bihuan.cases.tests.people import FRIDAY, file, house
from bihuan.cases.tests.stories import DAY, HOUR, dues, met, missed, on, said, words
from bihuan.core.refusals import Invalid, NotPermitted

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("action", "given", "milestone", "internal"),
    [
        ("answer", {"text": "正在核实底座问题。"}, "case.first_response", False),
        ("accept", {"text": "已受理，先联系商家。"}, "complaint.accepted", False),
        ("propose", {"solution": "支持退货退款。"}, "case.initial_solution_sent", False),
        ("review", {"reason": "材料齐全"}, "complaint.initial_review_done", True),
        ("find", {"finding": "裂纹属实"}, "complaint.preliminary_done", True),
        ("tell", {"text": "初步支持退款。"}, "complaint.preliminary_result_sent", False),
    ],
)
def test_1_06_each_step_reaches_its_own_milestone_and_no_other(action, given, milestone, internal):
    home = house()
    case = file(home)

    after = commands.STEPS[action](**on(case, home.bo_bo), **given)

    assert met(case) == {milestone}
    assert after.version == 2
    assert words(case).internal is internal
    assert words(case).text.startswith(next(iter(given.values())))


def test_6_3_a_person_confirms_the_problem_of_an_after_sales_case():
    home = house()
    case = file(home, channel="after_sales")

    commands.confirm_problem(**on(case, home.bo_bo), problem="底座有一道约 4 厘米的裂纹。")

    assert met(case) == {"aftersales.problem_confirmed"}


def test_4_2_a_repair_says_what_failed_and_when_it_worked_again():
    home = house()
    case = file(home)
    commands.set_tier(**on(case, home.bo_bo), tier="3", reason="支付故障")
    restored = FRIDAY + HOUR

    commands.repair(
        **on(case, home.bo_bo, FRIDAY + 2 * HOUR), failed="支付回调失败", restored_at=restored
    )

    assert "incident.repaired" in met(case)
    assert words(case).text == "支付回调失败\n恢复时间：2026-02-13 17:00"
    with pytest.raises(Invalid) as refused:
        commands.repair(**on(case, home.bo_bo), failed="再次失败", restored_at=FRIDAY + DAY)
    assert refused.value.fields == {"restored_at": "in_the_future"}


def test_1_4_whoever_accepts_an_unowned_case_is_its_handler():
    home = house()
    case, held = file(home), file(home)
    Case.objects.filter(id=case.id).update(owner_id=0)
    Case.objects.filter(id=held.id).update(owner_id=home.bo_bo.id)

    taken = commands.accept(**on(case, home.chen), text="由我处理。")
    kept = commands.accept(**on(held, home.chen), text="受理。")

    assert (taken.state, taken.owner_id) == ("accepted", home.chen.id)
    assert kept.owner_id == home.bo_bo.id
    assert said(case, "case.accepted")[0].data["owner"] == home.chen.id


def test_1_4_a_decline_is_told_with_reason_and_basis_and_owes_nothing_more():
    home = house()
    case = file(home)

    after = commands.decline(**on(case, home.chen), reason="不属于平台内交易。", basis="1.3")

    assert (after.state, after.next_due_at, after.told_at) == ("declined", None, FRIDAY + HOUR)
    assert met(case) == {"complaint.accepted"}
    assert not Clock.objects.filter(case_id=case.id, done_at=None, void_at=None).exists()
    assert words(case).text == "不属于平台内交易。\n依据：1.3"
    assert not words(case).internal


def test_2_3_3_a_decline_does_not_wipe_out_the_breaches_before_it():
    home = house()
    case = file(home)

    commands.decline(**on(case, home.chen, FRIDAY + 25 * HOUR), reason="不属于交易。", basis="1.3")

    assert missed(case) == ["case.first_response", "case.initial_solution_sent"]
    assert Clock.objects.filter(case_id=case.id, late_at__isnull=False).count() == 2


def test_3_2_a_major_case_is_reviewed_only_with_a_named_lead():
    home = house()
    case = file(home, text="消费者被砸伤住院，要求赔偿。")
    who = on(case, home.chen)
    assert case.severity == "extra_major"

    for lead, code in ((0, "major_needs_a_lead"), (99, "not_known")):
        with pytest.raises(Invalid) as refused:
            commands.review(**who, reason="需调查", investigation=True, lead_id=lead)
        assert refused.value.fields == {"lead_id": code}
    commands.review(**who, reason="需调查", investigation=True, lead_id=home.chen.id)

    [reviewed] = said(case, "case.reviewed")
    assert (reviewed.data["investigation"], reviewed.data["lead"]) == (True, home.chen.id)


def test_2_2_3_a_finding_is_kept_by_department_with_its_measure():
    home = house()
    case = file(home)

    commands.find(**on(case, home.other_agent), finding="条款无误", measure="退款")
    commands.find(**on(case, home.bo_bo), finding="裂纹属实", department="after_sales")

    found = {(f.department, f.text) for f in Finding.objects.filter(case_id=case.id)}
    assert found == {
        ("legal", "条款无误\n拟采取的措施：退款"),
        ("after_sales", "裂纹属实"),
    }
    with pytest.raises(Invalid) as refused:
        commands.find(**on(case, home.bo_bo), finding="裂纹属实", department="weather")
    assert refused.value.fields == {"department": "not_known"}


def test_2_2_3_a_supervisor_of_no_department_finds_for_the_cases_own():
    home = house()
    case = file(home)
    nowhere = home.chen.__class__(home.chen.id, home.chen.roles, "", home.chen.name)

    commands.find(**on(case, nowhere), finding="裂纹属实")

    assert Finding.objects.get(case_id=case.id).department == "customer_service"


def test_another_departments_agent_may_find_but_not_decide():
    home = house()
    case = file(home)

    commands.find(**on(case, home.other_agent), finding="条款无误")
    with pytest.raises(NotPermitted) as refused:
        commands.accept(**on(case, home.other_agent), text="受理")

    assert refused.value.facts["department"] == "customer_service"
    assert "complaint.accepted" in {m for m, _ in dues(case, done_at=None)}


def test_2_04_a_case_shows_its_steps_to_whoever_may_take_them():
    home = house()
    case = file(home)

    offered = {step.action for step in queries.offered(case, home.ai_li)}

    assert offered == {"withdraw", "message", "add_material"}
