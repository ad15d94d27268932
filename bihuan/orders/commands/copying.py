"""Keep a copy of an order, so that what was promised at purchase can still be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.core import inputs
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.ports import OrderFacts
from bihuan.core.refusals import Invalid, NotPermitted
from bihuan.orders.models import OrderCopy
from bihuan.orders.rules import plain_number
from bihuan.store import secrets
from bihuan.store.blocks import new_id

TABLE = "orders_ordercopy"
PAGE_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Bought:
    """An order as the shop knows it; money in fen. `page` and `terms` as shown at purchase."""

    number: str
    title: str
    paid_fen: int
    placed_at: datetime
    merchant_id: int = 0
    quantity: int = 1
    received_at: datetime | None = None
    page: str = ""
    terms: str = ""
    payment: str = ""
    parcel: tuple[Mapping[str, str], ...] = ()
    items: tuple[Mapping[str, str | int], ...] = ()
    shop: str = ""
    payment_state: str = "paid"
    refunded_fen: int = 0
    checked_at: datetime | None = None


@transaction.atomic
def copy_order(*, person_id: int, bought: Bought, by: Actor, at: datetime) -> OrderCopy:
    """The order of this person, copied once; a later copy moves parcel, payment and refunds alone.

    What the page said at purchase is never written over (3.1). Staff and the house may.
    Invalid: number, title, paid_fen, quantity.
    """
    if not by.is_staff and Role.SYSTEM not in by.roles:
        raise NotPermitted(clause="3.1")
    number = plain_number(bought.number)
    index = secrets.blind(TABLE, "number", number)
    if not number:
        raise Invalid({"number": "missing"})
    # two copies at once would both find nothing
    known = OrderCopy.objects.select_for_update().filter(number_index=index, person_id=person_id)
    order = known.first()
    if order is not None:
        return _followed(order, bought)
    row_id = new_id(at)
    return OrderCopy.objects.create(
        id=row_id,
        person_id=person_id,
        merchant_id=bought.merchant_id,
        number=secrets.seal(person_id, TABLE, "number", row_id, number),
        number_index=index,
        title=inputs.words(bought.title, field="title", least=1, most=200, lines=False),
        quantity=inputs.whole(bought.quantity, field="quantity", least=1, most=10**6),
        paid_fen=inputs.whole(bought.paid_fen, field="paid_fen"),
        placed_at=bought.placed_at,
        received_at=bought.received_at,
        page=inputs.words(bought.page, field="page", most=PAGE_MOST),
        terms=inputs.words(bought.terms, field="terms", most=PAGE_MOST),
        payment=inputs.words(bought.payment, field="payment", most=60, lines=False),
        parcel=_facts(bought.parcel),
        items=[dict(item) for item in bought.items],
        shop=bought.shop,
        payment_state=bought.payment_state,
        refunded_fen=bought.refunded_fen,
        checked_at=bought.checked_at,
    )


def _followed(order: OrderCopy, bought: Bought) -> OrderCopy:
    """What moves after purchase, and nothing of what was shown then."""
    order.received_at = bought.received_at or order.received_at
    order.parcel = _facts(bought.parcel) or order.parcel
    order.payment_state = bought.payment_state
    order.refunded_fen = min(bought.refunded_fen, order.paid_fen)
    order.checked_at = bought.checked_at or order.checked_at
    moved = ["received_at", "parcel", "payment_state", "refunded_fen", "checked_at"]
    order.save(update_fields=moved)
    return order


def keep_copy(*, person_id: int, facts: OrderFacts, at: datetime) -> OrderCopy:
    """What the order system says of an order, copied or brought up to date, by the house."""
    first, *more = facts.items
    try:
        merchant_id = people.merchant_id(facts.shop)
    except Invalid:  # no shop we know
        merchant_id = 0
    bought = Bought(
        number=facts.number,
        title=f"{first.title[:190]} + {len(more)}" if more else first.title,
        paid_fen=facts.paid_fen,
        placed_at=facts.placed_at,
        merchant_id=merchant_id,
        quantity=min(sum(item.quantity for item in facts.items), 10**6),
        received_at=facts.received_at,
        page=facts.page,
        terms=facts.terms,
        payment=facts.payment,
        parcel=tuple(
            {"at": step.at.isoformat(), "code": step.code, "text": step.text}
            for step in sorted(facts.parcel, key=lambda step: step.at)
        ),
        items=tuple(
            {"title": item.title, "quantity": item.quantity, "price_fen": item.price_fen}
            for item in facts.items
        ),
        shop=facts.shop,
        payment_state=facts.payment_state,
        refunded_fen=facts.refunded_fen,
        checked_at=at,
    )
    return copy_order(person_id=person_id, bought=bought, by=SYSTEM, at=at)


def _facts(parcel: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    return [
        {
            key: inputs.words(value, field="parcel", most=300, lines=False)
            for key, value in step.items()
        }
        for step in parcel
    ]
