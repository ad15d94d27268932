"""A message is told once, or visibly not: leases, waits, and every way a try can end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from bihuan.accounts import commands as accounts
from bihuan.accounts.models import Person
from bihuan.core.actors import SYSTEM
from bihuan.events.models import Event
from bihuan.notify import commands, queries, rules, tasks
from bihuan.notify.commands import sending
from bihuan.notify.models import Message
from bihuan.notify.tests import wiring
from bihuan.notify.tests.people import AT, STREAM, People, enrol
from bihuan.notify.tests.sink import Sink
from bihuan.notify.tests.told import mail_of, tell
from bihuan.store import postgres


def until(people: People, hours: float) -> None:
    """Sweep at each moment the message is due, as long as that is before so many hours."""
    while (due := mail_of(people).next_try_at) and due <= AT + timedelta(hours=hours):
        tasks.send_email(due)


def test_a_message_lies_in_the_app_at_once_and_its_row_is_the_delivery(people: People):
    tell(people, channels=())

    tasks.send_inbox(AT)

    row = Message.objects.get(person_id=people.aili)
    assert (row.state, row.sent_at, row.subject) == ("delivered", AT, "已办结：TS1")


def test_who_left_neither_account_nor_contact_is_told_nothing_and_it_is_shown(people: People):
    nobody = accounts.register_person(contact=accounts.Contact(name="李四"), at=AT)
    tell(replace(people, aili=nobody), channels=())

    tasks.send_inbox(AT)

    row = Message.objects.get(person_id=nobody)
    assert (row.state, row.error) == ("dead", "no_way_in")
    [event] = Event.objects.filter(kind="message.failed")
    assert event.data["error_code"] == "no_way_in"
    assert queries.has_trail([STREAM]) == {STREAM}  # the loop is not open for want of a notice
    left = accounts.Contact(phone="13900007777")
    accounts.update_contact(person_id=nobody, contact=left, by=SYSTEM, at=AT)
    assert queries.has_trail([STREAM]) == set()  # until they leave one, and are told


def test_the_same_key_is_told_once(people: People, sink: Sink):
    first = tell(people)
    again = tell(people)
    tasks.send_email(AT)
    tell(people)
    tasks.send_email(AT)

    assert [m.id for m in again] == [m.id for m in first]
    assert len(sink.letters) == 1


def test_a_supplier_s_limit_a_minute_lets_the_rest_wait(
    people: People, sink: Sink, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(wiring.RATES, "email", 3)
    for number in range(8):
        tell(people, key=f"{number}:closed:p")

    left = []
    for seconds in (0, 20, 61, 125):
        tasks.send_email(AT + timedelta(seconds=seconds))
        left.append(len(sink.letters))

    assert left == [3, 3, 6, 8]


def test_a_person_without_that_contact_is_told_in_the_app_only(people: People):
    made = tell(people, channels=("email", "sms"))

    assert [m.channel for m in made] == ["inbox", "email"]


def test_a_letter_that_was_taken_is_sent_and_the_case_says_so(people: People, sink: Sink):
    tell(people)

    tasks.send_email(AT)

    row = mail_of(people)
    assert (row.state, row.receipt, row.tries, row.leased_until) == ("sent", "kept as 1", 1, None)
    said = Event.objects.get(stream=STREAM, kind="message.delivered")
    assert said.data["channel"] == "email"
    assert "example.com" not in str(said.data)


def test_a_busy_server_is_asked_again_after_growing_waits_and_then_delivers(
    people: People, sink: Sink
):
    tell(people)
    sink.mood = "busy"
    tasks.send_email(AT)
    tasks.send_email(AT + timedelta(seconds=29))
    assert sink.calls == 1

    tasks.send_email(AT + timedelta(seconds=30))
    assert mail_of(people).next_try_at == AT + timedelta(seconds=90)
    sink.mood = "kind"
    tasks.send_email(AT + timedelta(seconds=90))

    assert mail_of(people).state == "sent"
    assert sink.calls == 3


def test_after_a_day_of_refusals_the_message_is_dead_and_shown(people: People, sink: Sink):
    tell(people)
    sink.mood = "busy"

    until(people, 23.9)
    assert mail_of(people).state == "queued"
    until(people, 25.5)

    row = mail_of(people)
    assert (row.state, row.next_try_at) == ("dead", None)
    assert row.tries > rules.LEAST_TRIES
    assert Event.objects.get(stream=STREAM, kind="message.failed").data["error_code"] == "no_answer"


def test_a_permanent_no_ends_at_once_and_keeps_no_address(people: People, sink: Sink):
    tell(people)
    sink.mood = "unknown_user"

    tasks.send_email(AT)

    row = mail_of(people)
    assert (row.state, row.tries) == ("dead", 1)
    assert row.error.startswith("550")
    assert "aili@example.com" not in row.error
    assert Event.objects.get(kind="message.failed").data["error_code"] == "550"


def test_a_lost_answer_is_sent_again_under_the_same_id(people: People, sink: Sink):
    tell(people)
    sink.mood = "drops_after_data"
    tasks.send_email(AT)
    sink.mood = "kind"
    tasks.send_email(AT + timedelta(seconds=30))

    ids = {line for raw in sink.letters for line in raw.splitlines() if b"Message-ID" in line}
    assert (len(sink.letters), len(ids)) == (2, 1)
    assert (mail_of(people).state, mail_of(people).error) == ("sent", "")


def test_a_lost_answer_followed_by_a_no_is_unknown_and_never_called_a_failure(
    people: People, sink: Sink
):
    tell(people)
    sink.mood = "drops_after_data"
    tasks.send_email(AT)
    sink.mood = "unknown_user"
    tasks.send_email(AT + timedelta(seconds=30))

    assert (mail_of(people).state, mail_of(people).error) == ("unknown", "reply_lost")


def test_a_sender_that_died_holding_a_message_leaves_its_fate_unknown(people: People, sink: Sink):
    tell(people)
    Message.objects.filter(channel="email").update(tries=1, leased_until=AT + commands.LEASE)
    sink.mood = "unknown_user"

    tasks.send_email(AT)
    assert sink.calls == 0
    tasks.send_email(AT + commands.LEASE)

    assert mail_of(people).state == "unknown"


def test_a_dead_server_costs_one_try_and_delays_nobody_in_the_app(people: People, sink: Sink):
    for n in range(5):
        tell(people, key=f"{n}")
    sink.mood = "closing"

    tasks.send_email(AT)
    tasks.send_inbox(AT)

    assert sink.calls == 1
    waiting = Message.objects.filter(channel="email").order_by("id")
    assert [m.tries for m in waiting] == [1, 0, 0, 0, 0]
    assert all(m.leased_until is None for m in waiting)
    assert Message.objects.filter(channel="inbox", state="delivered").count() == 5


def test_more_than_a_batch_leaves_in_one_go(people: People, sink: Sink):
    for n in range(commands.BATCH + 3):
        tell(people, key=f"{n}")

    tasks.send_email(AT)

    assert len(sink.letters) == commands.BATCH + 3


def test_an_address_that_is_gone_ends_the_message(people: People, sink: Sink):
    tell(people)
    Person.objects.filter(id=people.aili).update(erased_at=AT)

    tasks.send_email(AT)

    row = mail_of(people)
    assert (row.state, row.error, sink.calls) == ("dead", "no_contact", 0)


def test_a_provider_is_called_outside_any_transaction(fresh_db: postgres.Urls):
    tell(enrol(), channels=())

    tasks.send_inbox(AT)

    assert wiring.ERRANDS == [("1.1:closed:p:inbox", False)]


def test_a_sweep_passes_by_what_another_one_is_taking(fresh_db: postgres.Urls, sink: Sink):
    people = enrol()
    for n in range(3):
        tell(people, key=f"{n}")
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '500ms'")  # who waits, fails

    with psycopg.connect(fresh_db.app) as other:
        other.execute("SELECT FROM notify_message WHERE key = '1:email' FOR UPDATE")
        tasks.send_email(AT)
        assert len(sink.letters) == 2
    tasks.send_email(AT)

    assert len(sink.letters) == 3
    rows = Message.objects.filter(channel="email").values_list("state", "tries")
    assert set(rows) == {("sent", 1)}


def test_a_sender_that_was_overtaken_changes_nothing(people: People, sink: Sink):
    tell(people)
    (held,) = sending._lease("email", AT, 20)
    tasks.send_email(AT + commands.LEASE)

    sending._settle(held, sending.Outcome("dead", "550 late"), AT + commands.LEASE)

    assert mail_of(people).state == "sent"
    assert not Event.objects.filter(kind="message.failed").exists()
