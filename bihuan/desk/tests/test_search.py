"""What a search finds, how far its list goes, and that no contact ever stands in an address."""

from __future__ import annotations

import re
from datetime import date, timedelta
from urllib.parse import unquote_plus

import pytest
from django.test import Client

from bihuan.accounts.commands import Contact
from bihuan.accounts.models import Staff
from bihuan.cases import commands
from bihuan.cases.models import Case
from bihuan.cases.tests.people import House, file
from bihuan.core.actors import SYSTEM
from bihuan.core.ids import case_number
from bihuan.desk.tests.conftest import RECENTLY
from bihuan.desk.tests.test_listing import heading, rows, words
from bihuan.orders import commands as orders
from bihuan.orders.commands import Bought
from bihuan.portal.tests.doors import sign_in

INBOX = "/desk/inbox/"
PHONE, NOBODYS, MAIL = "13900002718", "13711112222", "ai.li@example.com"
SEARCH = "/desk/search/"
FORM = re.compile(r'<form [^>]*role="search".*?</form>', re.DOTALL)


def led(client: Client, q: str) -> str:
    """Where the search form leads with these words."""
    response = client.post(INBOX, {"q": q})
    assert response.status_code == 302, response.status_code
    return str(response["Location"])


@pytest.mark.parametrize(
    "q",
    [PHONE, "139 0000 2718", "+86 139-0000-2718", "１３９００００２７１８", f"爱丽 {PHONE}",
     f"TS 1 {PHONE}"],
)  # fmt: skip
def test_a_phone_leads_to_the_cases_of_its_person_and_stands_in_no_address(
    house: House, bo_bo: Client, q: str
):
    older, newer = file(house, RECENTLY), file(house, RECENTLY + timedelta(minutes=1))

    place = led(bo_bo, q)
    page = words(bo_bo.get(place))

    assert place == f"{INBOX}?view=every&same={newer.number}"
    assert set(rows(page)) == {older.number, newer.number}
    assert heading(page) == "同一用户的投诉 2 件"
    assert "爱* · 139****2718" in page  # whose they are, since the box is empty again
    assert 'name="q" placeholder' in page
    assert PHONE not in page


def test_a_mail_address_leads_to_the_cases_of_its_person(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    theirs = commands.file(
        filing=commands.Filing(
            kind="complaint", channel="email", text="洗衣机漏水。", category="service_quality",
            contact=Contact(name="梅", email=MAIL),
        ),
        by=house.bo_bo, at=RECENTLY,
    ).case  # fmt: skip

    place = led(bo_bo, MAIL.upper())

    assert place == f"{INBOX}?view=every&same={theirs.number}"
    page = words(bo_bo.get(place))
    assert rows(page) == [theirs.number]
    assert case.number not in page
    assert MAIL not in page


@pytest.mark.parametrize("q", [NOBODYS, "nobody@example.com", "11010519491231002X",
                               "6222021234567890128"])  # fmt: skip
def test_what_is_nobodys_leads_to_an_empty_list_that_says_so_without_it(
    house: House, bo_bo: Client, q: str
):
    file(house, RECENTLY)

    place = led(bo_bo, q)
    page = words(bo_bo.get(place))

    assert place == f"{INBOX}?view=every&nobody=1"
    assert heading(page) == "搜索结果 0 件"
    assert "没有找到这个手机号、邮箱或订单号的投诉" in page
    assert rows(page) == []
    live = re.search(r'id="rows" data-live="([^"]+)"', page)
    assert live
    assert rows(words(bo_bo.get(live[1].replace("&amp;", "&")))) == []


def test_somebody_whose_cases_are_all_hidden_is_nobody(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    Case.objects.filter(id=case.id).update(restricted=True, owner_id=house.chen.id)

    assert led(bo_bo, PHONE) == led(bo_bo, NOBODYS)


def test_words_and_numbers_of_cases_go_on_in_the_address(house: House, bo_bo: Client):
    case = file(house, RECENTLY)

    assert unquote_plus(led(bo_bo, " 破壁机 漏水 ")) == f"{SEARCH}?q=破壁机 漏水"
    assert led(bo_bo, case.number.lower()) == case.desk_url
    assert led(bo_bo, "") == SEARCH
    assert unquote_plus(led(bo_bo, "破壁机 E20261125000123")) == f"{SEARCH}?q=破壁机"
    assert led(bo_bo, "E20261125000123") == f"{INBOX}?view=every&nobody=1"


def test_a_contact_behind_the_number_of_a_case_does_not_pass_with_it(house: House, bo_bo: Client):
    unknown = case_number(date(2026, 3, 11), 9_999_999)

    assert led(bo_bo, f"{unknown}{' ' * 50}{PHONE}") == f"{SEARCH}?q={unknown}"
    assert led(bo_bo, f"{unknown} {PHONE}") == f"{INBOX}?view=every&nobody=1"


@pytest.mark.parametrize("place", [INBOX, f"{INBOX}{{case}}/"])
@pytest.mark.parametrize("more", [{}, {"part": "rows"}, {"part": "tab"}, {"view": "closed"}])
def test_an_address_that_holds_a_contact_is_left_at_once(
    house: House, bo_bo: Client, place: str, more: dict[str, str]
):
    case = file(house, RECENTLY)
    place = place.replace("{case}", case.number)

    known = bo_bo.get(place, {"q": PHONE, **more})
    nobody = bo_bo.get(place, {"q": NOBODYS, **more})
    swapped = bo_bo.get(place, {"q": PHONE, **more}, headers={"HX-Request": "true"})

    there = f"{INBOX}?view=every&same={case.number}"
    assert known["Location"] == swapped["HX-Redirect"] == there
    assert nobody["Location"] == f"{INBOX}?view=every&nobody=1"


@pytest.mark.parametrize("place", ["/desk/inbox/", "/desk/search/"])
def test_the_search_is_a_form_with_its_token_and_is_refused_without(house: House, place: str):
    file(house, RECENTLY)
    client = Client(enforce_csrf_checks=True)
    client.force_login(Staff.objects.get(id=house.bo_bo.id).user)

    form = FORM.search(words(client.get(place)))
    assert form
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form[0])
    assert token
    given = {"q": PHONE, "csrfmiddlewaretoken": token[1]}

    assert 'data-key="/"' in form[0]
    assert client.post(place, {"q": PHONE}).status_code == 403
    assert client.post(place, given).status_code == 302


@pytest.mark.parametrize("q", ["长" * 101, "破\x00壁"])
def test_words_that_cannot_be_sought_are_refused_in_words(house: House, bo_bo: Client, q: str):
    response = bo_bo.post(INBOX, {"q": q})

    assert response.status_code == 422
    assert "有内容需要修改" in response.content.decode()


def test_nobody_but_staff_searches(house: House):
    customer = sign_in(Client(), house.ai_li)

    assert customer.post(INBOX, {"q": PHONE}).status_code == 404
    assert Client().post(INBOX, {"q": PHONE})["Location"].startswith("/staff/login/")


def test_an_order_number_leads_to_its_cases_and_stands_in_no_address(house: House, bo_bo: Client):
    number = "E20260311000123"
    bought = Bought(number=number, title="破壁机", paid_fen=100, placed_at=RECENTLY)
    orders.copy_order(person_id=house.ai_li.id, bought=bought, by=SYSTEM, at=RECENTLY)
    case, other = file(house, RECENTLY, order_no=number), file(house, RECENTLY)

    place = led(bo_bo, f"订单 {number.lower()}")
    page = words(bo_bo.get(place))

    assert place == f"{INBOX}?view=every&order={case.number}"
    assert (rows(page), heading(page)) == ([case.number], "同一订单的投诉 1 件")
    assert other.number not in page.partition('id="rows"')[2].partition("</section>")[0]
    assert bo_bo.get(INBOX, {"q": number})["Location"] == place
    assert bo_bo.get(SEARCH, {"q": number})["Location"] == place
