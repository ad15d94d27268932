"""3.2: what is decided on an appeal, and what that does to the case, by an event of its own."""

from __future__ import annotations

import pytest

from bihuan.appeals import commands, queries
from bihuan.appeals.tests.people import (
    AT,
    DAY,
    DECISION,
    HOUR,
    Court,
    appeal,
    court,
    decide,
    named,
    taken_up,
    told,
)
from bihuan.cases import commands as cases
from bihuan.cases import queries as seen
from bihuan.cases import tasks as time_of_cases
from bihuan.cases.models import Clock
from bihuan.cases.tests.people import FRIDAY, agent, file
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible
from bihuan.events.models import Event
from bihuan.events.relay import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> Court:
    return court()


def kinds(case) -> list[str]:  # type: ignore[no-untyped-def]
    return list(Event.objects.filter(stream=case.id).order_by("seq").values_list("kind", flat=True))


def test_an_appeal_that_is_upheld_has_the_case_handled_anew_by_somebody_else(there):
    case = told(there)
    fresh = agent("新客服", "customer_service")
    row = named(there, appeal(there, case))
    taken_up(there, row)
    seen.forget_loads()

    decide(there, row)

    case.refresh_from_db()
    assert (case.state, case.round) == ("accepted", 2)
    assert case.owner_id in (fresh.id, there.home.chen.id)  # the team's, and not who handled it
    assert kinds(case)[-2:] == ["appeal.decided", "case.overturned"]
    assert case.next_due_at == AT + 2 * HOUR + DAY
    assert Clock.objects.filter(case_id=case.id, round=2).exists()
    words = [item.text for item in seen.timeline(case, there.home.ai_li)]
    assert any(DECISION["reasons"] in text for text in words)


def test_one_that_is_varied_is_carried_out_by_the_reviewer(there):
    case = told(there)
    row = named(there, appeal(there, case))
    taken_up(there, row)

    decide(there, row, outcome="varied")

    case.refresh_from_db()
    assert (case.state, case.owner_id) == ("accepted", there.reviewer.id)


def test_one_that_is_dismissed_leaves_the_result_and_begins_the_days_anew(there):
    case = told(there)
    row = named(there, appeal(there, case))
    taken_up(there, row)

    decide(there, row, outcome="dismissed")

    case.refresh_from_db()
    assert (case.state, case.round) == ("notified", 1)
    assert case.waits_until == AT + 2 * HOUR + 7 * DAY
    assert seen.needed(case, "close") == []
    level = queries.may_appeal(case, AT + 3 * HOUR)
    assert (level.level, level.refused) == (2, "")


def test_the_second_instance_is_of_others_and_after_it_the_house_has_none(there):
    case = told(there)
    first = named(there, appeal(there, case))
    taken_up(there, first)
    decide(there, first, outcome="dismissed")

    second = appeal(there, case, AT + 3 * HOUR)

    assert second.level == 2
    assert second.reviewer_id in (there.chief.id, there.zhou.id)
    assert queries.check(second, there.reviewer.id, AT) == ("touched", "team")
    by = there.who(second.reviewer_id)
    commands.accept_appeal(appeal=second.number, text="复核中", by=by, at=AT + 4 * HOUR)
    decide(there, second, AT + 5 * HOUR, outcome="dismissed")
    assert queries.may_appeal(case, AT + 6 * HOUR).refused == "decided_here"
    with pytest.raises(NotPossible):
        appeal(there, case, AT + 6 * HOUR)


def test_an_archived_case_is_opened_again_by_an_appeal_and_by_nothing_else(there):
    case = told(there)
    cases.confirm(number=case.number, by=there.home.ai_li, at=AT)
    time_of_cases.tend(AT + 5 * DAY)
    case.refresh_from_db()
    assert case.state == "archived"
    row = named(there, appeal(there, case, AT + 30 * DAY))
    commands.accept_appeal(
        appeal=row.number, text="核对中", by=there.reviewer, at=AT + 30 * DAY + HOUR
    )

    decide(there, row, AT + 31 * DAY)

    case.refresh_from_db()
    assert (case.state, case.archived_at, case.kept_until) == ("accepted", None, None)
    assert case.ended_at is None


def test_a_decline_that_is_appealed_against_may_be_set_aside(there):
    case = file(there.home)
    cases.decline(
        number=case.number, reason="不属于平台受理范围", basis="1.2", by=there.home.bo_bo,
        at=FRIDAY + HOUR,
    )  # fmt: skip
    row = named(there, appeal(there, case))
    assert row.about == "decline"
    taken_up(there, row)

    decide(there, row)

    case.refresh_from_db()
    assert case.state == "accepted"


def test_a_delay_that_is_upheld_gives_the_case_to_somebody_else_and_keeps_its_clocks(there):
    case = file(there.home)
    fresh = agent("新客服", "customer_service")
    late = FRIDAY + 4 * DAY
    row = named(there, appeal(there, case, late, ground="late", text="承诺的三天已过，没有结果。"))
    commands.accept_appeal(appeal=row.number, text="核对中", by=there.reviewer, at=late + HOUR)
    seen.forget_loads()
    before = set(Clock.objects.filter(case_id=case.id).values_list("due_at", "void_at"))

    decide(there, row, late + 2 * HOUR)

    case.refresh_from_db()
    assert (case.state, case.round) == ("filed", 1)
    assert case.owner_id in (fresh.id, there.home.chen.id)
    assert set(Clock.objects.filter(case_id=case.id).values_list("due_at", "void_at")) == before


def test_a_decision_says_what_was_found_why_on_what_basis_and_what_follows(there):
    row = named(there, appeal(there, told(there)))
    taken_up(there, row)

    with pytest.raises(Invalid) as no:
        commands.decide_appeal(
            appeal=row.number, outcome="upheld", facts="", reasons="短", basis="", next="",
            by=there.reviewer, at=AT + 2 * HOUR,
        )  # fmt: skip

    assert set(no.value.fields) == {"facts", "reasons", "basis", "next"}


def test_nothing_is_decided_before_it_was_taken_up_or_twice(there):
    row = named(there, appeal(there, told(there)))
    with pytest.raises(NotPossible):
        decide(there, row)
    taken_up(there, row)
    decide(there, row, outcome="dismissed")

    with pytest.raises(NotPossible):
        decide(there, row)


def test_an_appeal_is_declined_by_an_independent_supervisor_with_a_reason(there):
    case = told(there)
    row = named(there, appeal(there, case))
    given = {"appeal": row.number, "reason_code": "before_a_court", "text": "同一争议法院已立案。"}

    with pytest.raises(NotPermitted):  # the legal role reviews and does not decline
        commands.decline_appeal(**given, by=there.reviewer, at=AT + HOUR)
    commands.decline_appeal(**given, by=there.chief, at=AT + HOUR)

    drain(AT + HOUR)
    row.refresh_from_db()
    assert (row.state, row.reason_code) == ("declined", "before_a_court")
    assert seen.needed(case, "close") == []


def test_5_1_both_sides_are_heard_question_answer_and_what_the_handler_says(there):
    case = told(there)
    row = named(there, appeal(there, case))
    taken_up(there, row)
    commands.ask_appellant(
        appeal=row.number, text="视频是签收当天拍的吗？", by=there.reviewer, at=AT + HOUR
    )
    row.refresh_from_db()
    assert row.asked_at

    commands.add_to_appeal(
        appeal=row.number, text="是的，当天下午三点。", by=there.home.ai_li, at=AT + HOUR
    )
    commands.add_to_appeal(
        appeal=row.number, text="处理时视频尚未上传。", by=there.home.bo_bo, at=AT + HOUR
    )

    row.refresh_from_db()
    assert row.asked_at is None
    assert kinds(case)[-3:] == ["appeal.asked", "appeal.added", "appeal.replied"]
    assert queries.check(row, there.reviewer.id, AT + HOUR) == ()
    with pytest.raises(NotPermitted):  # of the staff only those of the case speak for it
        commands.add_to_appeal(
            appeal=row.number, text="我也说一句", by=there.home.other_agent, at=AT + HOUR
        )
