"""Many cases, one cause: gathered, told at once, and each closed on its own (2.2.3)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from bihuan.cases import commands as cases
from bihuan.cases.models import Case
from bihuan.cases.tests import people
from bihuan.cases.tests.stories import said
from bihuan.complaints import commands, queries
from bihuan.complaints.models import IncidentCase, IncidentNote, IncidentTold
from bihuan.complaints.tests.incidents import (
    HOUR,
    NOON,
    added,
    carried_out,
    customer,
    facts,
    mended,
    of_somebody,
    opened,
    some_cases,
    told,
)
from bihuan.core.refusals import (
    AlreadyGathered,
    Invalid,
    NotFound,
    NotPermitted,
    NotPossible,
    Stale,
)
from bihuan.events.models import Event

pytestmark = pytest.mark.django_db
LATER = NOON + 2 * HOUR


def test_2_20_cases_of_one_cause_are_gathered_and_stay_open_each_with_its_clocks() -> None:
    home = people.house()
    some = some_cases(home)

    row = opened(home, *some)

    found = queries.reach(row, home.bo_bo, LATER)
    assert (found.cases, found.open, found.people, found.merchants) == (3, 3, 3, 0)
    assert (found.first_at, found.last_at) == (some[0].received_at, some[2].received_at)
    assert row.number.startswith("SJ20260213")
    assert [e.data["incident"] for e in said(some[0], "incident.case_added")] == [row.id]
    assert Event.objects.get(stream=row.id).kind == "incident.opened"
    assert {case.version for case in Case.objects.all()} == {1}


def test_people_are_counted_once_however_often_they_complain() -> None:
    home = people.house()
    twice = [people.file(home), people.file(home, order_no="2")]

    row = opened(home, *twice, of_somebody(home, 1))

    assert queries.reach(row, home.bo_bo, LATER).people == 2


def test_a_case_belongs_to_one_open_incident_at_most_and_the_database_says_so_too() -> None:
    home = people.house()
    [case] = some_cases(home, 1)
    first, second = opened(home, case), opened(home, mark="two")

    with pytest.raises(AlreadyGathered) as refused:
        added(home, second, case)
    with pytest.raises(IntegrityError), transaction.atomic():
        IncidentCase.objects.create(
            id=1, incident_id=second.id, case_id=case.id, number=case.number, added_by=1, at=NOON
        )

    assert (refused.value.clause, refused.value.facts["incident"]) == ("2.2.3", first.id)


def test_a_case_or_an_incident_that_has_ended_takes_no_part() -> None:
    home = people.house()
    gone, late = some_cases(home, 2)
    cases.withdraw(number=gone.number, by=customer(gone), at=NOON)
    row = opened(home)

    with pytest.raises(NotPossible) as refused:
        added(home, row, gone)
    commands.close_incident(id=row.id, by=home.bo_bo, at=LATER)
    with pytest.raises(NotPossible) as closed:
        added(home, row, late)

    assert refused.value.facts["state"] == "withdrawn"
    assert closed.value.facts["state"] == "closed"


def test_taken_out_for_a_reason_it_may_go_elsewhere_and_nothing_is_deleted() -> None:
    home = people.house()
    [case] = some_cases(home, 1)
    row, other = opened(home, case), opened(home, mark="two")
    out = {"id": row.id, "number": case.number, "at": LATER}

    with pytest.raises(NotPermitted):
        commands.remove_from_incident(**out, reason="不是一回事", by=home.other_agent)
    with pytest.raises(Invalid):
        commands.remove_from_incident(**out, reason=" ", by=home.bo_bo)
    commands.remove_from_incident(**out, reason="与支付无关", by=home.bo_bo)
    added(home, other, case)

    [gone] = queries.removed(row, home.bo_bo)
    assert (gone.reason, gone.removed_by) == ("与支付无关", home.bo_bo.id)
    assert [e.data["incident"] for e in said(case, "incident.case_removed")] == [row.id]
    assert queries.incident_of(case, home.bo_bo) == other
    with pytest.raises(NotPossible):
        commands.remove_from_incident(**out, reason="再移一次", by=home.bo_bo)


def test_a_restricted_case_is_not_seen_counted_or_told_by_others() -> None:
    home = people.house()
    secret, plain = some_cases(home, 2)
    row = opened(home, secret, plain)
    Case.objects.filter(id=secret.id).update(restricted=True, owner_id=home.chen.id)

    message = told(home, row)
    carried_out()

    assert [case.id for case in queries.members(row, home.bo_bo)] == [plain.id]
    assert queries.reach(row, home.bo_bo, LATER).cases == 1
    assert queries.reach(row, home.chen, LATER).cases == 2
    assert secret.id not in {event.stream for event in queries.story(row, home.bo_bo)}
    assert [t.case_id for t in IncidentTold.objects.filter(message_id=message.id)] == [plain.id]
    with pytest.raises(NotFound):
        added(home, row, secret)
    assert queries.suggested(opened(home, mark="two"), home.bo_bo, LATER) == []


def test_incidents_do_not_exist_for_customers_and_only_who_leads_changes_them() -> None:
    home = people.house()
    row = opened(home, *some_cases(home, 1))

    for door in (
        lambda: queries.incident(row.id, home.ai_li),
        lambda: commands.change_incident(id=row.id, raw=facts(home), by=home.ai_li, at=LATER),
    ):
        with pytest.raises(NotFound):
            door()
    with pytest.raises(NotPermitted):
        commands.open_incident(raw=facts(home), mark="x", by=home.ai_li, at=LATER)
    for refused in (
        lambda: commands.change_incident(
            id=row.id, raw=facts(home, cause="x"), by=home.other_agent, at=LATER
        ),
        lambda: told(home, row, by=home.other_agent),
        lambda: commands.note_incident(id=row.id, text="x", by=home.other_agent, at=LATER),
        lambda: commands.close_incident(id=row.id, by=home.other_agent, at=LATER),
    ):
        with pytest.raises(NotPermitted):
            refused()
    assert queries.incidents(home.ai_li, LATER) == []


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"title": " "}, "title", "missing"),
        ({"what": ""}, "what", "missing"),
        ({"department": "moon"}, "department", "not_known"),
        ({"lead_id": ""}, "lead_id", "missing"),
        ({"lead_id": "999"}, "lead_id", "not_known"),
        ({"started_at": (NOON + 9 * HOUR).isoformat()}, "started_at", "in_the_future"),
        ({"found_at": (NOON - 2 * HOUR).isoformat()}, "found_at", "found_before_it_began"),
        ({"found_at": "gestern"}, "found_at", "not_a_moment"),
        ({"cause": "长" * 501}, "cause", "too_long"),
    ],
)
def test_bad_words_are_refused_at_their_field(
    changes: dict[str, Any], field: str, code: str
) -> None:
    home = people.house()

    with pytest.raises(Invalid) as refused:
        opened(home, **changes)

    assert refused.value.fields == {field: code}


def test_the_same_form_twice_opens_one_and_a_stale_form_changes_nothing() -> None:
    home = people.house()
    row = opened(home)
    asked = {"id": row.id, "by": home.bo_bo, "at": LATER}

    again = opened(home)
    changed = commands.change_incident(
        **asked, raw=facts(home, cause="证书过期，电话 13900002718"), expected_version=1
    )

    assert again.id == row.id
    assert "13900002718" not in changed.cause
    [event] = Event.objects.filter(stream=row.id, kind="incident.changed")
    assert event.data["fields"] == ["cause"]
    with pytest.raises(Stale):
        commands.change_incident(**asked, raw=facts(home, cause="别的"), expected_version=1)


def test_cases_that_the_same_thing_has_likely_caused_are_suggested_with_reasons() -> None:
    home = people.house()
    known, alike = some_cases(home, 2)
    people.file(home)  # of a broken blender
    ended = of_somebody(home, 5)
    cases.withdraw(number=ended.number, by=customer(ended), at=NOON)
    row = opened(home, known)

    found = queries.suggested(row, home.bo_bo, LATER)
    added(home, row, alike)

    assert [one.case.id for one in found] == [alike.id]
    assert {one.what for one in found[0].likeness.shared} == {"same_issue", "same_text"}
    assert queries.suggested(row, home.bo_bo, LATER) == []


def test_its_customers_read_the_public_note_and_nothing_else_of_it() -> None:
    home = people.house()
    case, other = some_cases(home, 2)
    row = opened(home, case)

    commands.note_incident(id=row.id, text="支付故障，正在修复。", by=home.bo_bo, at=LATER)
    shown = queries.public_note(case)
    mended(home, row)
    after = queries.public_note(case)

    assert (shown and shown.text, shown and shown.mended_at) == ("支付故障，正在修复。", None)
    assert after
    assert after.mended_at == NOON + HOUR
    assert queries.public_note(other) is None
    commands.note_incident(id=row.id, text="", by=home.bo_bo, at=LATER)
    assert queries.public_note(case) is None
    assert IncidentNote.objects.count() == 1


def test_the_second_wall_shows_a_customer_his_own_membership_and_no_incident() -> None:
    home = people.house()
    case, other = some_cases(home, 2)
    row = opened(home, case, other)
    told(home, row)
    commands.note_incident(id=row.id, text="支付故障，正在修复。", by=home.bo_bo, at=LATER)

    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('bihuan.person', %s, true)", [str(case.person_id)])
        counts = []
        for table in ("incident", "incidentmessage", "incidenttold", "incidentcase"):
            cursor.execute(f"SELECT count(*) FROM complaints_{table}")
            counts.append(cursor.fetchone()[0])
        note = queries.public_note(case)
        cursor.execute("SELECT set_config('bihuan.person', '', true)")

    assert counts == [0, 0, 0, 1]
    assert note is not None
