"""A case as its person follows it: the promise first, then what to do, and nothing dead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bihuan.accounts.models import Staff
from bihuan.cases import commands, queries
from bihuan.cases.models import Case, Entry, File
from bihuan.cases.tests.people import House, file
from bihuan.core.clocks import SHANGHAI
from bihuan.portal import clocks
from bihuan.portal.tests.doors import photo, sign_in, words

HOUR = timedelta(hours=1)
TOLD = "支持您的请求：退货退款 341.00 元，原路退回。"


def filed(house: House, ago: timedelta = 5 * HOUR, **changes: Any) -> Case:
    given = {"channel": "web", "subject": "商品质量问题：破壁机", "wish": "退货退款"} | changes
    return file(house, at=timezone.now() - ago, **given)


def told(house: House, case: Case) -> Case:
    """Everything the agent has to do, up to the result notice."""
    day = (timezone.now() + timedelta(days=3)).astimezone(SHANGHAI).date().isoformat()
    plan = {"what": "确认退款到账", "owner_id": house.bo_bo.id, "due_on": day}
    steps: list[tuple[str, dict[str, Any]]] = [
        ("accept", {"text": "已受理，正在核实。"}),
        ("answer", {"text": "问题是底座开裂，下一步送检。"}),
        ("propose", {"solution": "先行退款，样品送检。"}),
        ("review", {"reason": "内部意见，不外传"}),
        ("find", {"finding": "内部认定，不外传"}),
        ("tell", {"text": "初步认定为质量问题。"}),
        ("resolve", {"outcome": "supported", "reason": "属实", "basis": "2.3.2"}),
        ("notify", {"progress": "已检测。", "result": TOLD, "follow_ups": [plan]}),
    ]
    for hour, (action, raw) in enumerate(steps):
        at = case.received_at + (hour + 1) * HOUR / 4
        case = commands.take(action, number=case.number, raw=raw, by=house.bo_bo, at=at)
    return case


@pytest.fixture
def aili(house: House, client: Client) -> Client:
    return sign_in(client, house.ai_li)


def test_the_promise_stands_first_with_the_earliest_hard_due_and_its_clause(house, aili):
    case = filed(house)
    rows = queries.clocks(case)

    before = timezone.now()
    page = words(aili.get(case.url))
    after = timezone.now()

    due = queries.headline(rows).effective_due_at
    # at midnight 明天 becomes 今天 between the two
    assert any(clocks.card(case, rows, at).when in page for at in (before, after))
    assert due.astimezone(SHANGHAI).strftime("%H:%M 前") in page
    assert page.index("最迟答复时间") < page.index("进度</h2>")
    assert "平台承诺在用户提交服务请求后" in page or "服务响应时间不超过24小时" in page
    assert "处理中" not in page.split("进度</h2>")[0].split("hero-top")[1]


def test_the_page_offers_what_the_lifecycle_offers_and_nothing_else(house, aili):
    case = filed(house)

    page = words(aili.get(case.url))

    for open_ in ("message", "evidence", "withdraw", "timeline"):
        assert f"{case.url}{open_}/" in page
    for shut in ("dispute", "reopen", "confirm", "result"):
        assert f"{case.url}{shut}/" not in page
        assert aili.get(f"{case.url}{shut}/").status_code in (302, 405, 409)


def test_a_due_that_passed_is_owned_up_to(house, aili):
    case = filed(house, ago=timedelta(days=10))

    assert "已超过承诺的时间" in words(aili.get(case.url))
    assert "超 " in words(aili.get("/complaints/"))


def test_what_was_told_is_shown_and_what_is_internal_is_not(house, aili):
    case = told(house, filed(house))

    for page in (case.url, f"{case.url}timeline/", f"{case.url}result/"):
        text = words(aili.get(page))
        assert TOLD in text
        assert "不外传" not in text


def test_the_result_names_the_follow_up_with_owner_and_day_and_may_be_confirmed(house, aili):
    case = told(house, filed(house))

    page = words(aili.get(f"{case.url}result/"))
    aili.post(f"{case.url}confirm/", {"version": str(case.version)})

    assert "确认退款到账" in page
    assert "波波负责" in page
    case.refresh_from_db()
    assert case.state == "closed"
    assert "办结时间" in words(aili.get(case.url))


def test_the_person_is_asked_to_confirm_before_anything_else(house, aili):
    case = told(house, filed(house))

    page = words(aili.get(case.url))

    assert page.index("需要您做的") < page.index("进度</h2>")
    assert "请在" in words(aili.get("/complaints/"))


def test_an_objection_opens_a_second_round_with_its_own_promise(house, aili):
    case = told(house, filed(house))

    aili.post(f"{case.url}dispute/", {"text": "只退了一半。", "version": str(case.version)})

    case.refresh_from_db()
    assert (case.state, case.round) == ("accepted", 2)
    assert "重新处理" in words(aili.get(case.url))


def test_an_objection_without_words_is_asked_for_them(house, aili):
    case = told(house, filed(house))

    answer = aili.post(f"{case.url}dispute/", {"text": "", "version": str(case.version)})

    assert "<title>错误：" in words(answer)
    assert "请写下对结果不满意的地方" in words(answer)


def test_a_result_that_changed_meanwhile_is_not_confirmed_unseen(house, aili):
    case = told(house, filed(house))

    answer = aili.post(f"{case.url}confirm/", {"version": str(case.version - 1)})

    case.refresh_from_db()
    assert answer.status_code == 409
    assert case.state == "notified"


def test_a_closed_case_may_be_asked_for_again(house, aili):
    case = told(house, filed(house))
    aili.post(f"{case.url}confirm/")

    aili.post(f"{case.url}reopen/", {"text": "退款没有到账。"})

    case.refresh_from_db()
    assert case.state == "accepted"


def test_a_message_is_kept_with_its_numbers_masked(house, aili):
    case = filed(house)

    aili.post(f"{case.url}message/", {"text": "请打 13812345678。"})
    page = words(aili.get(f"{case.url}timeline/"))

    assert "请打 138****5678。" in page
    assert "13812345678" not in page
    assert "⟦" not in page


def test_withdrawing_ends_the_case_and_keeps_the_record(house, aili):
    case = filed(house)

    aili.post(f"{case.url}withdraw/", {"text": "", "version": str(case.version)})

    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert "已撤回" in words(aili.get(case.url))


def test_material_of_words_and_photos_is_added_and_shown_with_its_event(house, aili):
    case = filed(house)

    aili.post(f"{case.url}evidence/", {"text": "补拍的照片", "files": [photo()]})
    page = words(aili.get(f"{case.url}timeline/"))

    assert "补拍的照片" in page
    assert f"/f/{File.objects.get().token}" in page


def test_of_two_files_the_good_one_is_taken_and_the_other_asked_for_again(house, aili):
    case = filed(house)
    bad = photo("坏.jpg")
    bad.file.truncate(20)

    answer = words(aili.post(f"{case.url}evidence/", {"text": "两张", "files": [photo(), bad]}))

    assert "已收到 1 个文件" in answer
    assert "坏.jpg" in answer
    assert File.objects.filter(case_id=case.id).count() == 1
    assert Entry.objects.filter(case_id=case.id, text="两张").count() == 1


def test_nothing_to_add_is_asked_for_something(house, aili):
    case = filed(house)

    answer = words(aili.post(f"{case.url}evidence/", {"text": ""}))

    assert "请写一段说明，或添加一个文件" in answer


@pytest.mark.parametrize(
    "page",
    [
        "", "done/", "timeline/", "result/", "evidence/", "message/", "dispute/", "withdraw/",
        "reopen/",
    ],
)  # fmt: skip
def test_a_case_of_somebody_else_looks_like_none(house, client, page):
    case = told(house, filed(house))
    sign_in(client, house.ding)

    theirs = client.get(f"{case.url}{page}")
    nobodys = client.get(f"/complaints/TS2026021300000019/{page}")

    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert words(theirs).partition("<main")[2] == words(nobodys).partition("<main")[2]


def test_somebody_unknown_is_asked_to_sign_in_and_led_back(house, client):
    case = filed(house)

    answer = client.get(case.url)

    assert answer["Location"] == f"/signin/?next=%2Fcomplaints%2F{case.number}%2F"


def test_a_guest_sees_the_one_case_and_no_other_of_the_same_person(house, client):
    mine, other = filed(house), filed(house, subject="另一件")
    sign_in(client, house.ai_li, only_case=mine.id)

    assert client.get(mine.url).status_code == 200
    assert client.get(other.url).status_code == 404
    assert "另一件" not in words(client.get("/complaints/"))
    assert "另一件" not in words(client.get("/"))
    assert client.get("/settings/")["Location"].startswith("/signin/")


def test_staff_have_no_business_at_the_customers_door(house, client):
    case = filed(house)
    client.force_login(Staff.objects.get(id=house.bo_bo.id).user)

    answer = client.get(case.url)

    assert answer["Location"].startswith("/signin/")


def test_an_unknown_number_is_no_error(house, aili):
    for number in ("x", "TS1", "%00", "..%2f", "投诉" * 40, "TS2026112400000014' OR 1=1"):
        assert aili.get(f"/complaints/{number}/").status_code == 404
