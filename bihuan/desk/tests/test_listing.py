"""Which cases a list holds, what it is called, and what it says to an address it cannot read."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from bihuan.cases import commands
from bihuan.cases.models import Case
from bihuan.cases.tests.people import House, file
from bihuan.desk.tests.conftest import NOW, RECENTLY


def words(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def rows(page: str) -> list[str]:
    return re.findall(r'id="row-([^"]+)"', page)


def heading(page: str) -> str:
    found = re.search(r'<div class="list-head"><h2>([^<]*)</h2><span class="num">([^<]*)<', page)
    assert found
    return f"{found[1]} {found[2]}"


def test_a_list_longer_than_a_page_says_its_whole_size_and_goes_on(house: House, chen: Client):
    for n in range(43):
        file(house, RECENTLY + timedelta(minutes=n), order_no="")

    first = words(chen.get("/desk/inbox/?view=all&kind=complaint"))
    more = re.search(r'<div class="more"><a class="btn btn-small" href="([^"]+)"', first)
    assert more
    second = words(chen.get(more[1].replace("&amp;", "&")))

    assert heading(first) == "全部 43 件"
    assert (len(rows(first)), len(rows(second))) == (40, 3)
    assert not set(rows(first)) & set(rows(second))
    assert heading(second) == "全部 43 件"


def test_an_agent_begins_with_their_own_cases_and_a_supervisor_with_everybodys(
    house: House, bo_bo: Client, chen: Client
):
    own, other = file(house, RECENTLY), file(house, RECENTLY, order_no="")
    Case.objects.filter(id=own.id).update(owner_id=house.bo_bo.id)
    Case.objects.filter(id=other.id).update(owner_id=house.other_agent.id)

    assert rows(words(bo_bo.get("/desk/inbox/"))) == [own.number]
    assert set(rows(words(chen.get("/desk/inbox/")))) == {own.number, other.number}


def test_other_cases_of_the_same_person_stand_behind_their_number(house: House, chen: Client):
    case, other = file(house, RECENTLY), file(house, RECENTLY)
    commands.withdraw(number=other.number, by=house.ai_li, at=RECENTLY)
    page = words(chen.get(case.desk_url))
    found = re.search(r'href="([^"]+)">其他投诉 1 起', page)
    assert found

    listed = words(chen.get(found[1].replace("&amp;", "&")))

    assert heading(listed) == "同一用户的投诉 2 件"
    assert set(rows(listed)) == {case.number, other.number}


def test_a_restricted_case_is_neither_counted_nor_named_to_those_who_may_not_see_it(
    house: House, bo_bo: Client
):
    case, hidden = file(house, RECENTLY), file(house, RECENTLY)
    Case.objects.filter(id=hidden.id).update(restricted=True, owner_id=house.chen.id)

    page = words(bo_bo.get(case.desk_url))

    assert hidden.number not in page
    assert "没有其他投诉" in page
    assert bo_bo.get(f"/desk/inbox/?view=every&same={hidden.number}").status_code == 404


def test_the_queue_of_what_fits_nowhere_is_among_the_views_with_its_count(
    house: House, chen: Client
):
    case = file(house, RECENTLY)
    Case.objects.filter(id=case.id).update(department="unrouted")

    page = words(chen.get("/desk/inbox/?view=unrouted"))

    assert rows(page) == [case.number]
    assert re.search(r'view=unrouted" aria-current="page">待分类 <span class="badge">1<', page)


def test_a_row_says_who_spoke_last_and_the_hour_only_of_today(house: House, chen: Client):
    today, before = file(house, RECENTLY), file(house, NOW - timedelta(days=3))
    commands.answer(number=today.number, text="正在核对。", by=house.bo_bo, at=RECENTLY)

    page = words(chen.get("/desk/inbox/?view=all"))

    newer = page[page.index(f"row-{today.number}") :]
    older = page[page.index(f"row-{before.number}") :]
    assert "客服：正在核对。" in newer[: newer.index("</a>")]
    assert "<time>08:00</time>" in newer[: newer.index("</a>")]
    assert "<time>3月8日</time>" in older[: older.index("</a>")]


@pytest.mark.parametrize(
    ("promised", "chip"), [(NOW + timedelta(days=2), "剩"), (NOW - timedelta(days=2), "超")]
)
def test_a_planned_suggestion_counts_down_to_its_promised_day_and_waits_for_nobody(
    house: House, chen: Client, promised: datetime, chip: str
):
    begun = NOW - timedelta(days=4)
    case = file(house, begun, kind="suggestion", text="希望增加夜间客服。", category="")
    who = {"number": case.number, "by": house.chen, "at": begun}
    commands.accept(**who, text="已收到。")
    commands.plan(**who, owner_id=house.chen.id, due_on=promised.date(), text="排进下月计划。")

    page = words(chen.get("/desk/inbox/?view=all"))

    row = page[page.index(f"row-{case.number}") :]
    row = row[: row.index("</a>")]
    assert "待确认" not in row
    assert re.search(rf'class="sla[^"]*"[^>]*data-due="2026-03-[^>]*>.*{chip}', row, re.DOTALL)


@pytest.mark.parametrize(
    "query",
    [
        "view=nonsense",
        "view=every&figure=nonsense&from=2026-03-01&to=2026-03-02",
        "view=every&figure=filed",
        "view=every&figure=filed&from=2026-03-01",
        "view=every&figure=filed&from=2026-03-09&to=2026-03-01",
        "view=every&figure=filed&from=2020-01-01&to=2026-03-01",
        "view=every&figure=filed&from=gestern&to=heute",
        "view=every&figure=filed&from=2026-03-01&to=2026-03-02&weekday=8",
        "view=every&figure=filed&from=2026-03-01&to=2026-03-02&slot=12",
        "view=all&owner=somebody",
        "view=all&cursor=%F0%9F%A6%84",
        "view=all&cursor=W251bGwsIG51bGwsIG51bGxd",
        "view=closed&cursor=WzEsIDIsIDNd",
        "q=" + "长" * 101,
        "q=%00",
        "view=every&kind=%00",
        "view=every&severity=%00",
        "view=every&category=x%00",
        "view=every&department=%00",
        "view=every&same=%00",
        "view=every&figure=due&from=2026-03-01&to=2026-03-02&milestone=%00",
        "view=every&department=" + "长" * 41,
    ],
)
def test_an_address_that_cannot_be_read_is_answered_in_words(
    house: House, chen: Client, query: str
):
    file(house, RECENTLY)

    response = chen.get(f"/desk/inbox/?{query}")

    assert response.status_code == 422
    assert "有内容需要修改" in response.content.decode()


def test_a_case_that_nobody_knows_is_not_found_at_the_desk(house: House, chen: Client):
    for url in (
        "/desk/inbox/TS0000000000000000/",
        "/desk/cases/none/",
        "/desk/cases/TS0000000000000000/print/",
        "/desk/inbox/?view=every&same=none",
    ):
        response = chen.get(url)
        assert response.status_code == 404, url
        assert "回到收件箱" in response.content.decode(), url
