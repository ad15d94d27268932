"""Every plug that is listed passes its port, the moment it is listed."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bihuan.config import wiring
from bihuan.core.ports import Notifier, Outgoing, Undeliverable
from bihuan.notify.tests import sink as sinks
from bihuan.notify.tests.sink import Sink
from tests.house import source

AT = datetime(2026, 2, 13, 8, tzinfo=UTC)
LETTER = Outgoing(
    to="ai.li@example.com",
    subject="已受理：TS2026021300000018",
    body="您好。\n.\n进度：http://mall.example/complaints/TS2026021300000018/",
    key="1.1:accepted:7",
)
#: A channel as it is, and as it is when a mail server is named.
LISTED = [
    *((channel, make, False) for channel, make in wiring.NOTIFIERS),
    ("email", wiring.email, True),
]


@pytest.fixture
def server() -> Iterator[Sink]:
    with sinks.running() as sink:
        yield sink


@pytest.fixture(params=LISTED, ids=lambda listed: f"{listed[0]}{'-smtp' if listed[2] else ''}")
def plug(request: Any, settings: Any, tmp_path: Path, server: Sink) -> Notifier:
    """A listed notifier as a sweep would make it, in a house of its own."""
    _, make, over_smtp = request.param
    settings.HOME = tmp_path
    if over_smtp:
        settings.SMTP_HOST, settings.SMTP_PORT, settings.SMTP_TLS = "127.0.0.1", server.port, "none"
    made: Notifier = make(AT)
    return made


def carried(tmp_path: Path, server: Sink) -> list[bytes]:
    """Every letter that left."""
    return [*server.letters, *(file.read_bytes() for file in tmp_path.rglob("*.eml"))]


def test_it_has_a_name_and_the_calls_of_the_port(plug: Notifier) -> None:
    wanted = inspect.signature(Notifier.send)

    assert plug.name
    assert inspect.signature(type(plug).send).parameters.keys() == wanted.parameters.keys()
    assert inspect.signature(type(plug).send).return_annotation == wanted.return_annotation


def test_it_gives_a_receipt_and_the_same_key_is_one_letter_for_its_reader(
    plug: Notifier, tmp_path: Path, server: Sink
) -> None:
    receipts = [plug.send(LETTER) for _ in range(2)]

    assert all(receipts)
    letters = carried(tmp_path, server)
    ids = {line for raw in letters for line in raw.splitlines() if b"Message-ID" in line}
    assert len(ids) <= 1
    assert bool(ids) == bool(letters) == (plug.name != "inbox")


def test_it_says_undeliverable_where_sending_again_will_not_help(
    plug: Notifier, tmp_path: Path, server: Sink
) -> None:
    with pytest.raises(Undeliverable):
        plug.send(Outgoing(to="", subject="已受理", body="您好。", key="k"))

    assert carried(tmp_path, server) == []


@pytest.mark.parametrize("made", [make(AT) for _, make in wiring.NOTIFIERS], ids=lambda m: m.name)
def test_it_stands_in_one_file_below_its_rooms_sockets(made: Notifier) -> None:
    module = type(made).__module__

    assert ".providers." in module
    assert module in {m.name for m in source.modules()}
