"""The shop has the orders of the demo and two more, and refunds in every state (6.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from bihuan.cases import commands, queries
from bihuan.cases.models import Case
from bihuan.core.actors import SYSTEM
from bihuan.core.ports import OrderFacts, RefundFacts
from bihuan.core.refusals import Refusal
from bihuan.demo.cast import Cast
from bihuan.demo.shop import OBJECTS, PAYS, Shop, objects_to
from bihuan.events import relay
from bihuan.orders import commands as orders
from bihuan.orders import queries as bought
from bihuan.orders.models import Refund

EACH = 4  # refunds that were done, and that were refused
RECENT = 2  # those whose shop had no time to decide
ISSUES = ("product_quality", "not_as_described", "delivery_damage_or_loss", "return_or_refund")


def open_the_shop(cast: Cast, at: datetime) -> None:
    """Stock it; then money is asked back on open cases, and some of it is on its way."""
    shop = Shop(settings.HOME / "shop")
    shop.put([*cast.orders.values(), *_unknown_here(cast, at)])
    rows = queries.visible(SYSTEM).filter(state="accepted", issue__in=ISSUES, order_id__gt=0)
    wanted = {"done": EACH, "refused": EACH, "asked": RECENT}
    with transaction.atomic():
        for case in rows.order_by("-received_at", "-id")[:60]:
            if not any(wanted.values()):
                break
            how = _asked(case, shop, cast, wanted, at)
            if how:
                wanted[how] -= 1
    relay.drain(at)


def _unknown_here(cast: Cast, at: datetime) -> list[OrderFacts]:
    """What was bought since: the shop knows it, and the wizard fetches it."""
    first = next(iter(cast.orders.values()))
    mine = [one for one in cast.orders.values() if one.account == "U100001"] or [first]
    moment = at - timedelta(days=1)
    return [
        replace(
            one, number=f"E{moment:%Y%m%d}{n:05}", account="U100001", placed_at=moment,
            received_at=None, parcel=(), refunded_fen=0,
        )
        for n, one in enumerate(mine[:2], 70_001)
    ]  # fmt: skip


def _asked(case: Case, shop: Shop, cast: Cast, wanted: dict[str, int], at: datetime) -> str:
    """Ask for the whole sum on this case as its owner; how it went, "" where it did not."""
    order, owner = bought.get(case.order_id), cast.staff.get(case.owner_id)
    number = bought.number_of(order) if order else ""
    if order is None or owner is None or number not in cast.orders:
        return ""
    objects = objects_to(number, order.paid_fen, order.paid_fen)
    how = "refused" if objects else ("done" if wanted["done"] else "asked")
    if not wanted[how]:
        return ""
    try:
        row = commands.ask_refund(
            number=case.number, amount_fen=order.paid_fen, reason="damaged", by=owner, at=at
        )
    except Refusal:  # another case of the same order has it all
        return ""
    if how != "asked":
        before = at - PAYS  # the shop has decided and paid by now
        shop.put_refund(row.key, number, row.amount_fen, row.reason, before)
        _heard(row, number, how, at)
    return how


def _heard(row: Refund, number: str, how: str, at: datetime) -> None:
    reason = OBJECTS if how == "refused" else ""
    told = RefundFacts(row.key, number, row.amount_fen, how, at, reason)
    orders.hear_refund(refund_id=row.id, told=told, at=at)
