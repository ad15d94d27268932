"""A file is kept for years, and a hold stops its destruction whatever its age (2.2.4, L-02)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.cases.tests.stories import DAY, HOUR, closed, on, said
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible

pytestmark = pytest.mark.django_db
WHY = "法院调取，案号待补"
YEARS = timedelta(days=4 * 365)


def archived(home: House) -> Case:
    case = people.file(home)
    ended = closed(home, case)
    tasks.tend(ended.waits_until + HOUR)
    case.refresh_from_db()
    return case


def test_2_18_2_2_4_an_archived_file_says_until_when_it_is_kept() -> None:
    home = people.house()

    case = archived(home)

    assert case.kept_until == date(2029, 2, 13)
    assert said(case, "case.archived")[0].data["kept_until"] == "2029-02-13"


def test_2_18_what_ended_on_a_leap_day_is_kept_to_the_day_after() -> None:
    home = people.house()
    leap = datetime.fromisoformat("2028-02-29T09:00:00+00:00")
    case = people.file(home, at=leap)
    commands.withdraw(**on(case, home.ai_li, leap + HOUR))
    tasks.tend(leap + 4 * DAY)

    case.refresh_from_db()
    assert case.kept_until == date(2031, 3, 1)


def test_2_18_a_hold_keeps_an_archived_file_past_its_time_and_lifting_it_lets_it_go() -> None:
    home = people.house()
    case = archived(home)
    lawyer = people.lawyer("何清")
    commands.place_hold(number=case.number, reason=WHY, by=lawyer, at=FRIDAY + DAY)

    assert [c.id for c in queries.held_cases(home.chen).cases] == [case.id]
    assert list(queries.past_their_time(home.chen, FRIDAY + YEARS).cases) == []

    commands.lift_hold(number=case.number, reason="判决生效", by=lawyer, at=FRIDAY + 2 * DAY)

    assert [c.id for c in queries.past_their_time(home.chen, FRIDAY + YEARS).cases] == [case.id]
    assert list(queries.past_their_time(home.chen, FRIDAY + DAY).cases) == []
    kinds = [event.kind for event in said(case)][-2:]
    assert kinds == ["case.hold_placed", "case.hold_lifted"]


def test_a_hold_changes_nothing_else_of_the_case() -> None:
    home = people.house()
    case = archived(home)
    before = Case.objects.values().get(id=case.id)

    commands.place_hold(number=case.number, reason=WHY, by=home.chen, at=FRIDAY + DAY)

    assert Case.objects.values().get(id=case.id) == before


def test_who_may_hold_and_who_may_lift() -> None:
    home = people.house()
    case = people.file(home)

    with pytest.raises(NotPermitted):
        commands.place_hold(number=case.number, reason=WHY, by=home.bo_bo, at=FRIDAY)
    commands.place_hold(number=case.number, reason=WHY, by=home.chen, at=FRIDAY)
    with pytest.raises(NotPermitted):
        commands.lift_hold(number=case.number, reason="不需要了", by=home.chen, at=FRIDAY)


def test_a_hold_is_not_placed_twice_nor_lifted_where_there_is_none() -> None:
    home = people.house()
    case = people.file(home)
    lawyer = people.lawyer("何清")

    with pytest.raises(NotPossible):
        commands.lift_hold(number=case.number, reason="判决生效", by=lawyer, at=FRIDAY)
    commands.place_hold(number=case.number, reason=WHY, by=lawyer, at=FRIDAY)
    with pytest.raises(NotPossible):
        commands.place_hold(number=case.number, reason=WHY, by=lawyer, at=FRIDAY)
    with pytest.raises(Invalid):
        commands.lift_hold(number=case.number, reason=" ", by=lawyer, at=FRIDAY)
