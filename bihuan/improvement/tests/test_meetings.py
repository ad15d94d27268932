"""1.1: four functions sit, a meeting has its agenda, and afterwards its papers stay."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import InternalError, transaction
from django.db.utils import IntegrityError

from bihuan.cases.tests import people
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible, NotReady
from bihuan.events.models import Event
from bihuan.improvement import commands, queries
from bihuan.improvement.models import Attendance, Decision, Item, Meeting, Vote
from bihuan.improvement.tests import table
from bihuan.improvement.tests.table import CALLED, DAY, MINUTES, NOW, Committee

pytestmark = pytest.mark.django_db


@pytest.fixture
def four() -> Committee:
    return table.committee()


def test_the_committee_is_complete_only_with_all_four_functions():
    three = table.committee(("operations", "law", "technology"))

    found = queries.composition(three.house.chen, NOW)

    assert not found.complete
    assert found.vacant == ["service"]
    commands.appoint(
        function="service", staff_id=three.house.bo_bo.id, from_on=DAY, by=three.secretary, at=NOW
    )
    assert queries.composition(three.house.chen, NOW).complete


def test_a_seat_ends_on_its_last_day(four: Committee):
    commands.end_seat(id=four.seats[0].id, until_on=DAY, by=four.secretary, at=NOW)

    assert queries.composition(four.secretary, NOW).complete
    tomorrow = queries.composition(four.secretary, NOW + timedelta(days=1))
    assert tomorrow.vacant == ["operations"]
    with pytest.raises(NotPossible):
        commands.end_seat(
            id=four.seats[0].id, until_on=DAY, by=four.secretary, at=NOW + timedelta(days=1)
        )


def test_nobody_sits_twice_at_the_same_time(four: Committee):
    with pytest.raises(Invalid) as refusal:
        commands.appoint(
            function="law", staff_id=four.members[0].id, from_on=DAY, by=four.secretary, at=NOW
        )

    assert refusal.value.fields == {"staff_id": "seated_already"}


@pytest.mark.parametrize(
    ("changes", "field", "fault"),
    [
        ({"function": "finance"}, "function", "not_known"),
        ({"staff_id": 5}, "staff_id", "not_known"),
        ({"until_on": date(2026, 3, 1)}, "until_on", "before_its_start"),
    ],
)
def test_a_seat_that_cannot_be_is_refused_at_its_field(four: Committee, changes, field, fault):
    given = {"function": "law", "staff_id": four.house.bo_bo.id, "from_on": DAY} | changes

    with pytest.raises(Invalid) as refusal:
        commands.appoint(**given, by=four.secretary, at=NOW)

    assert refusal.value.fields == {field: fault}


def test_supervisors_read_and_do_not_write_and_outsiders_see_nothing(four: Committee):
    call = {"starts_at": NOW, "place": "三号会议室", "at": NOW}

    with pytest.raises(NotPermitted):
        commands.call(**call, by=four.house.chen)
    with pytest.raises(NotFound):
        commands.call(**call, by=four.house.ai_li)

    one = table.meeting(four)
    assert queries.meeting(one.id, four.house.chen, NOW).row == one
    assert queries.meeting(one.id, four.members[0], NOW).row == one
    for by in (four.house.bo_bo, four.house.ai_li, Actor(7, frozenset({Role.MERCHANT}))):
        with pytest.raises(NotFound):
            queries.meeting(one.id, by, NOW)


def test_a_meeting_is_not_called_for_yesterday(four: Committee):
    with pytest.raises(Invalid) as refusal:
        commands.call(starts_at=CALLED, place="三号会议室", by=four.secretary, at=NOW)

    assert refusal.value.fields == {"starts_at": "in_the_past"}


def test_an_item_names_a_clause_of_the_handbook_and_cases_that_exist(four: Committee):
    one, case = table.meeting(four), people.file(four.house)

    made = table.item(four, one, numbers=f"{case.number}、{case.number}", papers="致电 13912342718")

    assert made.cases == [case.number]
    assert "13912342718" not in made.papers
    page = queries.meeting(one.id, four.house.chen, NOW)
    assert page.items[0].cases == [(case.number, case.desk_url)]
    assert queries.meeting(one.id, four.secretary, NOW).items[0].cases == [(case.number, "")]
    for changes, field, fault in (
        ({"clause": "9.9"}, "clause", "no_such_clause"),
        ({"numbers": "TS1"}, "numbers", "not_a_number_of_a_case"),
        ({"title": ""}, "title", "missing"),
        ({"put_by": 5}, "put_by", "not_known"),
    ):
        with pytest.raises(Invalid) as refusal:
            table.item(four, one, **changes)
        assert refusal.value.fields == {field: fault}


def test_nothing_happens_before_a_meeting_has_begun(four: Committee):
    later = NOW + timedelta(hours=1)
    one = commands.call(starts_at=later, place="三号会议室", by=four.secretary, at=NOW)
    who = {"by": four.secretary, "at": NOW}

    with pytest.raises(NotPossible) as refusal:
        commands.attend(meeting_id=one.id, present=[four.seats[0].id], **who)

    assert refusal.value.facts["state"] == "not_begun"
    with pytest.raises(NotPossible):
        commands.close(meeting_id=one.id, minutes=MINUTES, **who)


def test_a_meeting_closes_with_minutes_and_attendance_and_then_stays(four: Committee):
    one = commands.call(starts_at=NOW, place="三号会议室", by=four.secretary, at=CALLED)
    with pytest.raises(NotReady):
        table.close(four, one)
    commands.attend(meeting_id=one.id, present=[four.seats[0].id], by=four.secretary, at=NOW)
    with pytest.raises(Invalid):
        commands.close(meeting_id=one.id, minutes="", by=four.secretary, at=NOW)

    table.close(four, one)

    said = Event.objects.filter(stream=one.id).order_by("seq").values_list("kind", flat=True)
    assert list(said) == ["meeting.called", "meeting.attended", "meeting.closed"]
    for act in (
        lambda: table.item(four, one),
        lambda: table.close(four, one),
        lambda: commands.attend(meeting_id=one.id, present=[], by=four.secretary, at=NOW),
        lambda: commands.call_off(
            meeting_id=one.id, reason="人数不够，改期", by=four.secretary, at=NOW
        ),
    ):
        with pytest.raises(NotPossible):
            act()


def test_a_meeting_that_does_not_take_place_is_called_off_with_a_reason(four: Committee):
    one = table.meeting(four)

    commands.call_off(meeting_id=one.id, reason="台风停运，改期再开", by=four.secretary, at=NOW)

    row = Meeting.objects.get(id=one.id)
    assert (row.state, row.minutes) == ("called_off", "台风停运，改期再开")


def test_a_meeting_that_decided_something_is_not_called_off(four: Committee):
    one = table.meeting(four)
    table.decide(four, table.item(four, one))

    with pytest.raises(Invalid) as refusal:
        commands.call_off(meeting_id=one.id, reason="改期再开一次", by=four.secretary, at=NOW)

    assert refusal.value.fields == {"reason": "decided_already"}


def test_who_has_voted_cannot_have_been_away(four: Committee):
    one = table.meeting(four)
    table.decide(four, table.item(four, one))

    with pytest.raises(Invalid) as refusal:
        commands.attend(meeting_id=one.id, present=[four.seats[0].id], by=four.secretary, at=NOW)

    assert refusal.value.fields == {"present": "has_voted"}


def test_the_database_keeps_the_papers_of_a_closed_meeting(four: Committee):
    one = table.meeting(four)
    made = table.decide(four, table.item(four, one))
    table.close(four, one)

    for change in (
        lambda: Decision.objects.filter(id=made.id).update(text="别的话"),
        lambda: Decision.objects.filter(id=made.id).delete(),
        lambda: Vote.objects.filter(decision_id=made.id).update(vote="against"),
        lambda: Vote.objects.create(decision_id=made.id, seat_id=9, vote="for"),
        lambda: Item.objects.filter(meeting_id=one.id).update(title="别的题目"),
        lambda: Attendance.objects.filter(meeting_id=one.id).delete(),
        lambda: Meeting.objects.filter(id=one.id).update(minutes="别的纪要"),
    ):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            change()
    assert Decision.objects.filter(id=made.id).update(published_at=NOW) == 1
