"""At the desk: a decision, a proposal, a run, a measure, a refusal are taken back (1.2, 2.4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bihuan.cases import commands, queries
from bihuan.cases.models import BulkRun, Case, FollowUp
from bihuan.cases.tests.people import FRIDAY, agent
from bihuan.core.actors import Actor
from bihuan.events.models import Event
from tests.journeys.walk import HOUR, plain

if TYPE_CHECKING:
    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db
WHY = "金额算错，少算了运费"
DECISION = {"outcome": "supported", "reason": "质量问题成立", "basis": "消法第24条"}


def decided(walk: Walk) -> Case:
    """By 波波, who has it; its person is not told of the result yet."""
    case = walk.called()
    Case.objects.filter(id=case.id).update(owner_id=walk.home.bo_bo.id)
    walk.at = FRIDAY + HOUR
    walk.handled(case)
    commands.resolve(number=case.number, **DECISION, by=walk.home.bo_bo, at=walk.at)
    return case


def clocks(walk: Walk, case: Case) -> list[tuple[str, str]]:
    rows = walk.api.get(f"/cases/{case.number}/clocks").json()
    return [(c["due_at"], c["state"]) for c in rows if c["milestone"] == "case.handling_done"]


def test_idea_20_1_2_a_decision_is_taken_back_with_a_reason_and_its_clock_runs_as_it_did(
    walk: Walk,
):
    home, case = walk.home, decided(walk)
    before = clocks(walk, case)
    walk.at = FRIDAY + 2 * HOUR

    bare = walk.do(home.bo_bo, case, "retract", reason="")
    walk.did(home.bo_bo, case, "retract", reason=WHY)

    assert (bare.status_code, "请填写这一项" in plain(bare)) == (422, True)
    assert case.state == "accepted"
    assert clocks(walk, case) == [(due, "running") for due, _ in before]
    desk = walk.see(home.bo_bo, case.desk_url)
    assert "处理决定已撤回，继续办理" in desk
    assert WHY in desk
    mine = walk.see(home.ai_li, f"{case.url}timeline/")
    assert "处理决定已撤回，继续办理" in mine
    assert WHY not in mine
    walk.until(walk.at)
    assert f"处理决定已撤回，继续办理：{case.number}" in walk.letters(home.ai_li)
    walk.told(case)  # and decided anew
    assert case.state == "notified"


def test_idea_20_1_2_the_button_is_its_owners_and_a_supervisors_and_gone_with_the_notice(
    walk: Walk,
):
    home, case = walk.home, decided(walk)
    colleague = agent("同组林", "customer_service")
    place = f"{case.desk_url}do/retract/"

    shown = {who.id: place in page(walk, who, case) for who in (home.bo_bo, home.chen, colleague)}
    refused = walk.do(colleague, case, "retract", reason=WHY)
    commands.notify(
        number=case.number, progress="核对。", result="退款。", by=home.bo_bo, at=walk.at,
        follow_ups=[{"what": "回访", "owner_id": home.bo_bo.id, "due_on": walk.at.date()}],
    )  # fmt: skip
    late = walk.do(home.bo_bo, case, "retract", reason=WHY)

    assert shown == {home.bo_bo.id: True, home.chen.id: True, colleague.id: False}
    assert refused.status_code == 403
    assert "处理决定只能由处理人或主管撤回" in plain(refused)
    assert late.status_code == 409
    assert place not in page(walk, home.bo_bo, case)


def page(walk: Walk, who: Actor, case: Case) -> str:
    return walk.client(who).get(case.desk_url).content.decode()


@pytest.mark.parametrize(
    ("action", "given", "keep"),
    [
        ("set_severity", {"severity": "major", "reason": "多人"}, "keep_severity"),
        ("classify", {"kind": "enquiry", "reason": "只是询问"}, "keep_kind"),
    ],
)
def test_2_04_2_1_2_2_3_1_a_proposal_is_turned_down_by_another_or_taken_back_by_its_own(
    walk: Walk, action: str, given: dict[str, str], keep: str
):
    home, case = walk.home, walk.called()
    colleague = agent("同组林", "customer_service")
    place = f"{case.desk_url}do/{keep}/"
    assert place not in page(walk, home.chen, case)  # nobody has asked for anything

    walk.did(home.bo_bo, case, action, **given)

    assert "撤回提请" in walk.see(home.bo_bo, case.desk_url)
    assert "不同意" in walk.see(home.chen, case.desk_url)
    assert place not in page(walk, colleague, case)
    assert walk.do(colleague, case, keep, reason="不像").status_code == 403
    walk.did(home.chen, case, keep, reason="只有一人受影响")
    assert "待第二人复核" not in walk.see(home.chen, case.desk_url)
    walk.until(walk.at)
    assert f"提请未获同意：{case.number}" in walk.letters(home.bo_bo)
    walk.did(home.bo_bo, case, action, **given)
    walk.did(home.bo_bo, case, keep, reason="提错了")
    assert place not in page(walk, home.chen, case)


def test_2_17_2_4_3_a_refused_case_is_taken_up_again_by_its_person_until_it_is_archived(walk: Walk):
    home, case = walk.home, walk.called()
    walk.did(home.bo_bo, case, "decline", reason="不属于平台交易。", basis="1.3")
    walk.until(walk.at)
    assert "申请重新处理" in walk.letters(home.ai_li)
    shown = walk.see(home.ai_li, case.url)
    assert "如有新的情况或不同意" in shown
    assert f"{case.desk_url}do/reopen/" not in page(walk, home.bo_bo, case)
    assert f"{case.desk_url}do/reopen/" in page(walk, home.chen, case)

    walk.at = FRIDAY + 3 * HOUR
    walk.asked(case, "reopen", text="订单确实在贵平台，附编号。")

    assert (case.state, case.round) == ("accepted", 2)
    assert "订单确实在贵平台" in walk.see(home.bo_bo, case.desk_url)


def test_1_2_whoever_must_be_known_first_is_told_so_beside_their_words(walk: Walk):
    case = walk.called(issue="account_restriction", kind="account_problem")
    walk.did(walk.home.chen, case, "decline", reason="无法核对身份。", basis="1.2")
    case.refresh_from_db()

    given = {"text": "我是账户本人。", "version": case.version}
    refused = walk.send(walk.home.ai_li, f"{case.url}reopen/", given)

    assert refused.status_code == 409
    assert "重新处理前，请您先" in plain(refused)
    assert "我是账户本人。" in refused.content.decode()


def test_1_2_a_measure_marked_done_by_mistake_is_open_again_for_all_to_see(walk: Walk):
    home, case = walk.home, decided(walk)
    walk.told(case)
    [measure] = FollowUp.objects.filter(case_id=case.id)
    walk.send(home.bo_bo, f"{case.desk_url}measures/{measure.id}/done/")
    place = f"{case.desk_url}measures/{measure.id}/undo/"

    assert place in walk.client(home.bo_bo).get(f"{case.desk_url}?tab=findings").content.decode()
    assert "完成日期不变" in walk.see(home.bo_bo, place)
    bare = walk.send(home.bo_bo, place, {"reason": ""})
    assert (bare.status_code, "请填写这一项" in plain(bare)) == (422, True)
    taken = walk.send(home.bo_bo, place, {"reason": "用户说没有接到回访"})
    assert taken.status_code == 302

    again = walk.send(home.bo_bo, place, {"reason": "再按一次"})
    assert (again.status_code, "没有记为已落实" in plain(again)) == (409, True)
    desk = walk.see(home.chen, case.desk_url)
    assert "后续措施改为未落实" in desk
    assert "用户说没有接到回访" in desk
    mine = walk.see(home.ai_li, f"{case.url}timeline/")
    assert "后续措施改为未落实" in mine
    assert "用户说没有接到回访" not in mine
    assert walk.client(home.bo_bo).get(f"{case.desk_url}measures/1/undo/").status_code == 404


def begun(walk: Walk, many: int = 3) -> BulkRun:
    """波波's run, of which one case is taken."""
    some = [walk.called(text=f"第{n}件，机器漏水") for n in range(many)]
    chosen = queries.chosen({case.number: 0 for case in some}, walk.home.bo_bo)
    run = commands.order_bulk(
        action="answer", chosen=chosen, raw={"text": "正在逐件核实。"}, mark="m", seconds=0,
        by=walk.home.bo_bo, at=walk.at,
    )  # fmt: skip
    order = commands.start_bulk(run_id=run.id, at=walk.at)
    assert order is not None
    commands.take_bulk_item(order=order, case_id=some[0].id, take=commands.take, at=walk.at)
    return run


def test_e_06_a_run_is_stopped_in_the_middle_and_says_what_was_left(walk: Walk):
    home, run = walk.home, begun(walk)
    place = f"/desk/bulk/{run.id}/"
    assert f"{place}stop/" in walk.client(home.bo_bo).get(place).content.decode()

    assert walk.send(home.bo_bo, f"{place}stop/").status_code == 302

    shown = walk.see(home.bo_bo, place)
    assert "已停止：1 件已完成，2 件未办理" in shown
    assert shown.count("批量已停止，这件没有办理") == 2
    assert "再办一次" in shown
    assert "已停止" in walk.see(home.bo_bo, "/desk/bulk/runs/")
    again = walk.client(home.bo_bo).post(f"{place}stop/", follow=True)
    assert "这次批量没有在执行，不需要停止" in plain(again)


def test_e_06_a_supervisor_finds_and_stops_anothers_run_and_does_not_read_its_words(walk: Walk):
    home, run = walk.home, begun(walk)
    place = f"/desk/bulk/{run.id}/"

    assert "同事正在执行的批量" in walk.see(home.chen, "/desk/bulk/runs/")
    assert "同事正在执行的批量" not in walk.see(home.other_agent, "/desk/bulk/runs/")
    shown = walk.see(home.chen, place)
    assert "波波" in shown
    assert "正在逐件核实。" not in shown
    assert walk.client(home.other_agent).get(place).status_code == 404
    assert walk.send(home.other_agent, f"{place}stop/").status_code == 404
    assert walk.send(home.chen, f"{place}stop/").status_code == 302

    after = walk.client(home.chen).get(place).content.decode()
    assert "再办一次" not in after
    assert f"{place}undo/" not in after
    [event] = Event.objects.filter(stream=run.id, kind="bulk.stopped")
    assert event.actor_id == home.chen.id
