"""The clocks of a case, as its person and its handler meet them (1.2-1.4, 2.2.1, 2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY
from tests.journeys.walk import DAY, HOUR, plain

if TYPE_CHECKING:
    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("channel", ["phone", "counter"])
def test_1_02_1_3_staff_write_a_case_down_and_its_person_has_a_receipt_at_once(
    walk: Walk, channel: str
):
    home = walk.home
    answer = walk.send(home.bo_bo, "/desk/cases/new/", {
        "kind": "complaint", "channel": channel, "name": "爱丽", "phone": "13900002718",
        "text": "快递显示签收，本人没有收到。", "received_at": "2026-02-13T15:40",
    })  # fmt: skip

    case = Case.objects.get()
    assert case.channel == channel
    assert f"已登记，编号 {case.number}" in plain(walk.client(home.bo_bo).get(answer["Location"]))
    walk.until(walk.at)
    assert case.number in walk.letters(home.ai_li)
    mine = walk.see(home.ai_li, case.url)
    assert case.number in mine
    assert "2月14日 15:40" in mine  # 24 hours from the call, not from the writing down
    assert walk.client(home.ding).get(case.url).status_code == 404


def test_1_06_1_4_three_clocks_run_beside_each_other_and_the_third_from_the_decision(walk: Walk):
    case = walk.called()

    rows = walk.api.get(f"/cases/{case.number}/clocks").json()
    filed = {p["promise"]: clock for clock in rows for p in clock["promises"]}
    assert filed["C-1.4-1"]["due_at"] == "2026-02-14T16:00:00+08:00"
    assert filed["C-1.4-2"]["due_at"] == "2026-02-16T16:00:00+08:00"
    assert "C-1.4-3" not in filed
    walk.at = FRIDAY + 5 * HOUR
    walk.handled(case)
    done = walk.api.post(f"/cases/{case.number}/resolve", {
        "outcome": "supported", "reason": "质量问题成立", "basis": "2.3.2",
    })  # fmt: skip
    assert done.status_code == 200, done.content
    dues = {p["promise"]: c for c in done.json()["clocks"] for p in c["promises"]}
    assert dues["C-1.4-1"]["state"] == dues["C-1.4-2"]["state"] == "met"
    assert dues["C-1.4-3"]["due_at"] == "2026-02-14T21:00:00+08:00"
    assert dues["C-1.4-3"]["state"] == "running"


def test_1_07_1_4_the_acknowledgement_states_number_clause_and_every_due(walk: Walk):
    case = walk.called()

    walk.until(walk.at)

    body = walk.letters(walk.home.ai_li)
    assert case.number in body
    assert "1.4" in body
    assert "2月14日 16:00" in body  # the first answer
    assert "2月16日 16:00" in body  # the result
    receipt = walk.see(walk.home.ai_li, f"{case.url}done/")
    assert "2月14日 16:00" in receipt
    assert "2月16日 16:00" in receipt


def test_1_08_1_2_nothing_is_completed_without_a_formal_written_reply(walk: Walk):
    case = walk.called()
    walk.at = FRIDAY + HOUR
    bare = walk.api.post(f"/cases/{case.number}/accept", {"text": "已受理。"})
    assert bare.status_code == 200

    early = walk.api.post(f"/cases/{case.number}/resolve", {
        "outcome": "supported", "reason": "质量问题成立", "basis": "2.3.2",
    })  # fmt: skip
    assert early.status_code == 409
    assert "case.first_response" in early.json()["missing"]
    walk.handled(case)
    walk.told(case)
    result = walk.see(walk.home.ai_li, f"{case.url}result/")
    assert "全额退款 329.00 元。" in result
    assert "回访确认到账" in result


@pytest.mark.parametrize("left_out", ["result", "progress", "follow_ups-what-1"])
def test_1_08_1_2_a_reply_without_its_parts_is_none(walk: Walk, left_out: str):
    case = walk.called()
    walk.at = FRIDAY + HOUR
    walk.handled(case)
    case.refresh_from_db()

    page = walk.send(walk.home.bo_bo, f"{case.desk_url}decide/", {
        "resolve-outcome": "supported", "resolve-reason": "成立", "resolve-basis": "2.3.2",
        "notify-progress": "核对。", "notify-result": "退款。", "notify-follow_ups-what-1": "回访",
        "notify-follow_ups-owner_id-1": str(walk.home.bo_bo.id),
        "notify-follow_ups-due_on-1": "2026-02-20", "expected_version": case.version,
        f"notify-{left_out}": "",
    })  # fmt: skip

    case.refresh_from_db()
    assert page.status_code == 422
    assert "请填写这一项" in plain(page)
    assert case.state == "accepted"
    for action in ("silence", "close", "confirm"):
        refused = walk.api.post(f"/cases/{case.number}/{action}", {})
        assert refused.status_code in (403, 409), action


def test_2_14_2_3_2_the_person_sees_stage_next_step_and_due_without_asking(walk: Walk):
    case, ai_li = walk.called(), walk.home.ai_li

    filed = walk.see(ai_li, case.url)
    assert "已登记" in filed
    assert "最迟答复时间" in filed
    walk.at = FRIDAY + HOUR
    walk.handled(case)
    worked = walk.see(ai_li, case.url)
    assert "处理中" in worked
    assert "波波（客服部）" in worked
    assert "2月16日 16:00" in worked
    walk.told(case)
    assert "请确认结果" in walk.see(ai_li, case.url)
    walk.until(walk.at + DAY)
    mine = walk.see(ai_li, "/complaints/")
    assert case.number in mine
    assert "已告知" in mine


def test_2_14_2_3_2_who_hears_nothing_for_an_interval_is_told_how_it_stands(walk: Walk):
    case = walk.called()
    walk.until(FRIDAY)
    walk.at = FRIDAY + HOUR
    walk.did(walk.home.bo_bo, case, "accept", text="已受理。")
    walk.until(walk.at)

    walk.until(FRIDAY + 24 * HOUR)
    assert "处理进度" not in walk.letters(walk.home.ai_li)
    walk.until(FRIDAY + 25 * HOUR + HOUR / 60)

    letter = walk.letters(walk.home.ai_li)
    assert f"处理进度：{case.number}" in letter
    assert "责任人：波波" in letter
    assert "现已超过时限，我们为此致歉" in letter  # what is late is not hidden
