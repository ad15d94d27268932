"""Who takes a case: skill, shift, qualification, load; and who takes over (E.20, 1.3, 2.2.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bihuan.accounts import commands as accounts
from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case
from bihuan.cases.routing.leveling import leveled
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import NotFound, NotPermitted
from bihuan.events.models import Event
from bihuan.notify import tasks as notify
from bihuan.notify.models import Message

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TODAY = FRIDAY.astimezone(SHANGHAI).date()
WHO = {"by": SYSTEM, "at": FRIDAY}
UNCLEAR = {"text": "嗯嗯", "category": ""}


@pytest.fixture
def home() -> House:
    home = house()
    accounts.set_on_duty(staff_id=home.chen.id, on_duty=False, **WHO)
    return home


def hired(name: str, department: str = "customer_service", capacity: int = 16) -> Actor:
    made = accounts.create_staff(
        name=name, username=name, roles=["agent"], department=department, capacity=capacity, **WHO
    )
    queries.forget_loads()
    return Actor(made.id, frozenset({Role.AGENT}), department, name)


def test_e_20_the_skilled_are_asked_first_and_the_others_when_there_are_none(home: House):
    able = hired("方雨晴")
    accounts.set_qualification(staff_id=able.id, kind="skill", name="英语", **WHO)
    Case.objects.filter(id=file(home).id).update(owner_id=able.id)
    queries.forget_loads()

    assert queries.placed("customer_service", FRIDAY, skill="英语").owner_id == able.id
    assert queries.placed("customer_service", FRIDAY, skill="英语").owner_id == able.id
    assert queries.placed("customer_service", FRIDAY).owner_id == home.bo_bo.id
    assert queries.placed("customer_service", FRIDAY, skill="德语").owner_id == home.bo_bo.id


def test_2_2_2_off_shift_the_fallback_takes_it_and_else_its_own_people_find_it_later(home: House):
    accounts.set_shifts(staff_id=home.bo_bo.id, shifts=[(5, 540, 900)], **WHO)  # until 15:00
    queries.forget_loads()
    alone = file(home, external_id="1")
    after_sales = hired("孙岚", "after_sales")
    with_fallback = file(home, external_id="2")
    in_time = file(home, FRIDAY - 2 * HOUR, external_id="3")

    assert (alone.department, alone.owner_id) == ("customer_service", home.bo_bo.id)
    assert (with_fallback.department, with_fallback.owner_id) == ("after_sales", after_sales.id)
    assert (in_time.department, in_time.owner_id) == ("customer_service", home.bo_bo.id)


def test_1_3_who_is_not_qualified_is_not_given_a_case(home: House):
    able = hired("方雨晴", capacity=1)
    accounts.set_qualification(
        staff_id=able.id, kind="qualification", name="上岗证", valid_until=TODAY, **WHO
    )
    accounts.set_demands(department="customer_service", names=["上岗证"], **WHO)
    queries.forget_loads()

    owners = {file(home, external_id=f"{n}").owner_id for n in range(3)}
    tomorrow = file(home, FRIDAY + DAY, external_id="late")

    assert owners == {able.id}
    assert tomorrow.owner_id == 0  # nobody is qualified then


def test_e_20_an_absence_hands_open_cases_over_with_a_reason_and_a_second_look_moves_none(
    home: House,
):
    mine = [file(home, external_id=f"{n}") for n in range(3)]
    one, two = hired("方雨晴"), hired("周雅")
    plan = queries.hand_over_plan(home.bo_bo.id, by=home.chen, at=FRIDAY)

    moved = commands.be_absent(
        staff_id=home.bo_bo.id, first_on=TODAY, last_on=TODAY + 3 * DAY, reason="leave",
        hand_over=True, by=home.chen, at=FRIDAY,
    )  # fmt: skip

    assert {m.case.id: m.to for m in moved} == {m.case.id: m.to for m in plan}
    assert sorted(set(Case.objects.values_list("owner_id", flat=True))) == [one.id, two.id]
    said = Event.objects.filter(kind="case.assigned", stream__in=[c.id for c in mine])
    assert {(e.actor_id, e.data["before"]["owner"]) for e in said} == {
        (home.chen.id, home.bo_bo.id)
    }
    assert file(home, external_id="new").owner_id != home.bo_bo.id
    assert commands.hand_over_all(staff_id=home.bo_bo.id, by=home.chen, at=FRIDAY) == []


def test_e_20_back_from_an_absence_nothing_moves_by_itself(home: House):
    case, other = file(home), hired("方雨晴")
    commands.be_absent(
        staff_id=home.bo_bo.id, first_on=TODAY, last_on=TODAY, reason="sick", hand_over=True,
        by=home.bo_bo, at=FRIDAY,
    )  # fmt: skip

    later = FRIDAY + 2 * DAY
    tasks.tend(later)
    back = file(home, later, external_id="back")

    case.refresh_from_db()
    assert (case.owner_id, back.owner_id) == (other.id, home.bo_bo.id)


def test_e_20_an_absence_alone_leaves_the_cases_where_they_are(home: House):
    case = file(home)
    hired("方雨晴")

    commands.be_absent(
        staff_id=home.bo_bo.id, first_on=TODAY, last_on=TODAY, reason="sick", by=home.bo_bo,
        at=FRIDAY,
    )  # fmt: skip

    case.refresh_from_db()
    assert case.owner_id == home.bo_bo.id


def test_e_20_without_anybody_to_take_it_a_case_stays(home: House):
    case = file(home)

    (plan,) = queries.hand_over_plan(home.bo_bo.id, by=home.chen, at=FRIDAY)
    moved = commands.hand_over_all(staff_id=home.bo_bo.id, by=home.chen, at=FRIDAY)

    case.refresh_from_db()
    assert (plan.to, moved, case.owner_id) == (0, [], home.bo_bo.id)


def test_e_20_a_colleague_does_not_hand_over_what_is_anothers(home: House):
    file(home)

    with pytest.raises(NotPermitted):
        commands.hand_over_all(staff_id=home.bo_bo.id, by=home.other_agent, at=FRIDAY)
    with pytest.raises(NotPermitted):
        commands.rebalance(department="customer_service", by=home.bo_bo, at=FRIDAY)


def test_e_20_rebalancing_moves_what_is_due_last_until_the_shares_are_even(home: House):
    cases = [file(home, FRIDAY + n * HOUR, external_id=f"{n}") for n in range(6)]
    other = hired("方雨晴", capacity=8)

    commands.rebalance(department="customer_service", by=home.chen, at=FRIDAY + DAY)

    rows = {case.id: case for case in Case.objects.all()}
    assert [rows[case.id].owner_id for case in cases] == [home.bo_bo.id] * 4 + [other.id] * 2
    assert queries.rebalance_plan("customer_service", by=home.chen, at=FRIDAY + DAY) == []


@pytest.mark.parametrize(
    ("held", "capacity", "movable", "moves"),
    [
        ({1: 4, 2: 0}, {1: 10, 2: 10}, {1: 4}, 2),
        ({1: 4, 2: 0}, {1: 10, 2: 10}, {1: 1}, 1),
        ({1: 1, 2: 0}, {1: 10, 2: 10}, {1: 1}, 0),
        ({1: 9, 2: 0}, {1: 20, 2: 10}, {1: 9}, 3),
        ({1: 9}, {1: 1}, {1: 9}, 0),
        ({}, {}, {}, 0),
        ({1: 300, 2: 0}, {1: 1, 2: 1}, {1: 300}, 50),
    ],
)
def test_e_20_shares_of_capacity_are_leveled_and_no_further(held, capacity, movable, moves):
    assert leveled(held, capacity, movable) == [(1, 2)] * moves


def test_2_02_a_case_that_nobody_can_route_alarms_the_supervisors_once(home: House):
    case = file(home, **UNCLEAR)

    early = tasks.watch(FRIDAY + 29 * MINUTE)
    late = [tasks.watch(FRIDAY + n * MINUTE) for n in (30, 31, 600)]

    assert case.department == "unrouted"
    assert case in queries.inbox(home.chen, view="unrouted", at=FRIDAY).cases
    assert (early, late) == (0, [1, 0, 0])
    commands.alarm_unrouted(number=case.number, by=SYSTEM, at=FRIDAY + HOUR)  # two at once
    said = Event.objects.get(kind="case.unrouted_long")
    assert (said.stream, said.data["waited"], said.clause) == (case.id, 30, "2.2.2")
    notify.told(said)
    told = Message.objects.filter(template="unrouted_long")
    assert {message.staff_id for message in told} == {home.chen.id}
    assert queries.alarmed(home.chen) == 1
    assert queries.alarmed(home.bo_bo) == 0


def test_2_02_a_case_that_was_routed_in_time_alarms_nobody_and_later_no_more(home: House):
    case, other = file(home, **UNCLEAR), file(home, **UNCLEAR, external_id="2")
    commands.assign(number=case.number, owner_id=home.bo_bo.id, by=home.chen, at=FRIDAY)
    tasks.watch(FRIDAY + HOUR)
    commands.assign(number=other.number, owner_id=home.bo_bo.id, by=home.chen, at=FRIDAY + HOUR)

    assert [e.stream for e in Event.objects.filter(kind="case.unrouted_long")] == [other.id]
    assert queries.alarmed(home.chen) == 0
    with pytest.raises(NotFound):
        commands.alarm_unrouted(number=case.number, by=SYSTEM, at=FRIDAY + HOUR)
