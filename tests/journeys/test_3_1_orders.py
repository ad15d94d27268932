"""The order behind a case: fetched, looked up after filing, shown as at purchase (3.1, 6.06)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bihuan.accounts import commands as accounts
from bihuan.accounts.commands import Contact
from bihuan.cases import commands as cases
from bihuan.cases.models import Case
from bihuan.cases.tests.people import filing
from bihuan.core.actors import SYSTEM
from bihuan.demo.shop import Shop
from bihuan.orders import tasks as orders
from bihuan.orders.tests import shops
from bihuan.orders.tests.shops import LAMP
from tests.journeys.walk import plain

if TYPE_CHECKING:
    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(walk: Walk, settings: Any, tmp_path: Path) -> Iterator[Shop]:
    """The demo's shop as the order system; 爱丽 is its account U100001."""
    ai_li = walk.home.ai_li
    accounts.update_contact(
        person_id=ai_li.id, contact=Contact(account=LAMP.account), by=SYSTEM, at=walk.at
    )
    with shops.running(tmp_path / "shop", lambda: walk.at) as (own, system):
        settings.ORDERS = system
        yield own


def filed(walk: Walk, number: str) -> Case:
    return cases.file(filing=filing(order_no=number), by=walk.home.ai_li, at=walk.at).case


def looked_up(walk: Walk, case: Case) -> Case:
    """Everything that happens by itself after filing."""
    walk.until(walk.at)
    orders.look_up(walk.at)
    walk.until(walk.at)
    case.refresh_from_db()
    return case


def test_3_1_a_typed_number_is_looked_up_after_filing_and_shown_as_at_purchase(walk, shop):
    case = looked_up(walk, filed(walk, LAMP.number))

    assert case.order_id
    for page in (
        walk.see(walk.home.ai_li, f"/complaints/{case.number}/order/"),
        walk.see(walk.home.bo_bo, f"/desk/cases/{case.number}/order/"),
    ):
        assert "页面写明：七天无理由退货" in page
        assert "整机保修两年" in page
        assert "199.00" in page


def test_3_1_what_the_page_said_is_never_written_over_while_parcel_and_payment_follow(walk, shop):
    case = looked_up(walk, filed(walk, LAMP.number))
    moved = replace(
        LAMP, page="不支持退货", terms="概不负责", refunded_fen=100, payment_state="part_refunded"
    )
    shop.put([moved])
    walk.later(timedelta(minutes=5))

    page = walk.see(walk.home.ai_li, f"/complaints/{case.number}/order/")

    assert "七天无理由退货" in page
    assert "不支持退货" not in page
    assert "已部分退款" in page


def test_3_1_anothers_order_is_not_linked_and_the_handler_hears_no_name(walk, shop):
    shop.put([replace(LAMP, account="U999999", number="E999000111")])

    case = looked_up(walk, filed(walk, "E999000111"))

    assert case.order_id == 0
    desk = walk.see(walk.home.bo_bo, f"/desk/cases/{case.number}/")
    assert "填写的订单号不是本人的订单" in desk
    assert "U999999" not in desk


def test_3_1_filing_and_choosing_do_not_wait_for_a_silent_shop_and_the_page_says_so(walk, settings):
    with shops.lying(lambda: walk.at, lambda _: b"") as liar:
        settings.ORDERS = liar.system
        accounts.update_contact(
            person_id=walk.home.ai_li.id, contact=Contact(account="U100001"), by=SYSTEM, at=walk.at
        )
        case = looked_up(walk, filed(walk, LAMP.number))
        page = walk.see(walk.home.ai_li, "/orders/pick/")

    assert case.order_id == 0
    assert "暂时联系不上订单系统" in page


def test_3_1_the_wizard_offers_what_was_bought_since(walk, shop):
    assert "护眼台灯" in walk.see(walk.home.ai_li, "/orders/pick/")


def test_6_06_a_refund_is_read_once_more_paid_and_told(walk, shop):
    case = looked_up(walk, filed(walk, LAMP.number))
    bo_bo, place = walk.home.bo_bo, f"/desk/cases/{case.number}/refunds/new/"
    given = {"amount_fen": "50.5", "reason": "damaged", "once": "m" * 24}

    sure = walk.client(bo_bo).post(place, given)
    assert "将退款 50.50 元" in plain(sure)
    for _ in range(2):  # pressed twice
        walk.send(bo_bo, place, given | {"sure": "1"})
    orders.carry(walk.at)
    walk.later(timedelta(minutes=2))
    orders.carry(walk.at)
    walk.until(walk.at)

    assert "已退款" in walk.see(bo_bo, f"/desk/cases/{case.number}/order/")
    progress = walk.see(walk.home.ai_li, f"/complaints/{case.number}/order/")
    assert "已退款" in progress
    assert "¥50.50" in progress
    assert "退款已完成" in walk.letters(walk.home.ai_li)


def test_6_06_more_than_is_left_is_refused_at_its_field_and_kept(walk, shop):
    case = looked_up(walk, filed(walk, LAMP.number))

    answer = walk.client(walk.home.bo_bo).post(
        f"/desk/cases/{case.number}/refunds/new/", {"amount_fen": "199.01", "reason": "damaged"}
    )

    assert answer.status_code == 422
    assert "最多还可退 199.00 元" in plain(answer)
    assert 'value="199.01"' in answer.content.decode()


def test_6_06_a_refund_that_the_order_system_refuses_names_its_reason_to_staff(walk, shop):
    stubborn = replace(LAMP, number="E20260204", paid_fen=100)  # its digits make 16
    shop.put([stubborn])
    case = looked_up(walk, filed(walk, stubborn.number))
    cases.ask_refund(
        number=case.number, amount_fen=100, reason="damaged", by=walk.home.bo_bo, at=walk.at
    )
    for _ in range(2):
        orders.carry(walk.at)
        walk.later(timedelta(minutes=2))

    page = walk.see(walk.home.bo_bo, f"/desk/cases/{case.number}/order/")
    assert "未通过" in page
    assert "影响二次销售" in page
    assert "退款未通过" in walk.letters(walk.home.ai_li)


def test_6_06_programs_read_the_order_and_ask_once(walk, shop, api):
    case = looked_up(walk, filed(walk, LAMP.number))
    client = walk.client(walk.home.bo_bo)
    place = f"/api/v1/cases/{case.number}"

    order = client.get(f"{place}/order").json()
    asked = [
        client.post(
            f"{place}/refunds", {"amount_fen": 100, "reason": "price"},
            content_type="application/json", headers={"Idempotency-Key": "k1"},
        )
        for _ in range(2)
    ]  # fmt: skip

    assert (order["paid_fen"], order["page"]) == (19900, LAMP.page)
    assert [one.status_code for one in asked] == [201, 201]
    assert len(client.get(f"{place}/refunds").json()) == 1
    refused = walk.client(walk.home.ai_li).post(f"{place}/refunds", content_type="application/json")
    assert refused.status_code == 403
