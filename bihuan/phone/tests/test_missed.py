"""1.3: a call that nobody answered is a case from when it rang, and somebody calls back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bihuan.cases import commands as cases
from bihuan.cases.models import Case, Clock, Entry, Sealed
from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.phone import commands, queries, tasks
from bihuan.phone.models import Call, CallBack
from bihuan.phone.rules.facts import LONGEST
from bihuan.phone.tests.exchange import AI_LI, UNKNOWN, at, fact, hear, missed

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(db: None) -> House:
    return people.house()


def test_a_missed_call_is_an_enquiry_whose_clocks_run_from_when_it_rang(home: House, settings):
    call = missed(rang=20)

    case = Case.objects.get(id=call.case_id)
    assert (case.kind, case.channel, case.subject) == ("enquiry", "phone", "未接来电")
    assert (case.received_at, case.external_id) == (at(0), "call-1")
    assert case.person_id == home.ai_li.id
    answer = Clock.objects.get(case_id=case.id, milestone="case.first_response")
    assert answer.due_at == at(24 * 3600)
    [back] = CallBack.objects.all()
    assert (back.case_id, back.owner_id) == (case.id, case.owner_id)
    assert back.due_at == at(0) + timedelta(minutes=settings.PHONE.back_minutes)


def test_the_number_on_the_case_is_sealed_like_any_other(home: House):
    call = missed(number_from=UNKNOWN)

    words = Entry.objects.get(case_id=call.case_id)
    assert UNKNOWN not in words.text
    assert Sealed.objects.filter(case_id=call.case_id, kind="phone").exists()
    call.refresh_from_db()
    assert call.person_id == Case.objects.get().person_id != 0


@pytest.mark.parametrize(
    ("rang", "changes", "becomes"),
    [
        (5, {}, True),
        (4, {}, False),
        (60, {"number_from": "anonymous"}, False),
        (60, {"direction": "out"}, False),
    ],
)
def test_who_hung_up_at_once_has_no_number_or_was_called_leaves_no_case(
    home: House, rang: float, changes: dict[str, str], becomes: bool
):
    call = missed(rang=rang, **changes)

    assert bool(call.case_id) is becomes
    assert call.settled_at is not None
    assert Case.objects.exists() is becomes


@pytest.mark.parametrize("reason", ["", "caller_left", "voicemail", "busy"])
def test_whatever_the_reason_nobody_was_there(home: House, reason: str):
    hear(fact("started"))
    hear(fact("ended", 30, reason=reason))

    assert tasks.settle(at(60)) == 1


def test_events_that_overtake_each_other_are_waited_for(home: House):
    hear(fact("started"))
    hear(fact("ended", 90), heard=90)
    assert tasks.settle(at(100)) == 0

    hear(fact("answered", 8), heard=105)

    assert tasks.settle(at(200)) == 0
    assert not Case.objects.exists()


def test_an_answer_heard_much_later_takes_the_call_off_the_list_and_leaves_the_case(home: House):
    call = missed()

    hear(fact("answered", 8), heard=3600)

    back = CallBack.objects.get()
    assert (back.outcome, back.done_at) == ("answered", at(3600))
    call.refresh_from_db()
    assert (call.outcome, Case.objects.count()) == ("answered", 1)
    assert tasks.settle(at(7200)) == 0


def test_several_within_two_hours_are_one_case_and_one_call_back(home: House):
    first = missed("call-1", 0)
    again = missed("call-2", 3600)
    third = missed("call-3", 3600 + 7200)
    other = missed("call-4", 20, number_from=UNKNOWN)

    assert first.case_id == again.case_id == third.case_id != other.case_id
    assert CallBack.objects.count() == 2
    notes = Entry.objects.filter(case_id=first.case_id, kind="note")
    assert [note.internal for note in notes] == [True, True]
    assert all("再次来电" in note.text and AI_LI not in note.text for note in notes)


def test_later_than_two_hours_or_after_its_end_it_is_another_case(home: House):
    first = missed("call-1", 0)
    later = missed("call-2", 7201)
    assert first.case_id != later.case_id
    number = Case.objects.get(id=later.case_id).number
    cases.decline(number=number, reason="误拨", basis="1.3", by=home.chen, at=at(7300))

    last = missed("call-3", 7400)

    assert last.case_id not in {first.case_id, later.case_id}


def test_once_called_back_a_next_missed_call_is_owed_anew(home: House):
    call = missed()
    back = queries.open_back(call.id)
    commands.try_back(id=back.id, outcome="reached", by=home.bo_bo, at=at(300))

    again = missed("call-2", 1800)

    assert again.case_id == call.case_id
    assert queries.open_back(again.id).owner_id == back.owner_id


def test_a_call_whose_end_was_never_heard_is_over_after_longer_than_any_call(home: House):
    hear(fact("started"))
    late = LONGEST.total_seconds()

    assert tasks.settle(at(late)) == 0
    tasks.settle(at(late + 1))
    assert tasks.settle(at(late + 60)) == 1

    call = Call.objects.get()
    assert (call.outcome, bool(call.case_id)) == ("missed", True)


def test_a_call_that_somebody_laid_on_a_case_himself_makes_no_other(home: House):
    case = people.file(home)
    hear(fact("started"))
    call = hear(fact("ended", 30))
    commands.link(id=call.id, number=case.number, by=home.bo_bo, at=at(40))

    assert tasks.settle(at(100)) == 0
    assert Case.objects.count() == 1


def test_a_call_that_cannot_be_judged_holds_up_no_other(home: House, settings, caplog):
    settings.PHONE = replace(settings.PHONE, keep_days=3650)
    years = -5 * 365 * 86_400  # before any policy was in force: no case can be filed
    hear(fact("started", years), "old", heard=0)
    hear(fact("ended", years + 20), "old", heard=20)
    hear(fact("started", 0, number_from=UNKNOWN))
    hear(fact("ended", 30, number_from=UNKNOWN))

    assert tasks.settle(at(90)) == 1

    assert Call.objects.get(ref="call-1").case_id
    assert Call.objects.get(ref="old").settled_at is None
    assert [one.message for one in caplog.records] == [
        f"call {Call.objects.get(ref='old').id}: Invalid"
    ]
