"""What became of each delivery, as programs read it, and how it is sent once more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.core.actors import Actor
from bihuan.integrations import commands, rules
from bihuan.integrations.models import Delivery
from bihuan.integrations.tests.program import GIVEN, Program
from bihuan.integrations.tests.steps import (
    HOST,
    URL,
    Open,
    administrator,
    happens,
    hook,
    state,
    sweep,
)


@pytest.fixture
def keeper(house: House) -> Actor:
    return administrator()


@pytest.fixture
def program(keeper: Actor) -> Program:
    return Program(keeper)


def test_a_ping_is_sent_like_any_other_event(program: Program, receiver: Open):
    orders = receiver(HOST)
    made = program("POST", "", GIVEN).json()
    orders.secrets = [made["secret"]]

    queued = program("POST", f"/{made['id']}/test")
    row = Delivery.objects.get()
    orders.at = row.created_at
    sweep(row.created_at)

    assert (queued.status_code, queued.json()["state"]) == (202, "queued")
    assert orders.taken == [queued.json()["webhook_id"]]
    assert orders.came[0].said["type"] == "ping"
    assert orders.came[0].said["data"] == {"webhook": made["id"]}


def test_the_log_of_deliveries_says_how_each_try_went_and_what_comes_next(
    house: House, program: Program, receiver: Open, keeper: Actor
):
    orders, made = receiver(HOST), hook(keeper)
    path = f"/{made.endpoint.id}"
    case = people.file(house)
    happens()
    orders.mood = 503
    sweep()

    found = program("GET", f"{path}/deliveries").json()["deliveries"]

    assert [(one["type"], one["number"], one["state"]) for one in found] == [
        ("case.filed", case.number, "queued")
    ]
    assert found[0]["tries"] == [{"at": "2026-02-13T16:00:00+08:00", "answer": "5xx"}]
    assert found[0]["next_try_at"] > "2026-02-13T16:00:05"
    assert found[0]["webhook_id"] == orders.came[0].id


def test_pages_of_the_log_follow_each_other(
    house: House, program: Program, receiver: Open, keeper: Actor
):
    receiver(HOST)
    made = hook(keeper)
    for n in range(5):
        people.file(house, external_id=f"{n}")
    happens()
    seen: list[int] = []
    cursor = ""

    for _ in range(3):
        page = program("GET", f"/{made.endpoint.id}/deliveries?limit=2&cursor={cursor}").json()
        seen += [one["id"] for one in page["deliveries"]]
        cursor = page["next"]

    assert seen == sorted(seen, reverse=True)
    assert (len(set(seen)), cursor) == (5, "")
    wrong = program("GET", f"/{made.endpoint.id}/deliveries?cursor=nonsense")
    assert wrong.json()["codes"] == {"cursor": "not_a_cursor"}


def test_what_failed_is_sent_once_more_one_by_one_or_since_a_moment(
    house: House, program: Program, receiver: Open, keeper: Actor
):
    receiver(HOST)
    made = hook(keeper)
    people.file(house)
    happens()
    row = Delivery.objects.get()
    Delivery.objects.update(state="failed", next_try_at=None, tries=10)

    one = program("POST", f"/{made.endpoint.id}/deliveries/{row.id}/replay")
    Delivery.objects.update(state="failed", next_try_at=None, tries=10)
    since = program("POST", f"/{made.endpoint.id}/replay", {"since": "2026-02-13T00:00:00+08:00"})
    later = program("POST", f"/{made.endpoint.id}/replay", {"since": "2026-02-14T00:00:00+08:00"})

    assert (one.status_code, one.json()["state"], one.json()["webhook_id"]) == (
        202, "queued", row.key,
    )  # fmt: skip
    assert (since.json(), later.json()) == ({"queued": 1}, {"queued": 0})
    wrong = program("POST", f"/{made.endpoint.id}/replay", {"since": "2026-02-14T00:00:00"})
    assert wrong.json()["codes"] == {"since": "no_time_zone"}


def test_a_delivery_of_another_endpoint_is_not_replayed(
    house: House, program: Program, receiver: Open, keeper: Actor
):
    receiver(HOST)
    first, second = hook(keeper), hook(keeper, kinds=["case.closed"])
    people.file(house)
    happens()
    row = Delivery.objects.get()

    assert row.endpoint_id == first.endpoint.id
    path = f"/{second.endpoint.id}/deliveries/{row.id}/replay"
    assert program("POST", path).status_code == 404


def test_while_it_is_off_nothing_is_queued_tested_or_replayed(
    house: House, program: Program, receiver: Open, keeper: Actor
):
    orders, made = receiver(HOST), hook(keeper)
    path = f"/{made.endpoint.id}"
    people.file(house)
    happens()
    program("POST", f"{path}/off")

    people.file(house, external_id="2")
    happens()
    sweep()
    refused = [
        program("POST", f"{path}/test"),
        program("POST", f"{path}/deliveries/{Delivery.objects.get().id}/replay"),
        program("POST", f"{path}/replay", {"since": "2026-02-13T00:00:00+08:00"}),
    ]

    assert (orders.came, Delivery.objects.count()) == ([], 1)
    assert [(one.status_code, one.json()["detail"]) for one in refused] == [
        (409, "推送已停用，请先开启。")
    ] * 3
    commands.switch_on(id=made.endpoint.id, by=keeper, at=FRIDAY)
    sweep()
    assert len(orders.taken) == 1


def test_a_changed_address_gets_what_waited_and_is_judged_like_a_first_one(
    house: House, program: Program, receiver: Open, keeper: Actor
):
    first, second = receiver(HOST), receiver("new.example.com")
    made = hook(keeper)
    first.mood = 500
    people.file(house)
    happens()
    sweep()
    path = f"/{made.endpoint.id}"

    refused = program("PATCH", path, {"url": "https://10.0.0.1/"})
    taken = program("PATCH", path, {"url": "https://new.example.com/"})
    sweep(FRIDAY + timedelta(seconds=6))

    assert (refused.status_code, taken.status_code) == (422, 200)
    assert (len(first.came), len(second.taken), state(made).failures) == (1, 1, 0)


def test_an_endpoint_that_is_removed_takes_along_what_waited_and_a_new_one_starts_empty(
    house: House, receiver: Open, keeper: Actor
):
    orders = receiver(HOST)
    made = commands.add(name="订单系统", url=URL, kinds=["*"], by=keeper, at=FRIDAY)
    people.file(house)
    happens()

    commands.remove(id=made.endpoint.id, by=keeper, at=FRIDAY)
    again = hook(keeper)
    sweep()

    assert (orders.came, Delivery.objects.count()) == ([], 0)
    assert again.secret != made.secret


def test_after_thirty_days_a_delivery_is_forgotten(house: House, receiver: Open, keeper: Actor):
    receiver(HOST)
    hook(keeper)
    people.file(house)
    happens()

    assert commands.forget(FRIDAY + rules.KEEP) == 0
    assert commands.forget(FRIDAY + rules.KEEP + timedelta(seconds=1)) == 1
