"""An order's parcel, payment and refunds in words that buyer and staff both read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.orders.models import OrderCopy, Refund
from bihuan.web import words

REASONS: dict[str, Callable[[], str]] = {
    "damaged": lambda: _("商品损坏"),
    "not_as_described": lambda: _("与描述不符"),
    "not_received": lambda: _("没有收到"),
    "returned": lambda: _("已退货"),
    "price": lambda: _("价格或优惠差额"),
    "goodwill": lambda: _("服务补偿"),
}
#: state: pill's tone, icon, its words, who must act next
_STATES: dict[str, tuple[str, str, Callable[[], str], Callable[[], str]]] = {
    "asked": (
        "info",
        "hourglass",
        lambda: _("已提交，等订单系统处理"),
        lambda: _("下一步由订单系统处理，系统自动跟进"),
    ),
    "pending": ("info", "hourglass", lambda: _("已提交，等订单系统处理"), lambda: ""),
    "accepted": (
        "info",
        "banknote",
        lambda: _("已通过，正在退款"),
        lambda: _("下一步由订单系统打款，系统自动跟进"),
    ),
    "done": ("ok", "badge-check", lambda: _("已退款"), lambda: ""),
    "refused": (
        "bad",
        "circle-x",
        lambda: _("未通过"),
        lambda: _("下一步由处理人决定并告知用户"),
    ),
}
_PAYMENTS: dict[str, Callable[[], str]] = {
    "unpaid": lambda: _("未支付"),
    "paid": lambda: _("已支付"),
    "part_refunded": lambda: _("已部分退款"),
    "refunded": lambda: _("已全额退款"),
}
_PARCEL: dict[str, Callable[[], str]] = {
    "paid": lambda: _("付款"),
    "sent": lambda: _("发货"),
    "moving": lambda: _("运输"),
    "received": lambda: _("签收"),
    "returning": lambda: _("退货寄出"),
    "returned": lambda: _("商家收到退货"),
}


def follow(order: OrderCopy, at: datetime) -> dict[str, Any]:
    """What moves after purchase: payment, parcel by its events, when it was last asked."""
    return {
        "items": [{**item, "price": words.money(int(item["price_fen"]))} for item in order.items],
        "payment": _PAYMENTS[order.payment_state](),
        "refunded": words.money(order.refunded_fen) if order.refunded_fen else "",
        "parcel": [_step(step, at) for step in reversed(order.parcel)],
        "checked": words.moment_words(order.checked_at, at) if order.checked_at else "",
    }


def _step(step: dict[str, str], at: datetime) -> dict[str, str]:
    try:
        when = words.moment_words(datetime.fromisoformat(step["at"]), at)
    except (KeyError, ValueError, TypeError):  # copied before the order system was asked
        when = step.get("at", "")
    name = _PARCEL.get(step.get("code", ""))
    return {"when": when, "name": name() if name else "", "text": step.get("text", "")}


def state_of(row: Refund, at: datetime, *, told: str = "") -> dict[str, Any]:
    """How a refund stands, or what another answer said of it."""
    tone, icon, said, then = _STATES[told or row.state]
    return {
        "amount": words.money(row.amount_fen),
        "tone": tone,
        "icon": icon,
        "state": said(),
        "then": then(),
        "asked": words.moment_words(row.asked_at, at),
        "ended": words.moment_words(row.ended_at, at) if row.ended_at else "",
        "unanswered": row.silent_at is not None,
    }
