"""Turns and leases: nobody waits for a slow endpoint, and no event is sent twice by two sweeps."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta

from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.events import relay
from bihuan.events.models import Event
from bihuan.integrations import commands
from bihuan.integrations.commands import sending
from bihuan.integrations.models import Delivery
from bihuan.integrations.tests import wiring
from bihuan.integrations.tests.steps import (
    HOST,
    Open,
    administrator,
    answers,
    happens,
    hook,
    state,
    sweep,
    until,
)
from bihuan.store import postgres

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def test_while_it_fails_an_endpoint_rests_and_is_not_asked_once_for_each_that_waits(
    house: House, receiver: Open
):
    orders, _ = receiver(HOST), hook(administrator())
    orders.mood = 503
    for n in range(20):
        people.file(house, external_id=f"{n}")
    happens()

    until(FRIDAY + HOUR)

    assert len(orders.came) < 20


def test_a_lost_answer_is_asked_again_under_the_same_id_so_that_one_of_them_counts(
    house: House, receiver: Open
):
    orders, _ = receiver(HOST), hook(administrator())
    orders.mood = "hangs_up"
    people.file(house)
    happens()
    sweep()
    row = Delivery.objects.get()
    assert (row.state, answers(row)) == ("queued", ["lost"])

    orders.mood = 204
    until(FRIDAY + HOUR)

    assert answers(row) == ["lost", "2xx"]
    assert (len(orders.came), len(set(orders.taken))) == (2, 1)


def test_a_sweep_that_died_leaves_the_try_lost_and_another_one_makes_the_next(
    house: House, receiver: Open
):
    orders, made = receiver(HOST), hook(administrator())
    people.file(house)
    happens()
    assert len(sending._leased(FRIDAY, 8)[0]) == 1

    assert sweep(FRIDAY + SECOND) == 0
    assert sweep(FRIDAY + sending.LEASE) == 1

    row = Delivery.objects.get()
    assert (row.state, answers(row)) == ("delivered", ["lost", "2xx"])
    assert (len(orders.came), state(made).leased_until) == (1, None)


def test_a_sweep_that_was_overtaken_changes_nothing(house: House, receiver: Open):
    receiver(HOST)
    made = hook(administrator())
    people.file(house)
    happens()
    (held,), _ = sending._leased(FRIDAY, 8)
    sweep(FRIDAY + sending.LEASE)

    sending._settle(held, sending.Answer("5xx"), FRIDAY + sending.LEASE)

    row = Delivery.objects.get()
    assert (row.state, answers(row)) == ("delivered", ["lost", "2xx"])
    assert state(made).failures == 0


def test_nor_does_it_when_the_later_try_waits_for_the_next(house: House, receiver: Open):
    orders, made = receiver(HOST), hook(administrator())
    people.file(house)
    happens()
    (held,), _ = sending._leased(FRIDAY, 8)
    orders.mood = 503
    sweep(FRIDAY + sending.LEASE)
    failures = state(made).failures

    sending._settle(held, sending.Answer("4xx", gone=True), FRIDAY + sending.LEASE)

    row = Delivery.objects.get()
    assert (row.state, answers(row)) == ("queued", ["lost", "5xx"])
    assert (state(made).active, state(made).failures) == (True, failures)


def test_each_try_says_the_moment_at_which_it_was_made(house: House, receiver: Open):
    orders, _ = receiver(HOST), hook(administrator())
    for n in range(3):
        people.file(house, external_id=f"{n}")
    happens()
    passed = iter(range(10_000))

    commands.sweep(lambda: FRIDAY + next(passed) * SECOND)

    sent = [int(one.headers["webhook-timestamp"]) for one in orders.came]
    assert len(sent) == len(set(sent)) == 3
    assert sent == sorted(sent)


def test_a_dead_endpoint_delays_a_living_one_by_nothing(house: House, receiver: Open):
    keeper = administrator()
    living = receiver(HOST)
    wiring.NET.lead("dead.example.com")
    hook(keeper, url="https://dead.example.com/")
    hook(keeper)
    for n in range(30):
        people.file(house, external_id=f"{n}")
    happens()

    sweep()

    assert len(set(living.taken)) == 30
    assert Delivery.objects.filter(endpoint__url__contains="dead", state="queued").count() == 30
    assert len([one for one in wiring.NET.dialled if one[0] == "11.0.0.2"]) == 1


def test_a_slow_endpoint_delays_a_living_one_by_nothing(house: House, receiver: Open):
    keeper = administrator()
    slow, living = receiver("slow.example.com"), receiver(HOST)
    hook(keeper, url="https://slow.example.com/")
    hook(keeper)
    slow.mood, wiring.TIMEOUT["seconds"] = "silent", 3.0
    arrived: list[int] = []

    def look() -> None:
        arrived.append(len(living.taken))

    for n in range(20):
        people.file(house, external_id=f"{n}")
    happens()
    watch = threading.Timer(2.5, look)
    watch.start()
    sweep()
    watch.join()

    assert arrived == [20]
    row = Delivery.objects.filter(endpoint__url__contains="slow").order_by("id")[0]
    assert answers(row) == ["lost"]


def test_two_sweeps_at_once_send_each_event_once(
    fresh_db: postgres.Urls, receiver: Open, at_once: Callable[..., None]
):
    house = people.house()
    keeper = administrator()
    many, orders = [receiver(f"r{n}.example.com") for n in range(3)], receiver(HOST)
    for n in range(3):
        hook(keeper, url=f"https://r{n}.example.com/")
    hook(keeper)
    for n in range(8):
        people.file(house, external_id=f"{n}")
    happens()

    at_once(sweep, sweep, sweep)

    assert [len(one.came) for one in (*many, orders)] == [8] * 4
    assert all(len(set(one.taken)) == 8 for one in (*many, orders))
    assert not Delivery.objects.exclude(state="delivered").exists()


def test_an_event_that_is_heard_twice_is_queued_once(house: House, receiver: Open):
    receiver(HOST)
    hook(administrator())
    people.file(house)
    events = list(Event.objects.filter(kind="case.filed"))

    commands.queue(events)
    commands.queue(events)

    assert Delivery.objects.count() == 1


def test_nothing_is_open_while_an_endpoint_is_waited_for(fresh_db: postgres.Urls, receiver: Open):
    house = people.house()
    orders, made = receiver(HOST), hook(administrator())
    people.file(house)
    relay.drain(FRIDAY)
    orders.mood = "silent"

    sending_now = threading.Thread(target=_swept)
    sending_now.start()
    while not orders.came:
        threading.Event().wait(0.01)
    commands.switch_off(id=made.endpoint.id, by=administrator("周工"), at=FRIDAY)  # would wait
    orders.awake.set()
    sending_now.join()

    assert not state(made).active
    assert json.loads(orders.came[0].raw)["type"] == "case.filed"


def _swept() -> None:
    from django.db import connection

    try:
        sweep()
    finally:
        connection.close()
