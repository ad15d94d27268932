"""What is asked for again at the door, how plainly, and where a guest is led afterwards."""

from __future__ import annotations

import pytest
from django.test import Client

from bihuan.accounts.tests import test_doors, wiring
from bihuan.accounts.tests.test_doors import NUMBER, PHONE

connected, ali = test_doors._connected, test_doors.ali


def test_a_code_tried_too_often_is_said_to_be_of_no_more_use(ali):
    client = Client()
    client.post("/signin/", {"contact": PHONE})
    right = wiring.SENT[-1][2]
    wrong = f"{(int(right) + 1) % 10**6:06d}"

    for _try in range(5):
        client.post("/signin/", {"contact": PHONE, "code": wrong})
    page = client.post("/signin/", {"contact": PHONE, "code": right})

    assert "这个验证码已作废，请重新获取一个" in page.content.decode()
    assert client.get("/who/").json()["id"] is None


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("ａｌｉ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ali@example.com"),
        ("+86 139 1111 2222", "13911112222"),
        ("\u202a139 1111 2222\u202c", "13911112222"),  # as an address book copies it
    ],
)
def test_a_contact_written_in_another_way_gets_its_code(db, written, plain):
    Client().post("/signin/", {"contact": written})

    assert [sent[1] for sent in wiring.SENT] == [plain]


@pytest.mark.parametrize(
    ("page", "field", "asked"),
    [
        ("/signin/", "contact", "请填写手机号或邮箱"),
        ("/signin/case/", "number", "请填写案件编号"),
    ],
)
def test_nothing_filled_in_is_asked_for_by_its_name(db, page, field, asked):
    assert Client().post(page, {field: ""}).content.decode().count(asked) == 2


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        (f"/complaints/{NUMBER}/message/?aside=x", f"/complaints/{NUMBER}/message/?aside=x"),
        ("/settings/", f"/complaints/{NUMBER}/"),
    ],
)
def test_a_guest_is_led_back_to_the_page_of_the_case_and_to_no_other(ali, wanted, led_to):
    wiring.CASES[NUMBER] = (ali, 77)
    client, given = Client(), {"number": NUMBER, "next": wanted}

    client.post("/signin/case/", given)
    answer = client.post("/signin/case/", given | {"code": wiring.SENT[-1][2]})

    assert answer["Location"] == led_to
