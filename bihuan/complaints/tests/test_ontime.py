"""2.22 (2.3.2, 2.2.4): the sums of the on-time report say what the clocks say, at any time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from bihuan.cases import commands as cases
from bihuan.cases import tasks as case_tasks
from bihuan.cases.models import Clock
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import handled, resolved, told
from bihuan.complaints import commands, lateness, queries, tasks
from bihuan.complaints.models import OnTime, Unreckoned
from bihuan.complaints.queries import Which
from bihuan.complaints.tests.people import HOUR
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import Invalid, NotFound
from bihuan.events.relay import drain

FIRST, LAST = date(2026, 2, 1), date(2026, 6, 30)
db = pytest.mark.django_db


def report(home: House, first: date = FIRST, last: date = LAST, hard: bool = True) -> Any:
    return queries.on_time(home.chen, first, last, hard=hard)


def caught_up(at: datetime) -> None:
    drain(at)
    tasks.reckon(at)


# ---- what is counted


@db
def test_a_due_that_was_missed_and_one_that_was_kept_are_counted_where_they_belong():
    home = house()
    case = file(home)
    cases.accept(number=case.number, by=home.bo_bo, at=FRIDAY + HOUR)
    case_tasks.sweep(FRIDAY + 25 * HOUR)
    caught_up(FRIDAY + 25 * HOUR)

    found = report(home, date(2026, 2, 14), date(2026, 2, 14))
    assert (found.total.due, found.total.kept, found.total.running) == (2, 0, 2)
    cases.answer(number=case.number, text="已联系商家。", by=home.bo_bo, at=FRIDAY + 27 * HOUR)
    caught_up(FRIDAY + 27 * HOUR)

    found = report(home)
    response = found.by["milestone"]["case.first_response"]
    assert (response.due, response.missed, response.running) == (1, 1, 0)
    assert (response.late(50), response.rate) == (lateness.upper(lateness.step(180)), 0.0)
    assert found.by["milestone"]["complaint.accepted"].rate == 100.0
    assert found.by["staff"][str(home.bo_bo.id)].due == found.total.due
    assert found.by["department"].keys() == {"customer_service"}


@db
def test_a_merit_stays_with_whoever_had_the_case_when_the_due_was_decided():
    home = house()
    case = file(home)
    case_tasks.sweep(FRIDAY + 25 * HOUR)
    cases.assign(
        number=case.number, owner_id=home.other_agent.id, reason="改派", by=home.chen,
        at=FRIDAY + 26 * HOUR,
    )  # fmt: skip
    cases.answer(
        number=case.number, text="已联系商家。", by=home.other_agent, at=FRIDAY + 27 * HOUR
    )
    caught_up(FRIDAY + 27 * HOUR)

    found = report(home)

    assert found.by["staff"].keys() == {str(home.bo_bo.id)}
    assert found.by["department"].keys() == {"customer_service"}


@db
def test_a_correction_of_the_severity_moves_what_was_counted_and_what_it_makes_void_is_not():
    home = house()
    case = file(home)
    case_tasks.sweep(FRIDAY + 25 * HOUR)
    caught_up(FRIDAY + 25 * HOUR)
    before = report(home).by["severity"]
    assert set(before) == {"general"}

    later = FRIDAY + 26 * HOUR
    who = {"number": case.number, "at": later}
    cases.set_severity(**who, severity="major", reason="涉及人身安全", by=home.bo_bo)
    cases.approve_severity(**who, by=home.chen)
    caught_up(later)

    after = report(home).by["severity"]
    assert set(after) == {"major"}
    assert after["major"].due == Clock.objects.filter(hard=True, late_at__isnull=False).count()
    assert OnTime.objects.filter(severity="general", n__gt=0).count() == 0


@db
def test_what_was_missed_stays_missed_when_the_case_is_withdrawn_and_the_rest_is_no_due():
    home = house()
    case = file(home)
    case_tasks.sweep(FRIDAY + 25 * HOUR)
    cases.withdraw(number=case.number, by=home.ai_li, at=FRIDAY + 26 * HOUR)
    caught_up(FRIDAY + 26 * HOUR)

    total = report(home).total

    assert (total.due, total.missed, total.running) == (2, 2, 0)
    assert total.late(50) == lateness.upper(lateness.step(120))


@db
def test_what_a_retracted_decision_had_kept_is_counted_no_more_until_the_next():
    home = house()
    case = file(home)
    resolved(home, case)
    caught_up(FRIDAY + 3 * HOUR)
    kept = report(home).by["milestone"]["case.handling_done"].kept

    who = {"number": case.number, "by": home.bo_bo, "at": FRIDAY + 4 * HOUR}
    cases.retract(**who, reason="金额算错")
    caught_up(FRIDAY + 4 * HOUR)

    assert kept == 1
    assert "case.handling_done" not in report(home).by["milestone"]


@db
def test_soft_dues_stand_apart():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)
    caught_up(FRIDAY + 3 * HOUR)

    soft = Clock.objects.filter(hard=False, done_at__isnull=False).count()
    hard = Clock.objects.filter(hard=True, done_at__isnull=False).count()
    assert report(home, hard=False).total.due == soft
    assert report(home).total.due == hard > 0


@db
def test_what_is_heard_twice_is_counted_once():
    home = house()
    case = file(home)
    case_tasks.sweep(FRIDAY + 25 * HOUR)
    caught_up(FRIDAY + 25 * HOUR)
    before = report(home).total.steps

    for _ in range(2):
        commands.mark([case.id, case.id])
        tasks.reckon(FRIDAY + 26 * HOUR)

    assert report(home).total.steps == before
    assert not Unreckoned.objects.exists()


# ---- who may read, and what may be asked


@db
def test_reports_are_for_those_who_answer_for_the_handling_and_the_management():
    home = house()
    manager = Actor(5, frozenset({Role.AGENT}), "management")

    queries.on_time(manager, FIRST, LAST)
    for by in (home.bo_bo, home.ai_li, Actor(5, frozenset({Role.CUSTOMER}), "management")):
        for ask in (queries.on_time, queries.answered, queries.drift):
            with pytest.raises(NotFound):
                ask(by, FIRST, LAST)
        with pytest.raises(NotFound):
            queries.judged(by, Which(FIRST, LAST))
        with pytest.raises(NotFound):
            queries.unreckoned(by)


@db
@pytest.mark.parametrize("last", [date(2026, 1, 31), date(2029, 3, 1)])
def test_a_period_begins_before_it_ends_and_is_no_longer_than_can_be_read(last: date):
    home = house()

    for ask in (queries.on_time, queries.answered, queries.drift):
        with pytest.raises(Invalid):
            ask(home.chen, FIRST, last)


@db
def test_records_are_counted_by_clause_department_person_and_cause():
    home = house()
    file(home)
    case_tasks.sweep(FRIDAY + 25 * HOUR)
    caught_up(FRIDAY + 25 * HOUR)

    found = queries.answered(home.chen, FIRST, LAST)

    assert dict(found.total.states) == {"open": 2}
    assert found.by["staff"][str(home.bo_bo.id)].total == 2
    assert found.by["department"]["customer_service"].total == 2
    assert {"1.4", "4.2"} <= set(found.by["clause"])


@db
def test_drift_is_what_people_changed_of_what_the_rules_said():
    home = house()
    one, other = file(home), file(home)
    cases.set_severity(
        number=one.number, severity="major", reason="涉及安全", by=home.bo_bo, at=FRIDAY + HOUR
    )
    cases.approve_severity(number=one.number, by=home.chen, at=FRIDAY + HOUR)
    cases.accept(number=other.number, by=home.bo_bo, at=FRIDAY + HOUR)
    caught_up(FRIDAY + HOUR)

    total, people = queries.drift(home.chen, FIRST, LAST)

    assert (total.cases, total.raised, total.lowered, total.share) == (2, 1, 0, 50.0)
    first = people[0]
    assert (first.staff_id, first.cases, first.raised) == (one.owner_id, 1, 1)
    assert (first.enough, first.stands_out(total)) == (False, False)
    assert SYSTEM.id == 0
