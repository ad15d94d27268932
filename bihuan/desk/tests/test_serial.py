"""The page of series: who sees it, what it says, and that a judgement needs a reason (L-26)."""

from __future__ import annotations

import re
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bihuan.accounts.commands import Contact
from bihuan.cases import commands
from bihuan.cases.models import SerialMark
from bihuan.cases.tests.people import House, file
from bihuan.desk.tests.conftest import RECENTLY
from bihuan.desk.tests.test_listing import words

SERIAL = "/desk/serial/"


def series(house: House) -> list[str]:
    made = [file(house, RECENTLY - timedelta(hours=n), merchant_id=n + 1) for n in range(8)]
    commands.index_words(case_ids=[case.id for case in made])
    return [case.number for case in made]


def fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(person_id|merchant_id|fingerprint)" value="([^"]+)"', page))


def test_l_26_a_series_stands_there_with_its_signs_its_cases_and_a_masked_name(
    house: House, chen: Client
):
    numbers = series(house)

    page = words(chen.get(SERIAL))

    assert "爱* · 139****2718" in page
    for said in ("近期提交 8 件", "涉及 8 家商家", "8 件内容相同", "还有 2 件"):
        assert said in page
    assert all(number in page for number in numbers[:6])
    assert 'href="/desk/more/" aria-current="page"' in page


def test_l_26_a_judgement_with_its_reason_is_recorded_and_shown(house: House, chen: Client):
    series(house)
    given = fields(words(chen.get(SERIAL))) | {"verdict": "watch", "reason": "多家商家同一文本"}

    response = chen.post(SERIAL, given)
    page = words(chen.get(SERIAL))

    assert response["Location"] == SERIAL
    assert "多家商家同一文本" in page
    assert "陈主管" in page
    assert SerialMark.objects.get().verdict == "watch"


def test_l_26_a_judgement_without_a_reason_is_answered_beside_the_field(house: House, chen: Client):
    series(house)
    given = fields(words(chen.get(SERIAL))) | {"verdict": "", "reason": "一"}

    response = chen.post(SERIAL, given)
    page = response.content.decode()

    assert response.status_code == 422
    assert 'href="#serial_1_verdict"' in page
    assert 'href="#serial_1_reason"' in page
    assert 'value="一"' in page
    assert chen.post(SERIAL, given | {"person_id": "x"}).status_code == 422
    assert chen.post(SERIAL, given | {"person_id": "1"}).status_code == 404


def test_l_26_an_agent_has_neither_the_page_nor_a_way_to_it(house: House, bo_bo: Client):
    series(house)

    assert bo_bo.get(SERIAL).status_code == 403
    assert SERIAL not in words(bo_bo.get("/desk/keys/"))


def test_l_26_a_house_without_series_says_so(house: House, chen: Client):
    file(house, RECENTLY)

    assert "没有线索" in words(chen.get(SERIAL))


def test_l_26_twice_the_series_cost_no_query_more(house: House, chen: Client):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            words(chen.get(SERIAL))
        return len(asked)

    def persons(first: int) -> None:
        """Three more of them, each against the same shops in the same words."""
        for n in range(first, first + 3):
            contact = Contact(name="某", phone=f"1391111000{n}")
            made = [
                file(house, RECENTLY, merchant_id=shop, contact=contact) for shop in range(1, 8)
            ]
            commands.index_words(case_ids=[case.id for case in made])

    persons(0)
    page = words(chen.get(SERIAL))
    few = min(cost() for _ in range(2))
    persons(3)
    more = words(chen.get(SERIAL))

    assert more.count("card serial") > page.count("card serial")
    assert min(cost() for _ in range(2)) <= few
