"""Every plug that is listed passes its port, the moment it is listed."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bihuan.cases.tests import people
from bihuan.config import wiring
from bihuan.config.ways_out import Pushed, TextMessages
from bihuan.core.ports import (
    Notifier,
    OrderSource,
    OrderSystemFault,
    Outgoing,
    RefundWish,
    Standing,
    Undeliverable,
)
from bihuan.events.wires import called
from bihuan.notify.tests import apps
from bihuan.notify.tests import gateway as gateways
from bihuan.notify.tests import sink as sinks
from bihuan.notify.tests import weixin as weixins
from bihuan.notify.tests.apps import App
from bihuan.notify.tests.gateway import Gateway
from bihuan.notify.tests.sink import Sink
from bihuan.notify.tests.weixin import Weixin
from bihuan.orders.tests import shops
from bihuan.orders.tests.shops import LAMP
from bihuan.policy import loader as policy
from bihuan.wechat.tests import chat
from tests.house import source

AT = datetime(2026, 2, 13, 8, tzinfo=UTC)
LETTER = Outgoing(
    to="ai.li@example.com",
    subject="已受理：TS2026021300000018",
    body="您好。\n.\n进度：http://mall.example/complaints/TS2026021300000018/",
    key="1.1:accepted:7",
)
#: A channel as it is in a demo, and as it is when its supplier is named.
LISTED = [
    *((way, make, False) for way, make in wiring.NOTIFIERS if way in ("inbox", "email", "sms")),
    *((way, make, True) for way, make in wiring.NOTIFIERS if way != "inbox"),
]
ACCOUNT = TextMessages(
    key_id=gateways.KEY_ID, secret=gateways.SECRET, sign_name="优选商城", template="SMS_1",
    code_template="SMS_2", url="",
)  # fmt: skip


@dataclass
class Outside:
    """Where a plug's messages go: a mail server, suppliers, an app, a folder."""

    sink: Sink
    gateway: Gateway
    weixin: Weixin
    app: App
    folder: Path

    def carried(self) -> list[bytes]:
        """Every message that left, each with what makes two of them known as one."""
        files = [file.read_bytes() for file in self.folder.rglob("*.eml")]
        texts = [f"Message-ID: {one['OutId']}".encode() for one in self.gateway.sent]
        # words by WeChat have no such mark: a second try is the template, which has one
        said = [json.dumps(one) for one in self.weixin.said]
        marks = [one["client_msg_id"] for one in self.weixin.templates] + [*self.app.told]
        told = [*said, *(f"Message-ID: {mark}" for mark in marks)]
        return [*self.sink.letters, *texts, *files, *(one.encode() for one in told)]


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    with (
        sinks.running() as sink, gateways.running() as gateway, weixins.running() as weixin,
        apps.running() as app,
    ):  # fmt: skip
        yield Outside(sink, gateway, weixin, app, tmp_path)


@pytest.fixture(params=LISTED, ids=lambda listed: f"{listed[0]}{'-outside' if listed[2] else ''}")
def plug(request: Any, settings: Any, outside: Outside) -> Notifier:
    """A listed notifier as a sweep would make it, in a house of its own."""
    channel, make, named = request.param
    settings.HOME, settings.DEMO = outside.folder, True
    if channel == "wechat":
        request.getfixturevalue("db")  # every process finds the token there
    if named:
        settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", outside.sink.port
        settings.SMTP_TLS, settings.SMS = "none", replace(ACCOUNT, url=outside.gateway.url)
        settings.WECHAT = chat.account(url=outside.weixin.url)
        settings.PUSH = Pushed(outside.app.url, (apps.NEW,))
    made: Notifier = make(AT)
    return made


def letter_for(plug: Notifier) -> Outgoing:
    number = plug.name == "sms" or getattr(plug, "domain", "")
    to = {"wechat": weixins.OPENID, "push": "u-1001"}.get(plug.name, LETTER.to)
    return replace(LETTER, to="13812340001" if number else to)


def test_it_has_a_name_and_the_calls_of_the_port(plug: Notifier) -> None:
    wanted = inspect.signature(Notifier.send)

    assert plug.name
    assert inspect.signature(type(plug).send).parameters.keys() == wanted.parameters.keys()
    assert inspect.signature(type(plug).send).return_annotation == wanted.return_annotation


def test_it_gives_a_receipt_and_the_same_key_is_one_letter_for_its_reader(
    plug: Notifier, outside: Outside
) -> None:
    letter = letter_for(plug)
    receipts = [plug.send(replace(letter, again=again)) for again in (False, True)]

    assert all(receipts)
    letters = outside.carried()
    ids = {line for raw in letters for line in raw.splitlines() if b"Message-ID" in line}
    assert len(ids) <= 1
    assert bool(ids) == bool(letters) == (plug.name != "inbox")


def test_it_says_undeliverable_where_sending_again_will_not_help(
    plug: Notifier, outside: Outside
) -> None:
    with pytest.raises(Undeliverable):
        plug.send(replace(LETTER, to=""))

    assert outside.carried() == []


def test_it_stands_in_one_file_below_its_rooms_sockets(plug: Notifier) -> None:
    module = type(plug).__module__

    assert ".providers." in module
    assert module in {m.name for m in source.modules()}


@pytest.mark.django_db
@pytest.mark.parametrize("path", wiring.CHANNELS)
def test_a_channel_says_how_it_stands_from_rows_alone(path: str, settings: Any) -> None:
    """In an empty house, and in a demo: nothing fails there that nobody has used yet."""
    people.house()
    settings.DEMO = True

    said = called(path)(AT)

    assert said is None or isinstance(said, Standing)
    if said:
        moments = (said.alive_at, said.failing_since, said.opens_at)
        assert all(one.tzinfo and one <= AT + timedelta(days=60) for one in moments if one)
        assert (said.failing_since is None) == (said.reason == "")


@pytest.mark.django_db
@pytest.mark.parametrize("path", wiring.CONTACTS)
def test_a_channel_counts_who_turned_to_it(path: str) -> None:
    people.house()

    counted = called(path)(AT - timedelta(days=90), AT)

    assert (counted.came, counted.answered) == (0, 0)
    assert counted.channel in policy.load_current().channels


@pytest.mark.parametrize("listed", wiring.ORDERS, ids=lambda listed: listed[0])
def test_an_order_source_tells_of_orders_and_refunds_and_pays_a_key_once(
    listed: Any, settings: Any, tmp_path: Path
) -> None:
    name, make = listed
    wish = RefundWish("k1", LAMP.number, 5000, "damaged")
    with shops.running(tmp_path, shops.Clock()) as (_, system):
        settings.ORDERS = system
        source: OrderSource = make(AT, None)
        assert source.name == name
        assert source.find(LAMP.number) == LAMP
        assert source.find("NOBODYS1") is None
        assert source.bought_by(LAMP.account) == (LAMP,)
        assert source.refund("k1") is None
        assert source.ask_refund(wish) == source.ask_refund(wish) == source.refund("k1")
        whole = source.ask_refund(RefundWish("k2", LAMP.number, LAMP.paid_fen, "damaged"))
        assert (whole.state, bool(whole.reason)) == ("refused", True)
        with pytest.raises(OrderSystemFault):
            source.ask_refund(replace(wish, amount_fen=1))


def test_a_house_without_an_order_system_has_no_source(settings: Any) -> None:
    settings.ORDERS = type(settings.ORDERS)()

    assert [make(AT, None) for _, make in wiring.ORDERS] == [None] * len(wiring.ORDERS)
