"""Every event arrives once, or visibly not: signatures, retries, turns, and what stops them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from bihuan.accounts import commands as accounts
from bihuan.accounts.models import Staff
from bihuan.cases import commands as cases
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, TEXT, House
from bihuan.cases.tests.stories import on
from bihuan.core.actors import SYSTEM
from bihuan.events import relay
from bihuan.events.models import Event
from bihuan.integrations import commands, rules
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
from bihuan.notify.models import Message
from bihuan.store import postgres

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def test_a_case_that_is_filed_is_told_signed_with_its_facts_and_no_word_of_the_person(
    house: House, receiver: Open
):
    orders, made = receiver(HOST), hook(administrator())
    orders.secrets = [made.secret]

    case = people.file(house)
    happens()
    sweep()

    first = orders.came[0]
    assert (
        orders.taken == [f"msg_{made.endpoint.id}_{case.id}_1"] == [one.id for one in orders.came]
    )
    assert (first.said["type"], first.said["timestamp"]) == (
        "case.filed", "2026-02-13T16:00:00+08:00",
    )  # fmt: skip
    assert first.said["data"]["number"] == case.number
    assert first.said["data"]["facts"]["severity"] == "general"
    assert first.path == "/bihuan?key=k-1"
    assert (first.headers["host"], first.headers["content-type"]) == (HOST, "application/json")
    raw = first.raw.decode()
    assert not [word for word in (TEXT, TEXT[:6], "爱丽", "139", "2718") if word in raw]


def test_what_goes_out_is_what_the_api_shows_of_the_event(house: House, receiver: Open):
    orders, made = receiver(HOST), hook(administrator())
    case = people.file(house)
    cases.accept(**on(case, house.bo_bo, FRIDAY), text="已受理。")
    happens()
    until(FRIDAY + SECOND)
    token = accounts.create_token(name="t", staff_id=house.bo_bo.id, by=SYSTEM, at=FRIDAY)

    client = Client(headers={"Authorization": f"Bearer {token.bearer}"})
    shown = client.get(f"/api/v1/cases/{case.number}/events").json()

    told = sorted((one.said for one in orders.came), key=lambda one: one["data"]["seq"])
    assert len(told) == len(shown) > 1
    assert [one["data"] | {"kind": one["type"], "at": one["timestamp"]} for one in told] == [
        {
            **{k: v for k, v in event.items() if k != "data"},
            "facts": event["data"],
            "number": case.number,
        }
        for event in shown
    ]
    assert state(made).failures == 0


def test_an_endpoint_is_told_of_the_kinds_it_named_and_of_no_others(house: House, receiver: Open):
    orders = receiver(HOST)
    hook(administrator(), kinds=["case.accepted"])
    case = people.file(house)
    cases.accept(**on(case, house.bo_bo, FRIDAY), text="已受理。")

    happens()
    until(FRIDAY + SECOND)

    assert orders.kinds == ["case.accepted"]


def test_what_happened_before_an_endpoint_was_made_is_not_for_it(house: House, receiver: Open):
    receiver(HOST)
    people.file(house)
    hook(administrator(), at=FRIDAY + SECOND)

    happens()

    assert not Delivery.objects.exists()


def test_it_is_tried_again_after_the_waits_of_the_standard_and_no_longer_than_they_say(
    house: House, receiver: Open
):
    orders, made = receiver(HOST), hook(administrator())
    orders.mood = 500
    people.file(house)
    happens()
    row = Delivery.objects.get(kind="case.filed")
    tried = []

    while row.state == "queued":
        tried.append(row.next_try_at)
        sweep(row.next_try_at)
        row.refresh_from_db()

    waits = [after - before for before, after in pairwise(tried)]
    assert (row.state, len(tried), len(orders.came)) == ("failed", 10, 10)
    assert all(
        wanted <= waited <= wanted * 1.1 for wanted, waited in zip(rules.WAITS, waits, strict=True)
    )
    assert answers(row) == ["5xx"] * 10
    assert len({one.id for one in orders.came}) == 1
    assert len({one.raw for one in orders.came}) == 1
    assert len({one.headers["webhook-timestamp"] for one in orders.came}) == 10
    assert state(made).active


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_answer_of_success_is_success(house: House, receiver: Open, status: int):
    orders, made = receiver(HOST), hook(administrator())
    orders.mood = status
    people.file(house)
    happens()

    sweep()

    assert Delivery.objects.get().state == "delivered"
    assert state(made).failing_since is None


def test_a_receiver_that_recovers_gets_what_waited_and_its_failures_are_forgotten(
    house: House, receiver: Open
):
    orders, made = receiver(HOST), hook(administrator())
    orders.mood = 503
    for _ in range(3):
        people.file(house, external_id=f"{_}")
    happens()
    last = until(FRIDAY + HOUR)
    assert state(made).failures > 3

    orders.mood = 204
    until(last + DAY)

    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}
    assert len(orders.taken) == 3
    row = state(made)
    assert (row.failures, row.failing_since, row.rests_until) == (0, None, None)


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
    assert len(sending._leased(FRIDAY, 8)) == 1

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
    (held,) = sending._leased(FRIDAY, 8)
    sweep(FRIDAY + sending.LEASE)

    sending._settle(held, sending.Answer("5xx"), FRIDAY + sending.LEASE)

    row = Delivery.objects.get()
    assert (row.state, answers(row)) == ("delivered", ["lost", "2xx"])
    assert state(made).failures == 0


def test_410_switches_the_endpoint_off_at_once_and_its_owner_is_told(house: House, receiver: Open):
    keeper = administrator()
    orders, made = receiver(HOST), hook(keeper)
    orders.mood = 410
    people.file(house)
    happens()

    sweep()

    row = Delivery.objects.get()
    assert (row.state, answers(row)) == ("failed", ["4xx"])
    assert (state(made).active, state(made).off_reason) == (False, "gone")
    said = Event.objects.get(kind="webhook.switched_off")
    assert said.data == {"webhook": made.endpoint.id, "host": HOST, "reason_code": "gone"}
    notice = Message.objects.get(template="webhook_off", staff_id=keeper.id)
    assert HOST in notice.body
    assert "k-1" not in notice.body


def test_after_five_days_without_a_success_it_is_switched_off_by_itself(
    house: House, receiver: Open
):
    orders, made = receiver(HOST), hook(administrator())
    orders.mood = 500
    for day in range(7):
        people.file(house, at=FRIDAY + day * DAY, external_id=f"{day}")
        happens(FRIDAY + day * DAY)
    until(FRIDAY + rules.GIVE_UP)
    assert state(made).active

    last = until(FRIDAY + 2 * rules.GIVE_UP)

    assert (state(made).active, state(made).off_reason) == (False, "failing")
    assert last - FRIDAY >= rules.GIVE_UP
    assert Delivery.objects.filter(state="queued").exists()


def test_five_days_in_which_nothing_was_tried_are_no_reason(house: House, receiver: Open):
    orders, made = receiver(HOST), hook(administrator())
    orders.mood = 500
    people.file(house)
    happens()
    sweep()

    sweep(FRIDAY + 6 * DAY)

    assert state(made).active


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


def test_when_its_owner_has_left_or_keeps_the_house_no_more_nothing_goes_out(
    house: House, receiver: Open
):
    keeper = administrator()
    orders, _ = receiver(HOST), hook(keeper)
    people.file(house)
    happens()
    users = get_user_model().objects.filter(username=keeper.name)
    users.update(is_active=False)

    people.file(house, external_id="2")
    happens()
    sweep(FRIDAY + SECOND)
    users.update(is_active=True)
    Staff.objects.filter(id=keeper.id).update(roles=["agent"])
    sweep(FRIDAY + HOUR)

    assert (orders.came, Delivery.objects.count()) == ([], 1)


def test_another_administrator_who_switches_it_on_answers_for_it(house: House, receiver: Open):
    first, second = administrator(), administrator("周工")
    orders, made = receiver(HOST), hook(first)
    people.file(house)
    happens()
    get_user_model().objects.filter(username=first.name).update(is_active=False)

    commands.switch_off(id=made.endpoint.id, by=second, at=FRIDAY)
    commands.switch_on(id=made.endpoint.id, by=second, at=FRIDAY)
    sweep()

    assert (state(made).owner_id, len(orders.taken)) == (second.id, 1)


def test_a_restricted_case_does_not_leak_to_an_owner_who_may_open_it_but_is_not_named(
    house: House, receiver: Open
):
    orders, _ = receiver(HOST), hook(administrator())
    case = people.file(house)
    cases.restrict(**on(case, house.chen, FRIDAY), reason="涉及员工", readers=[house.bo_bo.id])

    happens()
    cases.accept(**on(case, house.bo_bo, FRIDAY), text="已受理。")
    happens()
    sweep()

    assert (orders.came, Delivery.objects.count()) == ([], 0)


def test_a_case_that_is_closed_while_its_news_waits_is_withheld(house: House, receiver: Open):
    orders, _ = receiver(HOST), hook(administrator())
    case = people.file(house)
    happens()
    cases.restrict(**on(case, house.chen, FRIDAY), reason="涉及员工", readers=[house.bo_bo.id])

    sweep()

    row = Delivery.objects.get()
    assert (orders.came, row.state, answers(row)) == ([], "withheld", [])


def test_of_a_closed_case_an_owner_who_is_named_for_it_is_told(house: House, receiver: Open):
    keeper = administrator()
    orders, _ = receiver(HOST), hook(keeper, kinds=["case.accepted"])
    case = people.file(house)
    cases.restrict(
        **on(case, house.chen, FRIDAY), reason="涉及员工", readers=[house.bo_bo.id, keeper.id]
    )
    cases.accept(**on(case, house.bo_bo, FRIDAY), text="已受理。")

    happens()
    sweep()

    assert orders.kinds == ["case.accepted"]


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
