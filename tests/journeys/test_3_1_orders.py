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
from bihuan.core.actors import Actor, Role
from bihuan.demo.shop import Shop
from bihuan.orders import tasks as orders
from bihuan.orders.tests import shops
from bihuan.orders.tests.shops import LAMP
from tests.journeys.walk import plain

if TYPE_CHECKING:
    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(walk: Walk) -> Actor:
    """Somebody with the platform's account U100001."""
    contact = Contact(name="周静", phone="13900007777", account=LAMP.account)
    id = accounts.register_person(contact=contact, at=walk.at)
    return Actor(id, frozenset({Role.CUSTOMER}))


@pytest.fixture
def shop(walk: Walk, settings: Any, tmp_path: Path) -> Iterator[Shop]:
    """The demo's shop as the order system."""
    with shops.running(tmp_path / "shop", lambda: walk.at) as (own, system):
        settings.ORDERS = system
        yield own


def filed(walk: Walk, buyer: Actor, number: str) -> Case:
    said = filing(order_no=number, contact=Contact(), person_id=buyer.id)
    return cases.file(filing=said, by=buyer, at=walk.at).case


def looked_up(walk: Walk, case: Case) -> Case:
    """Everything that happens by itself after filing."""
    walk.until(walk.at)
    orders.look_up(walk.at)
    walk.until(walk.at)
    case.refresh_from_db()
    return case


def test_3_1_a_typed_number_is_looked_up_after_filing_and_shown_as_at_purchase(walk, shop, buyer):
    case = looked_up(walk, filed(walk, buyer, LAMP.number))

    assert case.order_id
    for page in (
        walk.see(buyer, f"/complaints/{case.number}/order/"),
        walk.see(walk.home.bo_bo, f"/desk/cases/{case.number}/order/"),
    ):
        assert "页面写明：七天无理由退货" in page
        assert "整机保修两年" in page
        assert "199.00" in page


def test_3_1_what_the_page_said_is_never_written_over_while_parcel_and_payment_follow(
    walk, shop, buyer
):
    case = looked_up(walk, filed(walk, buyer, LAMP.number))
    given_back = {"refunded_fen": 100, "payment_state": "part_refunded"}
    shop.put([replace(LAMP, page="不支持退货", terms="概不负责", **given_back)])
    walk.later(timedelta(minutes=5))

    page = walk.see(buyer, f"/complaints/{case.number}/order/")

    assert "七天无理由退货" in page
    assert "不支持退货" not in page
    assert "已部分退款" in page


def test_3_1_anothers_order_is_not_linked_and_the_handler_hears_no_name(walk, shop, buyer):
    shop.put([replace(LAMP, account="U999999", number="E999000111")])

    case = looked_up(walk, filed(walk, buyer, "E999000111"))

    assert case.order_id == 0
    desk = walk.see(walk.home.bo_bo, f"/desk/cases/{case.number}/")
    assert "填写的订单号不是本人的订单" in desk
    assert "U999999" not in desk


def test_3_1_filing_and_choosing_do_not_wait_for_a_silent_shop_and_the_page_says_so(
    walk, settings, buyer
):
    with shops.lying(lambda: walk.at, lambda _: b"") as liar:
        settings.ORDERS = liar.system
        case = looked_up(walk, filed(walk, buyer, LAMP.number))
        page = walk.see(buyer, "/orders/pick/")

    assert case.order_id == 0
    assert "暂时联系不上订单系统" in page


def test_3_1_the_wizard_offers_what_was_bought_since(walk, shop, buyer):
    assert "护眼台灯" in walk.see(buyer, "/orders/pick/")


def test_6_06_a_refund_is_read_once_more_paid_and_told(walk, shop, buyer):
    case = looked_up(walk, filed(walk, buyer, LAMP.number))
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
    progress = walk.see(buyer, f"/complaints/{case.number}/order/")
    assert "已退款" in progress
    assert "¥50.50" in progress
    assert "退款已完成" in walk.letters(buyer)


def test_6_06_more_than_is_left_is_refused_at_its_field_and_kept(walk, shop, buyer):
    case = looked_up(walk, filed(walk, buyer, LAMP.number))

    answer = walk.client(walk.home.bo_bo).post(
        f"/desk/cases/{case.number}/refunds/new/", {"amount_fen": "199.01", "reason": "damaged"}
    )

    assert answer.status_code == 422
    assert "最多还可退 199.00 元" in plain(answer)
    assert 'value="199.01"' in answer.content.decode()


def test_6_06_a_refund_that_the_order_system_refuses_names_its_reason_to_staff(walk, shop, buyer):
    stubborn = replace(LAMP, number="E20260204", paid_fen=100)  # its digits make 16
    shop.put([stubborn])
    case = looked_up(walk, filed(walk, buyer, stubborn.number))
    cases.ask_refund(
        number=case.number, amount_fen=100, reason="damaged", by=walk.home.bo_bo, at=walk.at
    )
    for _ in range(2):
        orders.carry(walk.at)
        walk.later(timedelta(minutes=2))

    page = walk.see(walk.home.bo_bo, f"/desk/cases/{case.number}/order/")
    assert "未通过" in page
    assert "影响二次销售" in page
    assert "退款未通过" in walk.letters(buyer)


def test_6_06_programs_read_the_order_and_ask_once(walk, shop, buyer):
    case = looked_up(walk, filed(walk, buyer, LAMP.number))
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
    refused = walk.client(buyer).post(f"{place}/refunds", content_type="application/json")
    assert refused.status_code == 403
