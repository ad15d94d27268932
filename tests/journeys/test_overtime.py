"""Many departments on one complaint, each with its time; warnings, then the ladder (2.2.3, 2.3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, supervisor
from bihuan.complaints import queries as complaints
from tests.journeys.walk import DAY, HOUR, faults, plain

if TYPE_CHECKING:
    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db
ASKED = {
    "what": "核对商家退货条款", "department": "legal", "owner_id": "", "due_at": "2026-02-14T12:00",
}  # fmt: skip


def given(walk: Walk, case: Case, **changes: str) -> int:
    """波波, who leads, gives a share to the lawyers; its id."""
    answer = walk.send(walk.home.bo_bo, f"{case.desk_url}tasks/new/", ASKED | changes)
    assert answer.status_code == 302, faults(answer)
    return complaints.shares(case.id)[-1].id


def test_2_10_2_2_3_one_leads_others_have_shares_and_the_decision_waits_for_all(walk: Walk):
    home, case = walk.home, walk.called()
    share = given(walk, case)
    other = given(walk, case, what="核对物流签收记录", department="customer_service")
    walk.until(FRIDAY + HOUR)
    assert case.number in walk.letters(home.other_agent)
    assert "核对商家退货条款" in walk.see(home.other_agent, "/desk/tasks/")
    walk.handled(case)

    early = walk.decided(case)

    assert early.status_code == 409
    assert "协办" in plain(early)
    walk.send(
        home.other_agent, f"/desk/tasks/{share}/finish/", {"result": "条款不得排除七日退货。"}
    )
    assert walk.decided(case).status_code == 409  # one share is still out
    case.refresh_from_db()
    assert case.state == "accepted"
    done_by = complaints.shares(case.id)[-1]
    worker = next(a for a in (home.bo_bo, home.chen) if a.id == done_by.owner_id)
    done = walk.send(worker, f"/desk/tasks/{other}/finish/", {"result": "签收人不是本人。"})
    assert done.status_code == 302
    assert walk.told(case).state == "notified"
    tab = walk.see(home.bo_bo, f"{case.desk_url}?tab=shares")
    assert "条款不得排除七日退货。" in tab
    assert "法务部 · 法务何" in tab
    assert "条款不得排除七日退货。" not in walk.see(home.ai_li, f"{case.url}timeline/")


def test_2_10_2_2_3_a_share_of_a_complaint_that_has_ended_is_refused_with_its_reason(walk: Walk):
    case = walk.called()
    walk.at = FRIDAY + HOUR
    walk.asked(case, "withdraw", text="已自行解决")

    answer = walk.send(walk.home.bo_bo, f"{case.desk_url}tasks/new/", ASKED)

    assert answer.status_code == 409
    assert "案件的状态已不允许这样操作" in plain(answer)
    assert "第 2.2.3 条" in plain(answer)
    assert complaints.shares(case.id) == []


def test_2_11_2_3_3_each_department_has_its_own_clock_and_the_parts_make_the_whole(walk: Walk):
    home, case = walk.home, walk.called()
    share = given(walk, case)

    walk.until(FRIDAY + 21 * HOUR)  # an hour after the share was due

    late = walk.see(home.bo_bo, f"{case.desk_url}?tab=shares")
    assert "超" in late
    for who in (home.other_agent, home.bo_bo):
        assert "协办任务超时" in walk.letters(who)
    walk.send(home.other_agent, f"/desk/tasks/{share}/finish/", {"result": "条款不得排除退货。"})
    walk.until(FRIDAY + 25 * HOUR)
    tab = walk.see(home.bo_bo, f"{case.desk_url}?tab=shares")
    spent = tab[tab.index("时间用在谁那里") :]
    spent = spent[: spent.index("从收到起")]
    assert "法务何 · 法务部 21时00分 84%" in spent  # from when it was asked until it answered
    assert "波波 · 客服部 4时00分 16%" in spent
    hours = [int(h) * 60 + int(m) for h, m in re.findall(r"(\d+)时(\d+)分", spent)]
    assert sum(hours) == 25 * 60
    assert sum(int(n) for n in re.findall(r"(\d+)%", spent)) == 100
    # the breach of the case itself is not the lawyers': each late part has its owner
    page = walk.see(home.chen, "/desk/accountability/")
    assert case.number in page
    assert "波波" in page


def test_2_12_2_3_2_a_warning_comes_before_and_then_each_rung_names_its_supervisor(walk: Walk):
    home, head = walk.home, supervisor("管理层", "management")
    case = walk.called()

    walk.until(FRIDAY + 20 * HOUR + HOUR / 60)  # four hours before the first answer is due
    warned = walk.letters(home.bo_bo)
    assert case.number in warned
    assert "将到" in warned
    assert case.number not in walk.letters(home.chen)
    for hours in (25, 29, 49, 97):
        walk.until(FRIDAY + hours * HOUR)

    told = walk.see(home.bo_bo, case.desk_url)
    assert "第 1 级 · 陈主管" in told
    assert re.search(r"第 2 级 · [^第]*陈主管", told)
    assert "第 3 级 · 管理层" in told
    events = walk.api.get(f"/cases/{case.number}/events").json()
    rungs = [e["data"] for e in events if e["kind"] == "clock.escalated"]
    assert [r["rung"] for r in rungs] == [1, 2, 3]
    assert [home.chen.id in r["told"] for r in rungs] == [True, True, False]
    assert rungs[2]["told"] == [head.id]
    assert "超时上报" in walk.letters(head)
    assert "超时上报" in walk.letters(home.chen)


def test_2_12_2_3_2_what_was_done_climbs_no_further(walk: Walk):
    supervisor("管理层", "management")
    case = walk.called()
    walk.until(FRIDAY + 25 * HOUR)
    walk.until(FRIDAY + 29 * HOUR)
    walk.handled(case)
    walk.told(case)

    walk.until(walk.at + 5 * DAY)

    events = walk.api.get(f"/cases/{case.number}/events").json()
    assert [e["data"]["rung"] for e in events if e["kind"] == "clock.escalated"] == [1]
