"""The orders somebody may see; an order number finds nothing for anybody but its buyer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid
from bihuan.orders.models import OrderCopy
from bihuan.orders.rules import mask_number, plain_number
from bihuan.store import secrets

_TABLE = "orders_ordercopy"
_MOST = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """An order as people see it; `number` is masked, or empty when its buyer was erased."""

    id: int
    number: str
    title: str
    quantity: int
    paid_fen: int
    merchant_id: int
    order: OrderCopy


def for_person(by: Actor) -> list[OrderCopy]:
    """The customer's own orders, newest first, at most a hundred; nobody else has any."""
    if Role.CUSTOMER not in by.roles or by.id <= 0:
        return []
    return list(OrderCopy.objects.filter(person_id=by.id).order_by("-placed_at", "-id")[:_MOST])


def by_number(person_id: int, number: str) -> OrderCopy | None:
    """This person's order of this number, however it is written; None when there is none."""
    try:
        plain = plain_number(number)
    except Invalid:
        return None
    if not plain or person_id <= 0:
        return None
    index = secrets.blind(_TABLE, "number", plain)
    return OrderCopy.objects.filter(person_id=person_id, number_index=index).first()


def of_number(number: str) -> list[int]:
    """The ids of all orders of this number, whoever bought; for staff, who look for its cases.

    What has no digit is a word, and nobody's order.
    """
    if not any(c.isdecimal() for c in number):
        return []
    try:
        plain = plain_number(number)
    except Invalid:
        return []
    index = secrets.blind(_TABLE, "number", plain)
    found = OrderCopy.objects.filter(number_index=index).order_by("id")
    return list(found.values_list("id", flat=True)[:_MOST])


def for_filing(*, person_id: int, order_id: int = 0, number: str = "") -> OrderCopy | None:
    """The order a new case is about: chosen by id or given by number, and this person's own."""
    if order_id:
        return OrderCopy.objects.filter(id=order_id, person_id=person_id).first()
    return by_number(person_id, number) if number else None


def get(order_id: int) -> OrderCopy | None:
    """The order of a case that the caller has been allowed to see."""
    return OrderCopy.objects.filter(id=order_id).first() if order_id else None


def paid(order_ids: Iterable[int]) -> dict[int, int]:
    """What was paid for these orders, in fen, in one query; unknown ids are absent."""
    rows = OrderCopy.objects.filter(id__in=set(order_ids))
    return dict(rows.values_list("id", "paid_fen"))


def shown(order_ids: Iterable[int]) -> dict[int, Shown]:
    """These orders with masked numbers, in two queries; unknown ids are absent."""
    rows = list(OrderCopy.objects.filter(id__in=set(order_ids)))
    secrets.load(row.person_id for row in rows)
    return {row.id: _shown(row) for row in rows}


def _shown(row: OrderCopy) -> Shown:
    number = secrets.open_(row.person_id, _TABLE, "number", row.id, row.number)
    return Shown(
        id=row.id,
        number=mask_number(number) if number else "",
        title=row.title,
        quantity=row.quantity,
        paid_fen=row.paid_fen,
        merchant_id=row.merchant_id,
        order=row,
    )
