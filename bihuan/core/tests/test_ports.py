"""The sockets speak in plain values that a plug cannot change, and of nobody's library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import UTC, datetime
from types import NoneType
from typing import Any, get_args, get_type_hints

import pytest

from bihuan.core import ports
from bihuan.core.ports import OrderFacts, OrderItem, Outgoing, Undeliverable

LETTER = Outgoing(to="aili@example.com", subject="已受理：TS1", body="您好。", key="1.1:accepted:7")
ORDER = OrderFacts(
    number="2026021300017",
    account="u-17",
    shop="悦居家电",
    items=(OrderItem(title="破壁机 1.5L", quantity=1, price_fen=32_900),),
    paid_fen=32_900,
    refunded_fen=0,
    payment="微信支付",
    payment_state="paid",
    placed_at=datetime(2026, 2, 1, 2, tzinfo=UTC),
    received_at=None,
    parcel=(),
    page="https://mall.example/p/17",
    terms="七天无理由退货",
)
PLAIN = {str, int, bool, bytes, datetime, NoneType}
OURS = [
    found for found in vars(ports).values() if getattr(found, "__module__", "") == ports.__name__
]
PORTS = [found for found in OURS if getattr(found, "_is_protocol", False)]
#: what a plug-in of a supplier is; the others are a function, or what such a plug may also do
PLUGS = [ports.Notifier, ports.OrderSource]

VALUES = [found for found in OURS if is_dataclass(found)]


def _called(name: str) -> bool:
    return name == "__call__" or name[0] != "_"


def types_in(hint: Any) -> Iterator[Any]:
    """The type itself, or each of a union or a container."""
    parts = [part for part in get_args(hint) if part is not ...]
    for part in parts:
        yield from types_in(part)
    if not parts:
        yield hint


@pytest.mark.parametrize("port", PORTS)
def test_a_port_has_a_name_and_calls_that_take_and_give_plain_values(port):
    if port in PLUGS:
        assert get_type_hints(port)["name"] is str
    calls = [call for name, call in vars(port).items() if callable(call) and _called(name)]

    assert calls
    for call in calls:
        assert call.__doc__
        named = {t for hint in get_type_hints(call).values() for t in types_in(hint)}
        assert named <= PLAIN | {*VALUES}


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_made_of_plain_facts(value):
    named = {t for hint in get_type_hints(value).values() for t in types_in(hint)}

    assert named <= PLAIN | {*VALUES}  # which are plain themselves


@pytest.mark.parametrize("value", [LETTER, ORDER], ids=["letter", "order"])
def test_a_plug_cannot_change_what_it_was_given(value):
    with pytest.raises(FrozenInstanceError):
        setattr(value, fields(value)[0].name, "other")


def test_two_letters_with_the_same_words_and_key_are_one():
    again = Outgoing(LETTER.to, LETTER.subject, LETTER.body, LETTER.key)

    assert len({LETTER, again}) == 1


def test_undeliverable_is_no_passing_trouble_of_the_line():
    assert not issubclass(Undeliverable, OSError)  # which a notifier raises to be asked again
