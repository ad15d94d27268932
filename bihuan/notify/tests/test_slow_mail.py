"""One message that fails, or a server that is slow, costs the others nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from bihuan.accounts import commands as accounts
from bihuan.accounts.models import Person
from bihuan.core.ports import Outgoing
from bihuan.notify import commands, tasks
from bihuan.notify.models import Message
from bihuan.notify.tests import wiring
from bihuan.notify.tests.people import AT, STREAM, People
from bihuan.notify.tests.sink import Sink
from bihuan.notify.tests.told import FACTS, mail_of, tell


class Slow:
    """A provider that keeps what it was given; each letter takes `seconds`, and then `calls`."""

    name = "email"

    def __init__(self, seconds: int) -> None:
        self.now, self.seconds, self.sent = AT, seconds, list[str]()
        self.calls: Callable[[], None] = lambda: None

    def send(self, message: Outgoing) -> str:
        self.now += timedelta(seconds=self.seconds)
        self.sent.append(message.key)
        self.calls()
        return "ok"

    def clock(self) -> datetime:
        return self.now


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    """Half a minute a letter, by a clock that only it moves."""
    provider = Slow(30)
    listed = [("inbox", dict(wiring.NOTIFIERS)["inbox"]), ("email", lambda at: provider)]
    monkeypatch.setattr(wiring, "NOTIFIERS", listed)
    monkeypatch.setattr(tasks, "clock", provider.clock)
    return provider


def test_a_backlog_longer_than_the_lease_is_sent_once_by_two_workers(people: People, slow: Slow):
    for n in range(45):
        tell(people, key=f"{n}")

    def look() -> None:
        if len(slow.sent) == 43:
            tasks.send_email(slow.now)  # the other worker, at this moment

    slow.calls = look
    while Message.objects.filter(channel="email", state="queued").exists():
        tasks.send_email(slow.now)

    assert len(slow.sent) == len(set(slow.sent)) == 45


def test_a_server_that_uses_up_the_lease_is_given_no_more_of_the_batch(people: People, slow: Slow):
    for n in range(10):
        tell(people, key=f"{n}")
    slow.seconds = 120

    tasks.send_email(AT)

    waiting = Message.objects.filter(channel="email", state="queued")
    assert len(slow.sent) == 4
    assert [(one.tries, one.leased_until) for one in waiting] == [(0, None)] * 6


def test_a_letter_counts_as_sent_when_it_was(people: People, slow: Slow):
    tell(people)

    tasks.send_email(AT)

    assert mail_of(people).sent_at == AT + timedelta(seconds=30)


def test_an_address_that_cannot_be_read_is_a_failed_try_of_that_message_alone(
    people: People, sink: Sink, caplog: pytest.LogCaptureFixture
):
    other = accounts.register_person(contact=accounts.Contact(email="ding@example.com"), at=AT)
    tell(people)
    commands.tell(
        "closed", key="2.1:closed:p", facts=FACTS, person_id=other, case_id=STREAM,
        channels=("email",), at=AT,
    )  # fmt: skip
    *whole, last = bytes(Person.objects.get(id=people.aili).email or b"")
    broken = bytes([*whole, last ^ 1])
    Person.objects.filter(id=people.aili).update(email=broken)

    with caplog.at_level(logging.ERROR, "bihuan"):
        tasks.send_email(AT)

    assert Message.objects.get(person_id=other, channel="email").state == "sent"
    row = mail_of(people)
    assert (row.state, row.error, row.leased_until) == ("queued", "Tampered", None)
    assert row.next_try_at == AT + timedelta(seconds=30)
    assert f"message {row.id}: Tampered" in caplog.text


def test_a_fault_of_the_provider_tells_nothing_personal(
    people: People, slow: Slow, caplog: pytest.LogCaptureFixture
):
    tell(people)

    def break_down() -> None:
        raise RuntimeError("aili@example.com")

    slow.calls = break_down
    with caplog.at_level(logging.ERROR, "bihuan"):
        tasks.send_email(AT)

    assert mail_of(people).error == "RuntimeError"
    assert "aili" not in caplog.text
