"""How a case is sorted, and sorted anew: what it was, who did it and why (2.1.2, 2.3.1, 4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY
from tests.journeys.walk import CALL, HOUR, plain

if TYPE_CHECKING:
    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db


def dues(walk: Walk, case: Case) -> dict[str, str]:
    """What runs or was met, by promise, as a program reads it."""
    rows = walk.api.get(f"/cases/{case.number}/clocks").json()
    return {p["promise"]: c["due_at"] for c in rows if c["state"] != "void" for p in c["promises"]}


def test_2_01_2_1_2_a_case_sorted_anew_keeps_what_it_was_and_who_changed_it_and_why(walk: Walk):
    home, case = walk.home, walk.called()
    form = walk.see(home.bo_bo, "/desk/cases/new/")
    page = walk.client(home.bo_bo).get("/desk/cases/new/").content.decode()
    for category in ("服务质量类", "平台规则类", "系统与技术类", "其他类"):
        assert f'<optgroup label="{category}">' in page
    assert "支付失败" in form

    walk.at = FRIDAY + HOUR
    walk.did(home.bo_bo, case, "classify", issue="payment_failure", reason="来电说的是付不了款")

    desk = walk.see(home.chen, case.desk_url)
    assert "服务质量类 → 系统与技术类" in desk
    assert "来电说的是付不了款" in desk
    events = walk.api.get(f"/cases/{case.number}/events").json()
    said = next(e for e in events if e["kind"] == "case.classified")
    assert said["data"]["before"]["category"] == "service_quality"
    assert said["actor"] == home.bo_bo.id
    mine = walk.see(home.ai_li, f"{case.url}timeline/")
    assert "已调整类别" in mine
    assert "来电说的是付不了款" not in mine
    alone = walk.do(home.bo_bo, case, "classify", category="other", reason="")
    assert alone.status_code == 422
    assert "请填写这一项" in plain(alone)


def test_2_01_2_1_2_a_complaint_is_called_something_else_only_by_two_and_its_person_is_told(
    walk: Walk,
):
    home, case = walk.home, walk.called()
    before = dues(walk, case)

    walk.did(home.bo_bo, case, "classify", kind="enquiry", reason="只是想问怎么退货")

    walk.until(FRIDAY + HOUR)
    assert dues(walk, case) == before
    assert "提请改按“咨询”处理，待第二人复核" in walk.see(home.bo_bo, case.desk_url)
    assert "只是想问怎么退货" in walk.letters(home.chen)
    assert "咨询" not in walk.letters(home.ai_li)
    own = walk.do(home.bo_bo, case, "approve_kind")
    assert own.status_code == 403
    assert dues(walk, case) == before
    assert "do/approve_kind/" in walk.client(home.chen).get(case.desk_url).content.decode()
    walk.did(home.chen, case, "approve_kind")

    walk.until(FRIDAY + 2 * HOUR)
    assert "C-2.3.1-2" not in dues(walk, case)
    assert {"C-1.4-1", "C-1.4-2"} <= dues(walk, case).keys()
    letter = walk.letters(home.ai_li)
    assert "改按“咨询”处理" in letter
    assert "只是想问怎么退货" not in letter
    assert "已改按其他性质处理" in walk.see(home.ai_li, f"{case.url}timeline/")
    assert "投诉 → 咨询" in walk.see(home.chen, case.desk_url)


def test_2_01_2_1_2_who_asked_for_another_kind_does_not_agree_to_it_himself(walk: Walk):
    home, case = walk.home, walk.called()
    walk.did(home.chen, case, "classify", kind="praise", reason="用户其实在表扬")

    refused = walk.do(home.chen, case, "approve_kind")

    assert refused.status_code == 403
    assert "do/approve_kind/" not in walk.client(home.chen).get(case.desk_url).content.decode()
    walk.until(FRIDAY + 25 * HOUR)
    assert "已超时" in walk.letters(home.bo_bo)  # the clocks of the complaint ran on


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"received_at": "2026-02-13T17:00"}, "received_at", "时间不能晚于现在"),
        ({"received_at": "当日"}, "received_at", "请填写日期和时间"),
        ({"text": ""}, "text", "请填写这一项"),
        ({"phone": "12"}, "phone", "请填写有效的手机号码"),
    ],
)
def test_2_03_2_2_1_what_the_form_must_hold_is_asked_for_at_its_field(
    walk: Walk, given: dict[str, str], field: str, said: str
):
    answer = walk.send(walk.home.bo_bo, "/desk/cases/new/", CALL | given)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'<a href="#id_{field}">' in page
    assert said in page
    assert 'value="爱丽"' in page
    assert not Case.objects.exists()


def test_2_03_2_2_1_time_person_account_order_words_and_contact_stand_on_the_case(walk: Walk):
    whole = walk.called(account="ai_li", order_no="88202611160001", received_at="2026-02-13T15:40")
    desk = walk.see(walk.home.bo_bo, whole.desk_url)
    assert "尚缺" not in desk
    assert whole.received_at == FRIDAY - HOUR / 3
    assert "88202611160001" not in desk  # sealed: shown to whoever gives a reason
    with_reason = walk.send(walk.home.bo_bo, f"{whole.desk_url}reveal/", {"reason": "核对订单"})
    assert "88202611160001" in plain(with_reason)

    bare = walk.called(name="", phone="", text="你们的客服电话打不通。")
    assert "尚缺" in walk.see(walk.home.bo_bo, bare.desk_url)
    asked = walk.api.get(f"/cases/{bare.number}").json()
    assert {"contact", "identity"} & set(asked["missing"])


def test_2_04_2_3_1_severity_stands_apart_from_priority_with_criteria_and_reason(walk: Walk):
    home, case = walk.home, walk.called(text="破壁机底座开裂，还冒烟起火，有安全隐患。")
    assert (case.severity, case.priority) != ("major", "major")

    desk = walk.see(home.bo_bo, case.desk_url)
    assert "严重程度：重大，文中提到“" in desk
    form = walk.see(home.chen, f"{case.desk_url}do/set_severity/")
    assert "存在安全风险" in form
    assert "超过 10 人" in form
    assert "平台默认标准，手册未写明" in form
    before = dues(walk, case)
    walk.did(home.chen, case, "set_priority", priority="general", reason="已停用，不急")
    case.refresh_from_db()
    assert (case.severity, case.priority) == ("major", "general")
    assert dues(walk, case) == before
    bare = walk.do(home.chen, case, "set_severity", severity="general", reason="")
    assert bare.status_code == 422


def test_2_04_2_3_1_raising_extends_no_running_clock_before_a_second_person_agrees(walk: Walk):
    home, case = walk.home, walk.called()
    before = dues(walk, case)

    walk.did(home.chen, case, "set_severity", severity="extra_major", reason="有人烫伤住院")

    assert dues(walk, case) == before
    for by in (home.chen, home.bo_bo):
        assert walk.do(by, case, "approve_severity").status_code == 403
    assert dues(walk, case) == before
    assert "提请定为“特别重大”，待第二人复核" in walk.see(home.bo_bo, case.desk_url)


def test_2_04_2_3_1_lowering_counts_at_once_and_says_from_what_and_why(walk: Walk):
    home, case = walk.home, walk.called(text="破壁机底座开裂，还冒烟起火，有安全隐患。")
    assert dues(walk, case)["C-2.3.1-4"] == "2026-03-03T00:00:00+08:00"

    walk.did(home.chen, case, "set_severity", severity="general", reason="照片未见冒烟")

    now = dues(walk, case)
    assert "C-2.3.1-4" not in now
    assert now["C-2.3.1-2"] == "2026-02-28T00:00:00+08:00"
    desk = walk.see(home.chen, case.desk_url)
    assert "重大 → 一般" in desk
    assert "照片未见冒烟" in desk
    walk.until(FRIDAY + HOUR)
    assert "严重程度调整为一般" in walk.letters(home.ai_li)


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("破壁机底座开裂，商家拒绝退货。", 1),
        ("商家和平台互相推诿，多次反映没有人管。", 2),
        ("孩子被烫伤住院，商家拒绝承担。", 3),
    ],
)
def test_4_01_4_2_the_level_of_response_is_set_by_rule_and_says_why(
    walk: Walk, text: str, tier: int
):
    case = walk.called(text=text)

    promised = {1: "C-4.2-1", 2: "C-4.2-2", 3: "C-4.2-3"}[tier]
    found: dict[str, Any] = walk.api.get(f"/cases/{case.number}").json()
    assert found["tier"] == tier
    assert {id for id in dues(walk, case) if id.startswith("C-4.2")} == {promised}
    hours = {1: "2026-02-14", 2: "2026-02-15", 3: "2026-02-16"}[tier]
    assert dues(walk, case)[promised] == f"{hours}T16:00:00+08:00"
    desk = walk.see(walk.home.bo_bo, case.desk_url)
    assert f"{tier} 级响应" in desk
    assert "响应级别" in desk


def test_4_01_7_1_the_level_rises_by_itself_when_it_is_missed_and_takes_nothing_back(walk: Walk):
    case = walk.called()

    walk.until(FRIDAY + 25 * HOUR)

    found = walk.api.get(f"/cases/{case.number}").json()
    assert found["tier"] == 2
    now = dues(walk, case)
    assert now["C-4.2-2"] == "2026-02-15T16:00:00+08:00"
    assert now["C-4.2-1"] == "2026-02-14T16:00:00+08:00"  # stays, and stays late
    assert "1 级响应 → 2 级响应" in walk.see(walk.home.bo_bo, case.desk_url)
