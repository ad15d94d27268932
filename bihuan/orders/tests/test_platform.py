"""The signed line to an order system: what is asked, and of whose answers nothing is trusted."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from bihuan.core import signed
from bihuan.core.ports import OrderSystemFault, RefundWish
from bihuan.demo import shop as shops_own
from bihuan.orders.providers import platform
from bihuan.orders.providers.platform import Platform
from bihuan.orders.tests import shops
from bihuan.orders.tests.shops import AT, KEY, LAMP, Clock

ORDER: dict[str, Any] = shops_own._plain(LAMP)
WISH = RefundWish("k1", LAMP.number, 5000, "damaged")


def asked(url: str, timeout: float = 3.0) -> Platform:
    return Platform(url=url, keys=[KEY], at=AT, timeout=timeout)


def fault_of(said: Any, *, bought: bool = False, **moods: Any) -> str:
    with shops.lying(Clock(), lambda _: said) as liar:
        for name, value in moods.items():
            setattr(liar, name, value)
        line = asked(liar.url, timeout=0.3 if liar.waits else 3)
        with pytest.raises(OrderSystemFault) as fault:
            line.bought_by(LAMP.account) if bought else line.find(LAMP.number)
    return fault.value.code


def test_the_worked_example_of_the_contract_is_signed_as_it_says():
    text = (Path(__file__).parents[3] / "docs/orders.md").read_text("utf-8")
    secret = re.search(r"Secret `(whsec_\S+)`", text)
    body = re.search(r"```\n(.+)\n```", text)
    told = re.search(r"webhook-signature: (\S+)`", text)
    assert secret
    assert body
    assert told

    made = signed.signature(signed.key_of(secret[1]), "ord_1", "1770969600", body[1].encode())

    assert made == told[1]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("paid_fen", "19900"), ("paid_fen", -1), ("paid_fen", 19900.0), ("paid_fen", True),
        ("refunded_fen", 19901), ("items", []), ("items", "lamp"), ("placed_at", "yesterday"),
        ("placed_at", "2026-02-04T08:00:00"), ("payment_state", "stolen"),
        ("parcel", [{"at": "2026-02-04T08:00:00+08:00", "code": "flown", "text": ""}]),
        ("page", "x" * 100_001), ("terms", None.__class__), ("shop", "悦居\n家电"), ("account", ""),
    ],
)  # fmt: skip
def test_an_order_of_another_shape_is_refused(field, value):
    order = copy.deepcopy(ORDER)
    if value is type(None):
        del order[field]
    else:
        order[field] = value

    assert fault_of({"order": order}) == "malformed"


@pytest.mark.parametrize(
    "said", [b"", b"[]", b"[" * 100_000, b"\xff", {"orders": []}, b"x" * (platform.MOST + 1)]
)
def test_what_is_no_answer_is_refused(said):
    assert fault_of(said) == "malformed"


@pytest.mark.parametrize(
    ("moods", "code"),
    [
        ({"key": b"x" * 32}, "unsigned"), ({"prefix": ""}, "unsigned"),
        ({"waits": 1.0}, "timed_out"), ({"status": 302}, "no_answer"),
        ({"status": 503}, "busy"), ({"status": 409}, "key_conflict"),
    ],
)  # fmt: skip
def test_who_does_not_sign_answer_in_time_or_say_yes_is_not_believed(moods, code):
    assert fault_of({"order": ORDER}, **moods) == code


def test_an_order_that_was_not_asked_for_is_refused():
    assert fault_of({"order": ORDER | {"number": "E1"}}) == "not_ours"
    assert fault_of({"orders": [ORDER | {"account": "U2"}]}, bought=True) == "not_ours"


@pytest.mark.parametrize("other", [{"key": "k2"}, {"number": "E1"}, {"amount_fen": 4999}])
def test_an_answer_about_another_refund_is_refused(other):
    refund = {
        "key": "k1", "number": LAMP.number, "amount_fen": 5000, "state": "done",
        "at": AT.isoformat(),
    }  # fmt: skip
    with (
        shops.lying(Clock(), lambda _: {"refund": refund | other}) as liar,
        pytest.raises(OrderSystemFault, match="not_ours"),
    ):
        asked(liar.url).ask_refund(WISH)


def test_nobody_there_is_no_answer():
    with pytest.raises(OrderSystemFault, match="no_answer"):
        asked("http://127.0.0.1:1/").find("E1")


def test_the_shop_pays_a_key_once_and_refuses_it_for_another_sum(tmp_path):
    clock = Clock()
    with shops.running(tmp_path, clock) as (_, system):
        line = asked(system.url)
        first = line.ask_refund(WISH)
        again = line.ask_refund(WISH)
        with pytest.raises(OrderSystemFault, match="key_conflict"):
            line.ask_refund(RefundWish("k1", LAMP.number, 1, "damaged"))
        clock.at = AT + shops_own.PAYS
        known = line.refund("k1")
        order = line.find(LAMP.number)

    assert (first.state, again) == ("pending", first)
    assert known is not None
    assert known.state == "done"
    assert order is not None
    assert (order.refunded_fen, order.payment_state) == (5000, "part_refunded")
