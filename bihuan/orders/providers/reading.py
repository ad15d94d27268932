"""An answer of the order system, of which nothing is trusted: its shape, its sizes, its sums."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from bihuan.core import inputs
from bihuan.core.ports import (
    PARCEL_CODES,
    PAYMENT_STATES,
    REFUND_ANSWERS,
    OrderFacts,
    OrderItem,
    OrderSystemFault,
    ParcelEvent,
    RefundFacts,
)
from bihuan.core.refusals import Invalid

FEN_MOST = 10**12  # ten thousand million yuan
ITEMS_MOST, PARCEL_MOST, ORDERS_MOST = 200, 200, 100
PAGE_MOST = 100_000
T = TypeVar("T")


class Told(dict[str, Any]):
    """An object of an answer; what is not in it is a malformed answer."""

    def __missing__(self, name: str) -> Any:
        raise OrderSystemFault("malformed")


def told(body: bytes) -> Told:
    """The object that an answer is."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise OrderSystemFault("malformed") from None
    return _object(found)


def orders(given: object) -> tuple[OrderFacts, ...]:
    """Several orders."""
    return _list(given, order, ORDERS_MOST)


def order(given: object) -> OrderFacts:
    """One order; what was refunded is no more than what was paid."""
    one = _object(given)
    paid = _fen(one["paid_fen"])
    refunded = _fen(one["refunded_fen"])
    items = _list(one["items"], _item, ITEMS_MOST)
    if refunded > paid or not items:
        raise OrderSystemFault("malformed")
    return OrderFacts(
        number=_line(one["number"], 60),
        account=_line(one["account"], 100),
        shop=_line(one["shop"], 100),
        items=items,
        paid_fen=paid,
        refunded_fen=refunded,
        payment=_line(one["payment"], 60),
        payment_state=_among(one["payment_state"], PAYMENT_STATES),
        placed_at=_moment(one["placed_at"]),
        received_at=None if one["received_at"] is None else _moment(one["received_at"]),
        parcel=_list(one["parcel"], _event, PARCEL_MOST),
        page=_text(one["page"]),
        terms=_text(one["terms"]),
    )


def refund(given: object) -> RefundFacts:
    """How a refund stands; one that is refused says why."""
    one = _object(given)
    state = _among(one["state"], REFUND_ANSWERS)
    reason = _line(one.get("reason", ""), 300, least=0)
    if state == "refused" and not reason:
        raise OrderSystemFault("malformed")
    return RefundFacts(
        key=_line(one["key"], 64),
        number=_line(one["number"], 60),
        amount_fen=_fen(one["amount_fen"]),
        state=state,
        at=_moment(one["at"]),
        reason=reason,
    )


def _item(given: object) -> OrderItem:
    one = _object(given)
    quantity = _checked(
        lambda: inputs.whole(one["quantity"], field="quantity", least=1, most=10**6)
    )
    return OrderItem(_line(one["title"], 200), quantity, _fen(one["price_fen"]))


def _event(given: object) -> ParcelEvent:
    one = _object(given)
    return ParcelEvent(
        _moment(one["at"]), _among(one["code"], PARCEL_CODES), _line(one["text"], 300, least=0)
    )


def _object(given: object) -> Told:
    if not isinstance(given, Mapping):
        raise OrderSystemFault("malformed")
    return Told(given)


def _list(given: object, read: Callable[[object], T], most: int) -> tuple[T, ...]:
    if not isinstance(given, list) or len(given) > most:
        raise OrderSystemFault("malformed")
    return tuple(read(one) for one in given)


def _fen(given: object) -> int:
    if not isinstance(given, int):  # "100" is a text, 1.0 is no whole fen
        raise OrderSystemFault("malformed")
    return _checked(lambda: inputs.whole(given, field="fen", most=FEN_MOST))


def _line(given: object, most: int, least: int = 1) -> str:
    return _checked(lambda: inputs.words(given, field="line", most=most, least=least, lines=False))


def _text(given: object) -> str:
    return _checked(lambda: inputs.words(given, field="text", most=PAGE_MOST))


def _among(given: object, known: tuple[str, ...]) -> str:
    return _checked(lambda: inputs.one_of(given, list(known), field="code"))


def _moment(given: object) -> datetime:
    return _checked(lambda: inputs.moment(given, field="at"))


def _checked(read: Callable[[], T]) -> T:
    try:
        return read()
    except Invalid:
        raise OrderSystemFault("malformed") from None
