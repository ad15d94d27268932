"""A notice that one way does not carry goes by the next the person has (2.4.1)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bihuan.accounts import commands as accounts
from bihuan.core.actors import SYSTEM
from bihuan.core.ports import Outgoing, Undeliverable
from bihuan.notify import commands, tasks
from bihuan.notify.models import Message
from bihuan.notify.tests import wiring
from bihuan.notify.tests.people import AT, STREAM, People
from bihuan.notify.tests.sink import Sink
from bihuan.notify.tests.told import FACTS


class Texts:
    """A supplier of text messages that remembers, or refuses."""

    name = "sms"
    refuses = False

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []

    def send(self, message: Outgoing) -> str:
        if self.refuses:
            raise Undeliverable("isv.MOBILE_NUMBER_ILLEGAL")
        self.sent.append(message)
        return "1"


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> Texts:
    supplier = Texts()
    ways = [*wiring.NOTIFIERS, ("sms", lambda at: supplier)]
    monkeypatch.setattr(wiring, "NOTIFIERS", ways)
    return supplier


@pytest.fixture
def wang(people: People) -> int:
    """Somebody with a mail address and a phone."""
    contact = accounts.Contact(name="王芳", email="wang@example.com", phone="13900004444")
    return accounts.register_person(contact=contact, at=AT)


def tell(person: int, way: str, at: datetime = AT) -> None:
    commands.tell(
        "closed", key=f"1.1:closed:p{person}", facts=FACTS, person_id=person, case_id=STREAM,
        channels=[way], at=at,
    )  # fmt: skip


def rows() -> dict[str, str]:
    return dict(Message.objects.values_list("channel", "state"))


def test_a_refused_letter_becomes_a_text_message(wang: int, sink: Sink, texts: Texts):
    sink.mood = "unknown_user"
    tell(wang, "email")

    tasks.send_email(AT)
    tasks.send_sms(AT)

    assert rows() == {"inbox": "queued", "email": "dead", "sms": "sent"}
    assert texts.sent[0].subject == "已办结：TS1"


def test_a_refused_text_message_becomes_a_letter_with_its_words(
    wang: int, sink: Sink, texts: Texts
):
    texts.refuses = True
    tell(wang, "sms")

    tasks.send_sms(AT)
    tasks.send_email(AT)

    assert rows() == {"inbox": "queued", "email": "sent", "sms": "dead"}
    letter = Message.objects.get(channel="email")
    assert letter.body == Message.objects.get(channel="inbox").body


def test_a_bounce_that_comes_later_does_the_same_once(wang: int, sink: Sink, texts: Texts):
    tell(wang, "email")
    tasks.send_email(AT)
    letter = Message.objects.get(channel="email")

    for _report in range(2):
        commands.bounced(
            message_id=letter.id, permanent=True, status="5.1.1", by=SYSTEM,
            at=AT + timedelta(hours=1),
        )  # fmt: skip

    assert rows() == {"inbox": "queued", "email": "dead", "sms": "queued"}


def test_when_both_ways_fail_they_do_not_take_turns_for_ever(wang: int, sink: Sink, texts: Texts):
    sink.mood, texts.refuses = "unknown_user", True
    tell(wang, "email")

    for minutes in range(5):
        tasks.send_email(AT + timedelta(minutes=minutes))
        tasks.send_sms(AT + timedelta(minutes=minutes))

    assert rows() == {"inbox": "queued", "email": "dead", "sms": "dead"}


def test_when_two_ways_fail_the_third_is_taken_and_no_way_twice(
    wang: int, sink: Sink, texts: Texts, monkeypatch: pytest.MonkeyPatch
):
    accounts.bind_wechat(openid="o" * 28, person_id=wang, by=SYSTEM, at=AT)
    there = Texts()
    ways = [*wiring.NOTIFIERS, ("wechat", lambda at: there)]
    monkeypatch.setattr(wiring, "NOTIFIERS", ways)
    sink.mood, texts.refuses = "unknown_user", True
    tell(wang, "email")

    for minutes in range(3):
        for send in (tasks.send_email, tasks.send_sms, tasks.send_wechat):
            send(AT + timedelta(minutes=minutes))

    assert rows() == {"inbox": "queued", "email": "dead", "sms": "dead", "wechat": "sent"}
    assert len(there.sent) == 1


def test_who_has_no_other_way_keeps_the_message_in_the_app(
    people: People, sink: Sink, texts: Texts
):
    sink.mood = "unknown_user"
    tell(people.aili, "email")

    tasks.send_email(AT)

    assert rows() == {"inbox": "queued", "email": "dead"}
