"""From the outbox to the subscribers: in order, once, and past what cannot be taken."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from bihuan.core.actors import Actor, Role
from bihuan.events import delivery, log, relay
from bihuan.events.models import DeadLetter, Event, Heard, Live, Pending
from bihuan.events.tests import switchboard
from bihuan.events.tests.switchboard import BATCHES, COUNT, ECHO, POISON, TOGETHER
from bihuan.store.postgres import Urls

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
AILI = Actor(3, frozenset({Role.CUSTOMER}), name="爱丽")
ECHOES = f"{switchboard.__name__}.echo"


@pytest.fixture(autouse=True)
def wires(settings: Any) -> Iterator[None]:
    settings.BIHUAN_WIRING = switchboard.__name__
    yield
    POISON.clear()
    BATCHES.clear()


def say(stream: int, times: int = 1, kind: str = "case.message_added") -> None:
    for _ in range(times):
        with transaction.atomic():
            log.append(kind, stream=stream, by=AILI, at=AT)


def heard(stream: int, by: int = ECHO) -> list[int]:
    rows = Event.objects.filter(stream=stream + by).order_by("seq")
    return [row.data["version"] for row in rows]


def jobs() -> list[tuple[str, list[list[int]]]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lock, args->'events' #>> '{}' FROM procrastinate_jobs ORDER BY id")
        return [(lock.rpartition(".")[2], json.loads(events)) for lock, events in cursor.fetchall()]


@pytest.mark.django_db
def test_the_relay_makes_one_job_for_each_subscriber_in_the_order_of_stream_and_seq() -> None:
    say(8)
    say(7, 2)
    say(8, kind="case.noted")

    assert relay.relay() == 4

    batch = [[7, 1], [7, 2], [8, 1]]
    assert jobs() == [("echo", batch), ("count", batch)]
    assert not Pending.objects.exists()
    assert list(Live.objects.values_list("stream", "seq").order_by("id")) == [
        (7, 1),
        (7, 2),
        (8, 1),
        (8, 2),
    ]
    assert relay.relay() == 0


@pytest.mark.django_db
def test_a_job_holds_a_hundred_events_at_most() -> None:
    say(7, 101)
    relay.relay()
    assert [len(events) for lock, events in jobs() if lock == "echo"] == [100, 1]


def test_two_relays_never_work_at_once(fresh_db: Urls) -> None:
    say(7)
    seen: list[int] = []

    def other() -> None:
        seen.append(relay.relay())
        connection.close()

    with transaction.atomic():
        assert relay.relay() == 1
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert seen == [0]


@pytest.mark.django_db
def test_what_the_relay_could_not_hand_on_stays_in_the_outbox() -> None:
    say(7)
    with transaction.atomic():
        relay.relay()
        transaction.set_rollback(True)
    assert Pending.objects.count() == 1
    assert jobs() == []


@pytest.mark.django_db
def test_every_subscriber_hears_its_kinds_in_order() -> None:
    say(7, 3)
    say(7, kind="clock.missed")
    relay.drain(AT)

    assert heard(7) == [1, 2, 3, 4]
    assert heard(7, COUNT) == [1, 2, 3]
    assert jobs() == []


@pytest.mark.django_db
def test_what_was_deferred_before_is_heard_before_what_is_handed_on_here() -> None:
    say(7)
    relay.relay()
    say(7)

    relay.drain(AT)

    assert heard(7) == [1, 2]
    assert jobs() == []


@pytest.mark.django_db
def test_who_hears_a_batch_whole_is_called_once_for_all_of_it() -> None:
    for stream in (8, 7):
        say(stream, 2, kind="case.archived")
    relay.drain(AT)

    assert BATCHES == [[(7, 1), (7, 2), (8, 1), (8, 2)]]


@pytest.mark.django_db
def test_poison_in_a_batch_heard_whole_parks_its_own_stream_and_neighbours_pass() -> None:
    for stream in (6, 7, 8):
        say(stream, 2, kind="case.archived")
    POISON.add((7, 1))
    relay.drain(AT)

    assert [heard(stream, TOGETHER) for stream in (6, 7, 8)] == [[1, 2], [], [1, 2]]
    letters = DeadLetter.objects.order_by("seq").values_list("stream", "seq", "parked")
    assert list(letters) == [(7, 1, False), (7, 2, True)]


@pytest.mark.django_db
def test_a_batch_that_arrives_twice_is_heard_once() -> None:
    say(7, 2)
    delivery.handle(ECHOES, [(7, 1), (7, 2)], AT)
    delivery.handle(ECHOES, [(7, 1), (7, 2)], AT)
    assert heard(7) == [1, 2]


def test_the_same_batch_at_two_workers_is_heard_once(fresh_db: Urls, at_once: Any) -> None:
    say(7, 20)
    places = [(7, seq) for seq in range(1, 21)]

    at_once(*[lambda: delivery.handle(ECHOES, places, AT)] * 3)

    assert heard(7) == list(range(1, 21))


@pytest.mark.django_db
def test_poison_parks_its_own_stream_and_neighbours_pass() -> None:
    for stream in (6, 7, 8):
        say(stream, 3)
    POISON.add((7, 2))

    relay.drain(AT)

    assert heard(6) == [1, 2, 3]
    assert heard(8) == [1, 2, 3]
    assert heard(7) == [1]
    assert heard(7, COUNT) == [1, 2, 3]
    letters = DeadLetter.objects.order_by("seq").values_list("stream", "seq", "parked", "tries")
    assert list(letters) == [(7, 2, False, 1), (7, 3, True, 0)]


@pytest.mark.django_db
def test_later_batches_of_a_blocked_stream_are_parked_too() -> None:
    POISON.add((7, 1))
    say(7)
    relay.drain(AT)
    say(7)
    say(8)
    relay.drain(AT)

    assert heard(7) == []
    assert heard(8) == [1]
    assert DeadLetter.objects.filter(parked=True, seq=2).exists()


@pytest.mark.django_db
def test_a_dead_letter_says_where_it_failed_and_quotes_nobody() -> None:
    POISON.add((7, 1))
    say(7)
    relay.drain(AT)

    letter = DeadLetter.objects.get()
    assert letter.error.startswith("ValueError in echo, switchboard.py:")
    assert "139" not in letter.error


@pytest.mark.django_db
def test_when_the_cause_is_mended_the_stream_is_heard_in_order_and_once() -> None:
    POISON.add((7, 2))
    say(7, 4)
    relay.drain(AT)

    assert delivery.retry(ECHOES, 7, AT) == 0
    assert DeadLetter.objects.get(seq=2).tries == 2
    POISON.clear()
    assert delivery.retry(ECHOES, 7, AT) == 3

    assert heard(7) == [1, 2, 3, 4]
    assert not DeadLetter.objects.exists()
    assert Heard.objects.filter(subscriber=ECHOES).count() == 4


@pytest.mark.django_db
def test_the_next_poison_behind_the_first_becomes_the_head() -> None:
    POISON.update({(7, 1), (7, 3)})
    say(7, 3)
    relay.drain(AT)
    POISON.discard((7, 1))

    assert delivery.retry(ECHOES, 7, AT) == 2

    assert heard(7) == [1, 2]
    letter = DeadLetter.objects.get()
    assert (letter.seq, letter.parked, letter.tries) == (3, False, 1)


@pytest.mark.django_db
def test_dead_letters_are_tried_again_ever_later_and_five_times_in_all() -> None:
    POISON.add((7, 1))
    say(7)
    relay.drain(AT)

    def tries() -> int:
        return DeadLetter.objects.get().tries

    delivery.retry_due(AT + timedelta(seconds=59))
    assert tries() == 1
    at = AT + timedelta(seconds=60)
    delivery.retry_due(at)
    assert tries() == 2
    delivery.retry_due(at + timedelta(seconds=119))
    assert tries() == 2
    for n in range(1, 10):
        delivery.retry_due(at + timedelta(days=n))
    assert tries() == 5


@pytest.mark.django_db
def test_a_browser_keeps_its_place_while_old_live_rows_go() -> None:
    say(7, 3)
    relay.relay()
    assert relay.forget_old(AT) == 0
    assert relay.forget_old(AT, keep=1) == 2
    assert Live.objects.get().seq == 3
