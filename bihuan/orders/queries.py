"""The orders somebody may see; an order number finds nothing for anybody but its buyer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Sum

from bihuan.core import inputs
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid
from bihuan.orders.models import Lookup, OrderCopy
from bihuan.orders.models import Refund as Refund
from bihuan.orders.rules import REASONS, left, mask_number, plain_number
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


def number_of(order: OrderCopy) -> str:
    """The number in clear, for the order system alone; "" when its buyer was erased."""
    return secrets.open_(order.person_id, _TABLE, "number", order.id, order.number) or ""


def checked_since(person_id: int, since: datetime) -> bool:
    """Whether the order system has told of this person's orders since then."""
    return OrderCopy.objects.filter(person_id=person_id, checked_at__gt=since).exists()


def refunds(case_id: int) -> list[Refund]:
    """The money asked back on a case, the newest first."""
    return list(Refund.objects.filter(case_id=case_id).order_by("-id")[:_MOST])


def left_fen(order: OrderCopy) -> int:
    """What may still be asked back for this order, in fen, on whatever case it was asked."""
    sums: dict[str, int] = dict(
        Refund.objects.filter(order_id=order.id)
        .exclude(state="refused")
        .values_list("state")
        .annotate(Sum("amount_fen"))
    )
    return left(
        paid_fen=order.paid_fen,
        refunded_fen=order.refunded_fen,
        done_fen=sums.get("done", 0),
        on_their_way_fen=sums.get("asked", 0) + sums.get("accepted", 0),
    )


def check_refund(order: OrderCopy, *, amount_fen: object, reason: object) -> tuple[int, str]:
    """The sum in fen and why, as far as they may be asked for now.

    Invalid: amount_fen (more_than_left, with what is left), reason.
    """
    given = inputs.one_of(reason, REASONS, field="reason")
    amount = inputs.whole(amount_fen, field="amount_fen", least=1)
    if amount > (most := left_fen(order)):
        yuan = f"{most // 100}.{most % 100:02}"
        raise Invalid({"amount_fen": "more_than_left"}, "6.3", left=yuan, left_fen=most)
    return amount, given


def parcel(order: OrderCopy, code: str) -> list[dict[str, str]]:
    """The parcel events of one code (core.ports.PARCEL_CODES), the oldest first."""
    return [step for step in order.parcel if step.get("code") == code]


def returned_at(order: OrderCopy) -> datetime | None:
    """When the shop had the returned goods, from which LC-02 counts; None while it has not."""
    steps = parcel(order, "returned")
    return datetime.fromisoformat(steps[0]["at"]) if steps else None


def lookup_of(case_id: int) -> Lookup | None:
    """What became of the number that was typed for this case."""
    return Lookup.objects.filter(case_id=case_id).first()


def lookups_due(at: datetime) -> QuerySet[Lookup]:
    """Numbers to be looked up now, held until the transaction ends. For commands."""
    rows = Lookup.objects.select_for_update(skip_locked=True)
    return rows.filter(next_at__lte=at).order_by("next_at")


def refunds_due(at: datetime) -> QuerySet[Refund]:
    """Refunds to be asked for or after now, held until the transaction ends. For commands."""
    rows = Refund.objects.select_for_update(skip_locked=True, of=("self",))
    return rows.filter(next_at__lte=at).select_related("order").order_by("next_at")
