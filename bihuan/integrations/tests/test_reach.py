"""Who may be told: only while an owner answers for it, and of a closed case only the named."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth import get_user_model

from bihuan.accounts.models import Staff
from bihuan.cases import commands as cases
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.cases.tests.stories import on
from bihuan.integrations import commands
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
)

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


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


def test_what_is_withheld_delays_nothing_behind_it(house: House, receiver: Open):
    orders, _ = receiver(HOST), hook(administrator())
    closed = [people.file(house, external_id=f"{n}") for n in range(12)]
    people.file(house, at=FRIDAY + HOUR, external_id="open")
    happens(FRIDAY + HOUR)
    for case in closed:
        cases.restrict(**on(case, house.chen, FRIDAY), reason="涉及员工")

    sweep(FRIDAY + HOUR)

    assert (len(orders.came), Delivery.objects.filter(state="withheld").count()) == (1, 12)


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
