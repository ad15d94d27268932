"""Every event arrives once, or visibly not: signed, tried again, and at last given up."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.test import Client

from bihuan.accounts import commands as accounts
from bihuan.cases import commands as cases
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, TEXT, House
from bihuan.cases.tests.stories import on
from bihuan.core.actors import SYSTEM
from bihuan.events.models import Event
from bihuan.integrations import rules
from bihuan.integrations.models import Delivery
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
    assert orders.taken == [f"msg_{made.endpoint.id}_{case.id}_1"]
    assert len(orders.came) == 1
    assert (first.said["type"], first.said["timestamp"]) == (
        "case.filed", "2026-02-13T16:00:00+08:00",
    )  # fmt: skip
    assert first.said["data"]["number"] == case.number
    assert first.said["data"]["facts"]["severity"] == "general"
    assert first.path == "/bihuan?key=k-1"
    assert (first.headers["host"], first.headers["content-type"]) == (HOST, "application/json")
    raw = first.raw.decode()
    assert not [word for word in (TEXT, TEXT[:6], "爱丽", "13900002718") if word in raw]


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
