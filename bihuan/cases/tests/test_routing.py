"""A case goes to whoever on duty has the most room, whoever files it (2.2.2)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from bihuan.accounts import commands as accounts
from bihuan.accounts.commands import Contact
from bihuan.cases import commands, queries
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.core.actors import SYSTEM, Actor, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> House:
    home = house()
    accounts.set_on_duty(staff_id=home.chen.id, on_duty=False, by=SYSTEM, at=FRIDAY)
    return home


def hired(name: str, capacity: int) -> int:
    made = accounts.create_staff(
        name=name, username=name, roles=[Role.AGENT], department="customer_service",
        capacity=capacity, by=SYSTEM, at=FRIDAY,
    )  # fmt: skip
    queries.forget_loads()
    return made.id


def named(person_id: int) -> None:
    """The wall of the database stands: from here on only this person's rows are seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('bihuan.person', %s, true)", [str(person_id)])


def test_2_2_2_the_share_of_capacity_decides_and_not_the_number(home: House):
    senior = hired("方雨晴", 100)
    Case.objects.filter(id=file(home).id).update(owner_id=home.bo_bo.id)
    queries.forget_loads()

    owners = Counter(file(home, external_id=f"{n}").owner_id for n in range(4))

    assert owners == {senior: 4}


def test_2_2_2_who_has_how_much_in_hand_is_read_again_when_time_has_passed(home: House):
    other = hired("方雨晴", 16)
    owners = [file(home, external_id=f"{n}").owner_id for n in range(2)]
    Case.objects.filter(owner_id=other).update(owner_id=home.bo_bo.id)

    in_that_moment = file(home, external_id="then").owner_id
    later = [file(home, FRIDAY + timedelta(seconds=4), external_id=f"later {n}") for n in range(3)]

    assert owners == [home.bo_bo.id, other]
    assert in_that_moment == home.bo_bo.id  # counted along, not read
    assert [case.owner_id for case in later] == [other] * 3


def test_2_2_2_behind_the_wall_of_a_customer_the_cases_of_everybody_still_count(home: House):
    other = hired("方雨晴", 16)
    for n in range(3):
        theirs = file(home, contact=Contact(phone=f"1391111000{n}"), external_id=f"{n}")
        Case.objects.filter(id=theirs.id).update(owner_id=home.bo_bo.id)
    queries.forget_loads()

    named(home.ai_li.id)
    owners = [file(home, external_id=f"own {n}").owner_id for n in range(2)]
    unseen = Case.objects.filter(owner_id=home.bo_bo.id).exists()
    queries.forget_loads()

    assert owners == [other, other]
    assert not unseen


def test_2_2_2_who_belongs_to_no_department_leaves_the_case_to_the_one_it_is_with(home: House):
    made = accounts.create_staff(
        name="总主管", username="总主管", roles=[Role.SUPERVISOR], by=SYSTEM, at=FRIDAY
    )
    boss = Actor(made.id, frozenset({Role.SUPERVISOR}), "", "总主管")
    case = file(home)

    taken = commands.assign(number=case.number, owner_id=boss.id, by=boss, at=FRIDAY)
    commands.answer(number=case.number, text="正在核实。", by=home.bo_bo, at=FRIDAY)

    assert (taken.owner_id, taken.department) == (boss.id, case.department)
