"""The page of search: what it finds, marks and refuses, and how it goes on (UI.md no. 48)."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from bihuan.accounts.commands import Contact
from bihuan.cases import commands, tasks
from bihuan.cases.models import Case
from bihuan.cases.tests.people import House, file
from bihuan.desk.tests.conftest import RECENTLY
from bihuan.desk.tests.test_listing import words
from bihuan.events.models import Event

SEARCH = "/desk/search/"


def hear() -> None:
    tasks.words_said(list(Event.objects.filter(kind__startswith="case.")))


def hits(page: str) -> list[str]:
    """The numbers of the results, in their order."""
    found = page.partition('<ol class="card hits">')[2].partition("</ol>")[0]
    return re.findall(r'<h3><a href="/desk/cases/([^/]+)/">', found)


def marks(page: str) -> list[str]:
    return re.findall(r"<mark>([^<]*)</mark>", page)


def test_e_18_results_stand_newest_first_with_the_words_marked(house: House, bo_bo: Client):
    cases = [file(house, RECENTLY - timedelta(days=40 * n)) for n in range(3)]
    commands.withdraw(number=cases[1].number, by=house.ai_li, at=RECENTLY)
    file(house, RECENTLY, text="快递一直停在中转站。")
    hear()

    page = words(bo_bo.get(SEARCH, {"q": "漏水 退货"}))

    assert hits(page) == [case.number for case in cases]
    assert {*marks(page)} == {"漏水", "退货"}
    assert "用户：" in page
    assert 'value="漏水 退货"' in page
    assert ">已撤回<" in page


def test_e_18_an_internal_note_is_found_and_called_one(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    commands.note(number=case.number, text="批次号可疑。", by=house.bo_bo, at=RECENTLY)
    hear()

    page = words(bo_bo.get(SEARCH, {"q": "可疑"}))

    assert hits(page) == [case.number]
    assert "内部备注：批次号<mark>可疑</mark>。" in page


def test_e_18_a_masked_number_stays_masked_where_words_beside_it_are_found(
    house: House, bo_bo: Client
):
    file(house, RECENTLY, text="底座开裂，请打13711112222找我。")
    hear()

    page = words(bo_bo.get(SEARCH, {"q": "请打"}))

    assert "<mark>请打</mark>137****2222找我" in page
    assert "13711112222" not in page


def test_e_18_pages_follow_each_other_and_keep_words_and_filters(house: House, chen: Client):
    cases = [file(house, RECENTLY - timedelta(minutes=n)) for n in range(23)]
    hear()

    first = words(chen.get(SEARCH, {"q": "开裂", "kind": "complaint"}))
    more = re.search(r'<div class="more"><a class="btn btn-small" href="([^"]+)">更多', first)
    assert more
    second = words(chen.get(unescape(more[1])))

    assert hits(first) + hits(second) == [case.number for case in cases]
    assert "kind=complaint" in more[1]
    assert '<div class="more">' not in second


def test_e_18_every_filter_narrows_and_is_kept_when_the_form_is_sent(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    file(house, RECENTLY, kind="enquiry", category="")
    old = file(house, RECENTLY - timedelta(days=20))
    hear()
    given = {
        "q": "开裂", "state": "filed", "kind": "complaint", "category": "service_quality",
        "department": case.department, "since": "2026-03-11", "until": "2026-03-11",
    }  # fmt: skip

    place = bo_bo.post(SEARCH, given)["Location"]
    page = words(bo_bo.get(place))

    assert hits(page) == [case.number]
    assert 'value="2026-03-11"' in page
    assert re.search(r'<option value="complaint" selected', page)
    assert hits(words(bo_bo.get(SEARCH, {"q": "开裂", "until": "2026-03-01"}))) == [old.number]
    assert hits(words(bo_bo.get(SEARCH, {"q": "开裂", "state": "closed"}))) == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"since": "gestern"}, "search_since"),
        ({"since": "2026-03-11", "until": "2026-03-01"}, "search_until"),
        ({"kind": "nonsense"}, "search_kind"),
        ({"state": "x\x00"}, "search_state"),
        ({"q": "长" * 101}, "search_q"),
        ({"cursor": "nonsense"}, "没有成功，原因如下"),
    ],
)
def test_e_18_what_cannot_be_read_is_said_beside_its_field_and_the_rest_is_kept(
    house: House, bo_bo: Client, given: dict[str, str], says: str
):
    response = bo_bo.get(SEARCH, {"q": "开裂"} | given)
    page = response.content.decode()

    assert response.status_code == 422
    assert (f'href="#{says}"' if says.startswith("search") else says) in page
    assert "错误：" in page
    assert "开裂" in page or "长长" in page


def test_e_18_what_is_not_found_is_answered_with_advice(house: House, bo_bo: Client):
    file(house, RECENTLY)
    hear()

    assert "可以这样找" in words(bo_bo.get(SEARCH))
    assert "回到收件箱" in words(bo_bo.get(SEARCH, {"q": "中转站"}))
    assert "去掉筛选再找" in words(bo_bo.get(SEARCH, {"q": "开裂", "kind": "praise"}))


def test_e_18_words_of_somebody_in_a_search_stay_words(house: House, chen: Client):
    file(house, RECENTLY, text="<script>alert(2)</script>漏水")
    hear()

    page = words(chen.get(SEARCH, {"q": '"><script>alert(1)</script>'}))
    found = words(chen.get(SEARCH, {"q": "漏水 script"}))

    assert "<script>alert" not in page + found
    assert "&lt;<mark>script</mark>&gt;" in found


def test_e_18_an_account_is_found_by_its_name_and_said_to_be_one(house: House, bo_bo: Client):
    case = file(house, RECENTLY, contact=Contact(account="meimei88"))
    file(house, RECENTLY, text="账号 meimei88 无法登录")
    hear()

    page = words(bo_bo.get(SEARCH, {"q": "meimei88"}))

    assert hits(page) == [case.number]
    assert "“meimei88”是一个用户账号" in page
    assert case.number not in words(bo_bo.get(SEARCH, {"q": '"meimei88"'}))


def test_e_18_a_restricted_case_is_not_found_by_those_who_may_not_see_it(
    house: House, bo_bo: Client, chen: Client
):
    case = file(house, RECENTLY)
    Case.objects.filter(id=case.id).update(restricted=True, owner_id=house.chen.id)
    hear()

    assert hits(words(bo_bo.get(SEARCH, {"q": "开裂"}))) == []
    assert hits(words(chen.get(SEARCH, {"q": "开裂"}))) == [case.number]


def test_e_18_the_key_for_search_leads_there_from_pages_without_a_box(house: House, bo_bo: Client):
    file(house, RECENTLY)

    elsewhere = words(bo_bo.get("/desk/keys/"))
    inbox = words(bo_bo.get("/desk/inbox/"))

    assert re.search(r'<a href="/desk/search/" data-key="/"', elsewhere)
    assert not re.search(r'<a href="/desk/search/"[^>]*data-key', inbox)
