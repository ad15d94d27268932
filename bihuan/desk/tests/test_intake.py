"""Taking a case down for somebody: on the phone, at the counter, from a letter (1.3, 2.2.1)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from bihuan.cases import queries
from bihuan.cases.models import Case
from bihuan.cases.tests.people import House
from bihuan.desk.tests.conftest import NOW

CALL = {
    "kind": "complaint", "channel": "phone", "name": "爱丽", "phone": "13900002718",
    "text": "快递显示签收，本人没有收到。", "received_at": "2026-03-11T09:40",
}  # fmt: skip


def test_a_call_becomes_a_case_and_its_promises_are_there_to_be_read_out(
    house: House, bo_bo: Client
):
    response = bo_bo.post("/desk/cases/new/", CALL)
    assert response.status_code == 302
    case = Case.objects.get()
    assert (case.channel, case.received_at) == ("phone", NOW - timedelta(minutes=20))
    page = bo_bo.get(response["Location"]).content.decode()
    assert f"已登记，编号 {case.number}" in page
    headline = queries.headline(queries.clocks(case))
    assert headline is not None
    assert page[page.index('class="receipt"') :][:800].count("<li>") >= 1


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"text": ""}, "text", "请填写这一项"),
        ({"received_at": "2026-03-11T12:00"}, "received_at", "时间不能晚于现在"),
        ({"received_at": "gestern"}, "received_at", "请填写日期和时间"),
        ({"channel": "pigeon"}, "channel", "请从给出的选项中选择"),
        ({"phone": "12"}, "phone", "请填写有效的手机号码"),
    ],
)
def test_a_wrong_field_of_the_intake_is_named_and_the_rest_is_kept(
    house: House, bo_bo: Client, changes: dict[str, str], field: str, why: str
):
    response = bo_bo.post("/desk/cases/new/", CALL | changes)
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count(f'<a href="#id_{field}">') == 1
    assert why in page
    assert 'value="爱丽"' in page
    assert not Case.objects.exists()


def test_what_was_not_given_is_marked_on_the_case(house: House, bo_bo: Client):
    anonymous = {name: value for name, value in CALL.items() if name not in {"name", "phone"}}

    page = bo_bo.get(bo_bo.post("/desk/cases/new/", anonymous)["Location"]).content.decode()

    facts = page[page.index("尚缺") :]
    assert "账号或订单号" in facts
    assert "联系方式" in facts


def test_an_issue_that_the_agent_knows_is_taken_as_chosen(house: House, bo_bo: Client):
    bo_bo.post("/desk/cases/new/", CALL | {"issue": "delivery_delay"})

    assert Case.objects.get().issue == "delivery_delay"


def test_an_issue_of_nobodys_handbook_is_refused_at_its_field(house: House, bo_bo: Client):
    response = bo_bo.post("/desk/cases/new/", CALL | {"issue": "bad_mood"})

    assert response.status_code == 422
    assert response.content.decode().count('<a href="#id_issue">') == 1


def test_a_number_typed_in_never_stays_in_the_browser(house: House, bo_bo: Client):
    page = bo_bo.get("/desk/cases/new/").content.decode()

    for name in ("phone", "email"):
        field = page[page.index(f'name="{name}"') :]
        assert "data-private" in field[: field.index(">")]


def test_registering_pressed_twice_makes_one_case_and_other_words_another(
    house: House, bo_bo: Client
):
    once = re.search(r'name="once" value="([^"]+)"', bo_bo.get("/desk/cases/new/").content.decode())
    assert once is not None
    sent = CALL | {"once": once[1]}

    first, second = (bo_bo.post("/desk/cases/new/", sent) for _ in range(2))
    bo_bo.post("/desk/cases/new/", sent | {"text": "另一件：包装破损。"})

    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 2


def test_a_number_of_no_order_we_have_is_shown_whole_with_a_reason(house: House, bo_bo: Client):
    bo_bo.post("/desk/cases/new/", CALL | {"order_no": "88202611169999"})
    url = Case.objects.get().desk_url

    before = bo_bo.get(url).content.decode()
    shown = bo_bo.post(f"{url}reveal/", {"reason": "核对订单"}).content.decode()

    assert "88202611169999" not in before
    assert re.search(r"文中订单号</dt><dd[^>]*>88202611169999", shown)


def test_an_address_that_is_none_does_not_keep_a_step_from_its_answer(house: House, bo_bo: Client):
    bo_bo.post("/desk/cases/new/", CALL)
    case = Case.objects.get()

    answer = bo_bo.post(
        f"{case.desk_url}do/note/", {"text": "已致电。"}, headers={"Referer": "http://[x"}
    )

    assert answer.status_code == 302
