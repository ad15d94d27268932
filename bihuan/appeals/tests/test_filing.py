"""3.2: a result that was told may be appealed against, once at a time, within three years."""

from __future__ import annotations

import pytest

from bihuan.appeals import commands, queries
from bihuan.appeals.models import Appeal, AppealClock
from bihuan.appeals.tests.people import AT, DAY, GROUND, HOUR, TOLD, WHY, Court, appeal, court, told
from bihuan.cases import commands as cases
from bihuan.cases import queries as seen
from bihuan.cases import tasks as time_of_cases
from bihuan.cases.tests.people import FRIDAY, file
from bihuan.cases.tests.stories import notified, resolved
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import (
    AlreadyAppealed,
    Invalid,
    NotFound,
    NotPermitted,
    NotPossible,
    OutOfTime,
)
from bihuan.events.models import Event
from bihuan.events.relay import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> Court:
    return court()


def test_3_01_an_appeal_is_a_record_of_its_own_and_the_case_stays_as_it_was(there):
    case = told(there)

    row = appeal(there, case, wish="重新核对视频，全额退款")

    case.refresh_from_db()
    assert (case.state, case.round) == ("notified", 1)
    assert row.number == f"{case.number}-S1"
    assert (row.level, row.about, row.ground, row.state) == (1, "result", "facts", "filed")
    said = Event.objects.get(stream=case.id, kind="appeal.filed")
    assert said.data["words"]
    assert "视频" not in str(said.data)
    assert any(item.text == WHY for item in seen.timeline(case, there.home.ai_li))


def test_x_41_its_clocks_are_those_of_a_new_complaint_from_its_filing_on(there):
    row = appeal(there, told(there))

    dues = {(c.milestone, c.due_at - AT) for c in queries.clocks(row) if c.hard}

    assert {("answered", DAY), ("accepted", 2 * DAY), ("decided", 3 * DAY)} <= {
        (name.removeprefix("appeal."), after) for name, after in dues
    }
    clause = [why.promise.clause for c in queries.clocks(row) for why in queries.explain(row, c)]
    assert {"1.4", "2.3.1"} <= set(clause)
    assert row.next_due_at == AT + DAY


def test_3_2_two_appeals_at_once_are_one_and_the_second_is_told_which(there):
    case = told(there)
    first = appeal(there, case)

    with pytest.raises(AlreadyAppealed) as no:
        appeal(there, case)

    assert no.value.facts["appeal"] == first.number
    assert Appeal.objects.count() == 1


def test_x_41_after_three_years_no_appeal_is_taken_and_on_the_last_day_one_is(there):
    case = told(there)
    last = TOLD.replace(year=TOLD.year + 3)

    with pytest.raises(OutOfTime) as no:
        appeal(there, case, last + HOUR)

    assert no.value.facts["until"] == last
    assert queries.may_appeal(case, last).refused == ""


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"text": "不服"}, {"text": "too_short"}),
        ({"text": ""}, {"text": "missing"}),
        ({"ground": "late"}, {"ground": "not_known"}),
        ({"ground": "", "text": "x" * 5001}, {"ground": "missing", "text": "too_long"}),
        ({"wish": "退" * 201}, {"wish": "too_long"}),
    ],
)
def test_bad_input_is_named_field_by_field_and_writes_nothing(there, given, fault):
    case = told(there)

    with pytest.raises(Invalid) as no:
        appeal(there, case, **given)

    assert no.value.fields == fault
    assert not Appeal.objects.exists()


def test_before_anything_was_told_there_is_nothing_to_appeal_against(there):
    with pytest.raises(NotPossible) as no:
        appeal(there, file(there.home))

    assert no.value.facts["state"] == "nothing_told"


def test_1_4_a_result_that_is_overdue_may_be_appealed_against_as_a_delay(there):
    case = file(there.home)

    row = appeal(
        there, case, FRIDAY + 4 * DAY, ground="late", text="承诺的三天已过，没有任何结果。"
    )

    assert row.about == "delay"


def test_strangers_and_merchants_find_nothing_to_appeal_against(there):
    case = told(there)
    given = {"number": case.number, "ground": GROUND, "text": WHY, "at": AT}

    with pytest.raises(NotFound):
        commands.file_appeal(**given, by=there.home.ding)
    case.merchant_id = 77
    case.save()
    with pytest.raises(NotPermitted):
        commands.file_appeal(**given, by=Actor(77, frozenset({Role.MERCHANT})))


def test_x_28_silence_closes_no_case_about_which_somebody_appealed(there):
    case = told(there)
    row = appeal(there, case)

    time_of_cases.tend(AT + 9 * DAY)
    case.refresh_from_db()
    assert case.state == "notified"

    commands.withdraw_appeal(appeal=row.number, by=there.home.ai_li, at=AT + 9 * DAY)
    drain(AT + 9 * DAY)
    time_of_cases.tend(AT + 10 * DAY)
    case.refresh_from_db()
    assert case.state == "notified"  # their days to object began anew
    time_of_cases.tend(AT + 17 * DAY)
    case.refresh_from_db()
    assert case.state == "closed"


def test_who_confirms_the_result_after_all_has_taken_the_appeal_back(there):
    case = told(there)
    row = appeal(there, case)

    cases.confirm(number=case.number, by=there.home.ai_li, at=AT + HOUR)
    drain(AT + HOUR)

    row.refresh_from_db()
    case.refresh_from_db()
    assert (row.state, case.state) == ("withdrawn", "closed")
    assert not AppealClock.objects.filter(appeal_id=row.id, done_at=None, void_at=None).exists()


def test_an_objection_that_has_it_handled_anew_leaves_the_appeal_without_object(there):
    case = told(there)
    row = appeal(there, case)

    cases.dispute(number=case.number, text="还是漏水", by=there.home.ai_li, at=AT + HOUR)
    drain(AT + HOUR)

    row.refresh_from_db()
    assert (row.state, row.reason_code) == ("lapsed", "disputed")


def test_staff_cannot_rid_themselves_of_an_appeal_by_merging_its_case(there):
    case = told(there)
    row = appeal(there, case)
    older = file(there.home, FRIDAY - DAY)

    cases.merge(number=case.number, into=older.number, by=there.home.bo_bo, at=AT + HOUR)
    drain(AT + HOUR)

    row.refresh_from_db()
    older.refresh_from_db()
    assert row.state == "filed"
    assert seen.needed(older, "close") == ["appeal"]


def test_a_late_appeal_is_said_once_whenever_somebody_looks(there):
    row = appeal(there, told(there))

    assert commands.miss_appeals(at=AT + 4 * DAY) >= 3
    assert commands.miss_appeals(at=AT + 4 * DAY) == 0

    late = Event.objects.filter(stream=row.case_id, kind="appeal.late")
    assert {e.data["milestone"] for e in late} == {
        "appeal.answered",
        "appeal.accepted",
        "appeal.decided",
    }
    assert SYSTEM.id == late[0].actor_id


def test_x_28_one_that_was_merged_away_waits_no_more_when_its_appeal_ends(there):
    case = told(there)
    row = appeal(there, case)
    older = file(there.home, FRIDAY - DAY)
    cases.merge(number=case.number, into=older.number, by=there.home.bo_bo, at=AT + HOUR)
    drain(AT + HOUR)
    assert seen.needed(older, "close") == ["appeal"]

    commands.withdraw_appeal(appeal=row.number, by=there.home.ai_li, at=AT + 2 * HOUR)
    drain(AT + 2 * HOUR)

    assert seen.needed(older, "close") == []


def test_x_28_a_case_that_is_told_only_while_its_delay_is_appealed_waits_too(there):
    case = file(there.home)
    late = FRIDAY + 4 * DAY
    appeal(there, case, late, ground="late", text="承诺的三天已过没有结果。")

    resolved(there.home, case, late + 2 * HOUR)
    notified(there.home, case, late + 3 * HOUR)
    time_of_cases.tend(late + 12 * DAY)

    case.refresh_from_db()
    assert case.state == "notified"
