"""2.3.3: what is put right has an owner, a day, evidence, and somebody else who verifies it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from bihuan.cases.tests.people import FRIDAY, House, house
from bihuan.complaints import commands, queries, tasks
from bihuan.complaints.models import Accountability, Rectification
from bihuan.complaints.tests.people import HOUR, breached
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible
from bihuan.events.models import DeadLetter, Event
from bihuan.events.relay import drain
from bihuan.notify.models import Message

pytestmark = pytest.mark.django_db
AT = FRIDAY + 26 * HOUR
DUE = date(2026, 2, 20)
WHAT, SHOWN = "交接单增加到期时间一栏", "交接单已改版，见 2 月 18 日起的记录。"


@pytest.fixture
def home() -> House:
    return house()


def task(home: House, row: Accountability, **given: object) -> Rectification:
    asked = {"record_ids": [row.id], "what": WHAT, "owner_id": home.bo_bo.id, "due_on": DUE}
    return commands.set_measure(**(asked | {"by": home.chen, "at": AT} | given))  # type: ignore[arg-type]


def test_a_measure_is_reported_done_by_its_owner_and_verified_by_a_supervisor(home: House):
    case, row = breached(home)
    made = task(home, row)

    commands.finish_measure(id=made.id, evidence=SHOWN, by=home.bo_bo, at=AT + HOUR)
    assert queries.measure(made.id, home.chen, AT).verifiable
    commands.verify_measure(id=made.id, by=home.chen, at=AT + 2 * HOUR)

    [one] = queries.measures_of(row.id, home.chen, AT)
    assert (one.state, one.evidence, one.verifier) == ("verified", SHOWN, "陈主管")
    said = Event.objects.filter(stream=case.id, kind__startswith="rectification.").order_by("seq")
    assert [event.kind.partition(".")[2] for event in said] == ["set", "done", "verified"]
    assert said[0].data == {
        "measure": made.id, "records": [row.id], "owner": home.bo_bo.id, "due_on": "2026-02-20",
    }  # fmt: skip


def test_a_measure_for_several_records_is_said_on_the_stream_of_each_case(home: House):
    one, first = breached(home)
    other, second = breached(home)

    made = task(home, first, record_ids=[second.id, first.id, first.id])

    assert made.record_ids == sorted([first.id, second.id])
    said = Event.objects.filter(kind="rectification.set")
    assert {event.stream for event in said} == {one.id, other.id}


def test_what_is_not_shown_enough_goes_back_with_its_reason(home: House):
    _, row = breached(home)
    made = task(home, row)
    commands.finish_measure(id=made.id, evidence=SHOWN, by=home.bo_bo, at=AT)

    commands.return_measure(id=made.id, reason="没有附上改版后的交接单", by=home.chen, at=AT)

    back = queries.measure(made.id, home.bo_bo, AT)
    assert (back.state, back.returned) == ("open", "没有附上改版后的交接单")
    assert back.finishable


def test_neither_the_owner_nor_who_reported_it_verifies(home: House):
    _, row = breached(home)
    own = task(home, row, owner_id=home.chen.id)
    commands.finish_measure(id=own.id, evidence=SHOWN, by=home.chen, at=AT)
    reported = task(home, row)
    commands.finish_measure(id=reported.id, evidence=SHOWN, by=home.chen, at=AT)

    for made in (own, reported):
        with pytest.raises(NotPermitted) as refused:
            commands.verify_measure(id=made.id, by=home.chen, at=AT)
        assert refused.value.facts["why"] == "owner"
    with pytest.raises(NotPermitted) as refused:
        commands.verify_measure(id=reported.id, by=home.bo_bo, at=AT)
    assert refused.value.facts["why"] == "not_a_supervisor"


def test_a_measure_that_is_not_reported_is_neither_verified_nor_sent_back(home: House):
    _, row = breached(home)
    made = task(home, row)

    with pytest.raises(NotPossible):
        commands.verify_measure(id=made.id, by=home.chen, at=AT)
    with pytest.raises(NotPossible):
        commands.return_measure(id=made.id, reason="还没有报告", by=home.chen, at=AT)


def test_a_measure_whose_day_is_over_is_chased_once_and_its_people_are_told(home: House):
    _, row = breached(home)
    made = task(home, row)
    last_day = FRIDAY + timedelta(days=7)  # the 20th, 16:00 in Shanghai

    assert tasks.chase(last_day) == 0
    assert tasks.chase(last_day + 9 * HOUR) == 1
    assert tasks.chase(last_day + 10 * HOUR) == 0
    drain(last_day + 10 * HOUR)

    late = Event.objects.filter(kind="rectification.late").get()
    assert late.data["measure"] == made.id
    told = Message.objects.filter(template="rectification_late", channel="inbox")
    assert {m.staff_id for m in told} == {home.bo_bo.id, home.chen.id}
    assert not DeadLetter.objects.exists()
    assert queries.measure(made.id, home.chen, last_day + 9 * HOUR).state == "late"


def test_only_a_supervisor_or_who_answers_for_the_records_sets_measures(home: House):
    _, row = breached(home)

    task(home, row, by=home.bo_bo)
    with pytest.raises(NotFound):
        task(home, row, by=home.other_agent)
    compliance = Actor(77, frozenset({Role.COMPLIANCE}), "compliance")
    with pytest.raises(NotPermitted):
        task(home, row, by=compliance)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"record_ids": []}, "record_ids"),
        ({"what": "改"}, "what"),
        ({"owner_id": 10**15}, "owner_id"),
        ({"due_on": date(2026, 2, 13)}, "due_on"),
    ],
)
def test_a_measure_says_what_who_and_when(home: House, given: dict[str, object], field: str):
    _, row = breached(home)

    with pytest.raises(Invalid) as refused:
        task(home, row, **given)

    assert field in refused.value.fields


def test_the_list_is_in_the_order_of_its_days_page_by_page(home: House):
    _, row = breached(home)
    for n in (3, 1, 2):
        task(home, row, due_on=DUE + timedelta(days=n))

    first = queries.measures(home.bo_bo, AT, limit=2)
    rest = queries.measures(home.bo_bo, AT, limit=2, cursor=first.cursor)

    found = [one.due_on for one in [*first.measures, *rest.measures]]
    assert found == [DUE + timedelta(days=n) for n in (1, 2, 3)]
    assert rest.cursor == ""
    assert queries.measures(home.other_agent, AT).measures == []
    with pytest.raises(Invalid):
        queries.measures(home.chen, AT, cursor="WzAsIDFd")


def test_the_database_refuses_what_its_owner_verified(home: House):
    _, row = breached(home)
    made = task(home, row)

    with pytest.raises(IntegrityError), transaction.atomic():
        Rectification.objects.filter(id=made.id).update(
            done_at=AT, done_by=home.bo_bo.id, evidence="x", verified_at=AT,
            verified_by=home.bo_bo.id,
        )  # fmt: skip
