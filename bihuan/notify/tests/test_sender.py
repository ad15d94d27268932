"""Who sends our letters is a setting: refused when it is nonsense, and no letter dies of it."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from bihuan.accounts import queries as accounts
from bihuan.core.ports import Outgoing, Undeliverable
from bihuan.events.models import Event
from bihuan.notify import tasks
from bihuan.notify.models import Message
from bihuan.notify.providers import NoAnswer
from bihuan.notify.providers.email import Email
from bihuan.notify.providers.letter import sender_of
from bihuan.notify.tests.people import AT, STREAM, People
from bihuan.notify.tests.sink import Sink
from bihuan.notify.tests.told import tell

MAIL = Outgoing(to="aili@example.com", subject="已登记", body="您好", key="1.1:n:p1:email")
NAMED = "优选商城 <service@mall.example>"


def email(sink: Sink, sender: str = "service@mall.example") -> Email:
    at = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
    return Email(host="127.0.0.1", port=sink.port, sender=sender, tls="none", timeout=5, at=at)


def start(sender: str, home: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BIHUAN_")}
    given = {"BIHUAN_MAIL_FROM": sender, "BIHUAN_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-c", "import bihuan.config.settings"],
        env=kept | given, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_named_sender_is_told_to_the_server_plainly_and_to_the_reader_by_name(sink: Sink):
    email(sink, NAMED).send(MAIL)

    read = message_from_bytes(sink.letters[0], policy=default)
    assert (read["From"].addresses[0].display_name, sink.senders) == (
        "优选商城", ["mail FROM:<service@mall.example>"],
    )  # fmt: skip
    assert read["Message-ID"].endswith("@mall.example>")


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "service",
        "优选商城 service@mall.example",
        "<>",
        "服务@mall.example",
        "a\nb <a@b.example>",
    ],
)
def test_a_sender_no_server_could_be_told_is_none(bad: str):
    with pytest.raises(ValueError, match="no sender"):
        sender_of(bad)


def test_nothing_starts_with_a_sender_that_is_none(tmp_path: Path):
    refused = start("优选商城 service@mall.example", tmp_path)

    assert refused.returncode != 0
    assert "BIHUAN_MAIL_FROM=" in refused.stderr
    assert "service@example.com" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert start(NAMED, tmp_path).returncode == 0


def test_a_letter_does_not_die_of_a_sender_that_is_none(sink: Sink):
    with pytest.raises(NoAnswer):
        email(sink, "service").send(MAIL)

    assert sink.letters == []


@pytest.mark.parametrize("said", ["530 5.7.0 sign in first", "550 not you", "451 not now"])
def test_a_no_to_the_sender_is_tried_again_and_costs_one_try(people: People, sink: Sink, said: str):
    sink.says["MAIL"] = said
    for n in range(3):
        tell(people, key=f"{n}")

    tasks.send_email(AT)

    rows = Message.objects.filter(channel="email").order_by("id")
    assert [(one.state, one.tries) for one in rows] == [
        ("queued", 1), ("queued", 0), ("queued", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "530 5.7.0 Authentication required",
        "553 5.7.1 <service@mall.example>: Sender address rejected: not owned by user",
        "550 5.1.8 <service@mall.example>: domain not found",
        "554 5.7.1 <aili@example.com>: Relay access denied",
    ],
)
def test_a_no_about_the_sender_that_comes_late_is_still_about_the_sender(sink: Sink, said: str):
    sink.says["RCPT"] = said

    with pytest.raises(NoAnswer):
        email(sink).send(MAIL)


@pytest.mark.parametrize("said", ["550 5.1.1 no such user", "550 5.7.1 blocked by the recipient"])
def test_a_no_about_the_recipient_ends_the_letter(sink: Sink, said: str):
    sink.says["RCPT"] = said

    with pytest.raises(Undeliverable):
        email(sink).send(MAIL)


@pytest.mark.parametrize(("said", "gone"), [("550 5.1.1 no such user", 1), ("552 5.2.2 full", 0)])
def test_an_address_that_is_refused_as_none_is_known_to_be_none(
    people: People, sink: Sink, said: str, gone: int
):
    sink.says["RCPT"] = said
    tell(people)

    tasks.send_email(AT)

    assert Message.objects.get(channel="email").state == "dead"
    assert Event.objects.filter(stream=STREAM, kind="person.mail_failed").count() == gone
    assert (accounts.contact(people.aili, "email") is None) == bool(gone)
