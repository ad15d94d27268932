"""Keep a copy of an order, so that what was promised at purchase can still be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bihuan.core import inputs
from bihuan.core.actors import Actor, Role
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


@transaction.atomic
def copy_order(*, person_id: int, bought: Bought, by: Actor, at: datetime) -> OrderCopy:
    """The order of this person, copied once; a later copy brings the parcel up to date alone.

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
        order.received_at = bought.received_at or order.received_at
        order.parcel = _facts(bought.parcel) or order.parcel
        order.save(update_fields=["received_at", "parcel"])
        return order
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
    )


def _facts(parcel: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    return [
        {
            key: inputs.words(value, field="parcel", most=300, lines=False)
            for key, value in step.items()
        }
        for step in parcel
    ]
