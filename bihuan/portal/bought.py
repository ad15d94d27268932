"""The customer's own orders as they are chosen and shown in a form."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.orders import commands as buying
from bihuan.orders import queries as orders
from bihuan.web import words
from bihuan.web.door import Who

if TYPE_CHECKING:
    from bihuan.orders.models import OrderCopy


def fetched(who: Who) -> bool:
    """Their orders as they are now; False when the order system was silent."""
    return buying.fetch(person_id=who["by"].id, at=who["at"])


def rows(who: Who) -> list[OrderCopy]:
    """The orders of this customer, newest first; a guest has none."""
    return list(orders.for_person(who["by"])) if who["by"].id else []


def choices(found: list[OrderCopy]) -> list[tuple[str, str]]:
    """What can be chosen: the id as it is sent, and the title."""
    return [(str(order.id), order.title) for order in found]


def lines(found: list[OrderCopy], who: Who) -> dict[str, str]:
    """Shop, day and price of each order, by the id as it is sent."""
    return {
        str(order.id): _("{line} · {paid} 元").format(line=line, paid=words.money(order.paid_fen))
        for order, line in zip(found, _from(found, who), strict=True)
    }


def line(order: OrderCopy, who: Who) -> str:
    """Shop and day of one order."""
    return _from([order], who)[0]


def _from(found: list[OrderCopy], who: Who) -> list[str]:
    shops = people.merchant_names(order.merchant_id for order in found)
    today = words.local(who["at"]).date()
    return [_line(order, shops.get(order.merchant_id, ""), today) for order in found]


def _line(order: OrderCopy, shop: str, today: date) -> str:
    when = words.local(order.received_at or order.placed_at).date()
    day = words.date_words(when, today)
    if order.received_at:
        return _("{shop} · {day}签收").format(shop=shop, day=day)
    return _("{shop} · {day}下单").format(shop=shop, day=day)


def chosen(found: list[OrderCopy], sent: str) -> OrderCopy | None:
    """The order of this id, as far as it is one of these."""
    return next((order for order in found if str(order.id) == sent), None)
