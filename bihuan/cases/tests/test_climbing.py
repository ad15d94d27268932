"""What is late climbs to named supervisors, and a tier rises by itself (2.3.2, 4.2)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bihuan.cases import commands, tasks
from bihuan.cases.models import Case, Clock
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.cases.tests.stories import DAY, HOUR, closed, handled, on, said, told
from bihuan.core.actors import SYSTEM
from bihuan.events.models import Event
from bihuan.notify import tasks as notices
from bihuan.notify.models import Message

pytestmark = pytest.mark.django_db
LATE = FRIDAY + DAY  # the first response and the first solution were due


def climbed(case: Case) -> list[tuple[int, list[int]]]:
    """The rungs that were told of this case, and who stands on them."""
    return [(e.data["rung"], e.data["told"]) for e in said(case, "clock.escalated")]


def looked(*hours: int) -> None:
    for later in hours:
        tasks.sweep(LATE + later * HOUR)


def test_2_12_2_3_2_what_stays_late_climbs_rung_by_rung_to_named_supervisors() -> None:
    home = people.house()
    other, head = people.supervisor("法务主管", "legal"), people.supervisor("管理层", "management")
    case = people.file(home)

    looked(1, 5, 6, 25, 26, 73)

    everybody = sorted([home.chen.id, other.id, head.id])
    assert climbed(case) == [(1, [home.chen.id]), (2, everybody), (3, [head.id])]
    first = said(case, "clock.escalated")[0]
    assert first.data["due_at"] == LATE.isoformat()
    assert first.clause == "2.3.2"


def test_2_12_a_case_is_told_of_once_a_rung_and_not_again_when_it_is_done() -> None:
    home = people.house()
    case = people.file(home)
    looked(1, 5, 5, 6)

    handled(home, case, LATE + 7 * HOUR)
    looked(25, 60)

    assert [rung for rung, _ in climbed(case)] == [1]


def test_2_12_after_a_long_silence_only_the_highest_rung_is_told() -> None:
    home = people.house()
    people.supervisor("管理层", "management")
    case = people.file(home)
    tasks.sweep(LATE + HOUR)

    tasks.sweep(LATE + 90 * HOUR)

    assert [rung for rung, _ in climbed(case)] == [3]


def test_2_12_an_empty_rung_tells_the_next() -> None:
    home = people.house()
    case = people.file(home, category="platform_rule")  # the legal department has no supervisor

    looked(1, 5)

    assert climbed(case) == [(1, [home.chen.id])]


def test_2_12_those_on_the_rung_find_it_in_their_inbox_and_mail() -> None:
    home = people.house()
    case = people.file(home)
    looked(1, 5)

    notices.told_all(said(case, "clock.escalated"))

    told_of = Message.objects.filter(template="climbed")
    assert {row.staff_id for row in told_of} == {home.chen.id}
    assert case.number in told_of[0].subject


def test_2_12_limits_of_working_days_are_warned_of_at_six_in_the_evening() -> None:
    home = people.house()
    case = people.file(home, at=datetime(2026, 3, 9, 2, tzinfo=UTC))
    due = Clock.objects.get(case_id=case.id, milestone="complaint.initial_review_done").due_at

    tasks.sweep(due - 6 * HOUR - HOUR / 60)
    early = _warned(case)
    tasks.sweep(due - 6 * HOUR + HOUR / 60)

    assert "complaint.initial_review_done" not in early
    assert "complaint.initial_review_done" in _warned(case)


def _warned(case: Case) -> set[str]:
    return {event.data["milestone"] for event in said(case, "clock.warned")}


def missed(case: Case) -> list[Event]:
    return said(case, "clock.missed")


def test_4_01_4_2_a_missed_first_tier_rises_and_what_it_owed_stays_judged() -> None:
    home = people.house()
    case = people.file(home)
    tasks.sweep(LATE + HOUR)

    tasks.lift(missed(case))

    case.refresh_from_db()
    assert case.tier == 2
    rows = {c.milestone: c for c in Clock.objects.filter(case_id=case.id, round=1)}
    assert rows["case.initial_solution_sent"].void_at is None
    assert rows["case.initial_solution_sent"].late_at is not None
    second = Clock.objects.filter(case_id=case.id, promises__contains=["C-4.2-2"]).first()
    assert second is not None
    assert second.due_at == FRIDAY + 2 * DAY  # from the receipt, not from the rise
    risen = said(case, "case.tier_set")[0]
    assert (risen.actor_id, risen.data["reason_code"]) == (SYSTEM.id, "late")
    assert (risen.data["before"], risen.data["after"]) == ({"tier": 1}, {"tier": 2})


def test_4_01_heard_twice_it_rises_once() -> None:
    home = people.house()
    case = people.file(home)
    tasks.sweep(LATE + HOUR)

    tasks.lift(missed(case))
    tasks.lift(missed(case))

    assert len(said(case, "case.tier_set")) == 1


def test_4_01_what_is_taken_up_again_begins_on_the_second_tier() -> None:
    home = people.house()
    case = people.file(home)
    handled(home, case)
    told(home, case)

    commands.dispute(**on(case, home.ai_li, FRIDAY + 3 * HOUR), text="退款没有到账")

    case.refresh_from_db()
    assert (case.round, case.tier) == (2, 2)
    assert said(case, "case.disputed")[0].data["after"] == {"tier": 2}


def test_4_01_an_enquiry_does_not_rise_to_steps_it_does_not_have() -> None:
    home = people.house()
    case = people.file(home, kind="enquiry")
    tasks.sweep(LATE + HOUR)

    tasks.lift(missed(case))

    case.refresh_from_db()
    assert case.tier == 1


def test_4_01_a_closed_case_does_not_rise() -> None:
    home = people.house()
    case = people.file(home)
    closed(home, case)

    commands.rise(number=case.number, why="late", by=SYSTEM, at=LATE)

    case.refresh_from_db()
    assert case.tier == 1


@pytest.mark.parametrize("severity", ["major", "extra_major"])
def test_4_01_severity_lifts_the_tier_and_never_the_other_way(severity: str) -> None:
    home: House = people.house()
    case = people.file(home)
    commands.set_severity(**on(case, home.bo_bo), severity=severity, reason="多人受影响")

    commands.approve_severity(**on(case, home.chen))

    case.refresh_from_db()
    assert case.tier == {"major": 2, "extra_major": 3}[severity]
    if severity == "major":
        commands.set_tier(**on(case, home.bo_bo), tier="3", reason="系统故障")
    case.refresh_from_db()
    assert case.severity == severity
