"""An order is what its page said at purchase, and its number opens it to its buyer alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bihuan.accounts import commands as people
from bihuan.accounts.commands import Contact
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import Invalid, NotPermitted
from bihuan.orders import commands, queries
from bihuan.orders.commands import Bought
from bihuan.orders.models import OrderCopy
from bihuan.store import secrets

pytestmark = pytest.mark.django_db

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
LAMP = Bought(
    number="2026-0213-88a7",
    title="护眼台灯",
    paid_fen=19900,
    placed_at=AT - timedelta(days=9),
    page="七天无理由退货",
    terms="整机保修两年",
)


@pytest.fixture
def ali() -> int:
    return people.register_person(contact=Contact(phone="13912342718"), at=AT)


@pytest.fixture
def ding() -> int:
    return people.register_person(contact=Contact(phone="13800138000"), at=AT)


def copy(person: int, bought: Bought = LAMP) -> OrderCopy:
    return commands.copy_order(person_id=person, bought=bought, by=SYSTEM, at=AT)


def test_an_order_is_found_by_its_buyer_however_the_number_is_written(ali):
    order = copy(ali)

    for written in ("2026021388A7", " ２０２６-0213-88a7 ", "2026 0213 88a7"):
        assert queries.by_number(ali, written) == order
    assert queries.by_number(ali, "2026021388A8") is None


def test_a_strangers_order_number_finds_nothing(ali, ding):
    order = copy(ali)

    assert queries.by_number(ding, LAMP.number) is None
    assert queries.for_filing(person_id=ding, order_id=order.id) is None
    assert queries.for_person(Actor(ding, frozenset({Role.CUSTOMER}))) == []
    assert queries.for_filing(person_id=ali, order_id=order.id) == order
    assert queries.for_person(Actor(ali, frozenset({Role.CUSTOMER}))) == [order]


@pytest.mark.parametrize("by", [SYSTEM, Actor(0, frozenset({Role.CUSTOMER}))])
def test_nobody_in_particular_has_no_orders(ali, by):
    copy(ali)

    assert queries.for_person(by) == []


@pytest.mark.parametrize("number", ["", "   ", "---", "x" * 61, "\x00"])
def test_what_is_no_number_finds_nothing_and_is_not_copied(ali, number):
    assert queries.by_number(ali, number) is None
    with pytest.raises(Invalid):
        copy(ali, replace(LAMP, number=number))


def test_a_later_copy_moves_the_parcel_and_never_the_page(ali):
    first = copy(ali)

    again = copy(
        ali,
        replace(LAMP, page="不支持退货", terms="", received_at=AT, parcel=({"at": "签收"},)),
    )

    assert again.id == first.id
    kept = OrderCopy.objects.get()
    assert (kept.page, kept.terms) == ("七天无理由退货", "整机保修两年")
    assert (kept.received_at, kept.parcel) == (AT, [{"at": "签收"}])


def test_the_number_is_sealed_and_shown_masked_in_two_queries(ali, django_assert_num_queries):
    orders = [copy(ali, replace(LAMP, number=f"20260213{n:04d}")) for n in range(12)]
    secrets.forget()

    with django_assert_num_queries(2):
        shown = queries.shown(order.id for order in orders)

    assert shown[orders[7].id].number == "****0007"
    assert b"202602130007" not in bytes(OrderCopy.objects.get(id=orders[7].id).number)


def test_an_erased_buyers_order_keeps_its_page_and_no_number(ali):
    order = copy(ali)

    secrets.destroy(ali, at=AT)

    assert queries.shown([order.id])[order.id].number == ""
    assert queries.get(order.id).page == "七天无理由退货"


def test_a_customer_writes_no_order(ali):
    with pytest.raises(NotPermitted):
        commands.copy_order(
            person_id=ali, bought=LAMP, by=Actor(ali, frozenset({Role.CUSTOMER})), at=AT
        )
