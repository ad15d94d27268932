"""1.1: a decision has its clauses, its votes and what follows; a later one replaces it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible, NotReady
from bihuan.events.models import Event
from bihuan.events.seals import Said
from bihuan.improvement import commands, queries
from bihuan.improvement.models import Decision, Vote
from bihuan.improvement.rules import committee as rules
from bihuan.improvement.tests import table
from bihuan.improvement.tests.table import DAY, NOW, TEXT, Committee

pytestmark = pytest.mark.django_db
NEXT_WEEK = DAY + timedelta(days=7)


@pytest.fixture
def four() -> Committee:
    return table.committee()


@pytest.mark.parametrize(
    ("votes", "adopted"), [("ffff", True), ("fffa", True), ("ffax", False), ("fxxx", False)]
)
def test_more_than_half_of_who_may_vote_adopts_and_an_abstention_does_not(
    four: Committee, votes: str, adopted: bool
):
    made = table.decide(four, table.item(four, table.meeting(four)), votes)

    assert made.adopted is adopted
    assert made.votes_for == votes.count("f")
    assert Vote.objects.filter(decision_id=made.id).count() == 4


def test_a_decision_without_quorum_is_refused(four: Committee):
    on = table.item(four, table.meeting(four, present=2))

    with pytest.raises(NotReady) as refusal:
        table.decide(four, on, "ff")

    assert refusal.value.facts == {"missing": ["quorum"], "present": 2, "needed": 3}
    assert not Decision.objects.exists()


def test_a_vacant_function_is_an_empty_chair_and_not_a_smaller_table():
    two = table.committee(("operations", "law"))
    on = table.item(two, table.meeting(two))

    with pytest.raises(NotReady):
        table.decide(two, on, "ff")


def test_a_member_with_an_interest_has_no_vote_and_does_not_count_for_the_quorum(four: Committee):
    one = table.meeting(four, present=3)
    on = table.item(four, one)
    who = {"by": four.secretary, "at": NOW}

    commands.recuse(item_id=on.id, seat_id=four.seats[0].id, reason="本人是当事商家亲属", **who)

    with pytest.raises(NotReady) as refusal:
        table.decide(four, on, ".ff")
    assert refusal.value.facts["present"] == 2
    commands.attend(meeting_id=one.id, present=[seat.id for seat in four.seats], **who)
    assert table.decide(four, on, ".fff").votes_for == 3
    with pytest.raises(Invalid):
        commands.recuse(item_id=on.id, seat_id=four.seats[1].id, reason="事后才想起来", **who)


def test_only_a_seat_that_is_there_is_recused_and_only_once(four: Committee):
    on = table.item(four, table.meeting(four, present=3))
    who = {"item_id": on.id, "reason": "本人经办过", "by": four.secretary, "at": NOW}

    with pytest.raises(Invalid) as refusal:
        commands.recuse(**who, seat_id=four.seats[3].id)
    assert refusal.value.fields == {"seat_id": "not_present"}
    commands.recuse(**who, seat_id=four.seats[0].id)
    with pytest.raises(Invalid) as refusal:
        commands.recuse(**who, seat_id=four.seats[0].id)
    assert refusal.value.fields == {"seat_id": "recused_already"}


@pytest.mark.parametrize(
    ("changes", "votes", "field", "fault"),
    [
        ({"clauses": ""}, "ffff", "clauses", "missing"),
        ({"clauses": "1.4 9.9"}, "ffff", "clauses", "no_such_clause"),
        ({"text": "短"}, "ffff", "text", "too_short"),
        ({}, "fff", "votes", "every_seat_votes"),
        ({"due_on": NEXT_WEEK}, "ffff", "owner_id", "not_known"),
        ({"owner_id": 5, "due_on": NEXT_WEEK}, "ffff", "owner_id", "not_known"),
        ({"owner_id": 5}, "ffff", "due_on", "missing"),
        ({"replaces": "2026-001"}, "ffff", "replaces", "not_to_be_replaced"),
    ],
)
def test_what_is_wrong_is_named_at_its_field(four: Committee, changes, votes, field, fault):
    on = table.item(four, table.meeting(four))

    with pytest.raises(Invalid) as refusal:
        table.decide(four, on, votes, **changes)

    assert refusal.value.fields == {field: fault}


def test_what_follows_is_not_due_in_the_past(four: Committee):
    on, owner = table.item(four, table.meeting(four)), four.house.bo_bo.id

    with pytest.raises(Invalid) as refusal:
        table.decide(four, on, owner_id=owner, due_on=DAY - timedelta(days=1))

    assert refusal.value.fields == {"due_on": "in_the_past"}


def test_during_the_meeting_a_decision_is_corrected_and_keeps_its_number(four: Committee):
    on = table.item(four, table.meeting(four))
    first = table.decide(four, on)

    second = table.decide(four, on, "faaa", text=f"{TEXT}每周一次。")

    assert (second.id, second.number, second.adopted) == (first.id, first.number, False)
    kinds = Event.objects.filter(stream=first.id).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["decision.taken", "decision.corrected"]


def test_after_the_meeting_it_is_never_edited_but_replaced(four: Committee):
    one = table.meeting(four)
    on = table.item(four, one)
    first = table.decide(four, on)
    table.close(four, one)
    with pytest.raises(NotPossible):
        table.decide(four, on)

    two = table.meeting(four)
    second = table.decide(four, table.item(four, two), replaces=first.number)

    found, _ = queries.decision(first.id, four.house.chen, NOW)
    assert (found.state, found.replaced_by) == ("replaced", second.number)
    assert (first.number, second.number) == ("2026-001", "2026-002")
    with pytest.raises(Invalid):
        table.decide(four, table.item(four, two), replaces=first.number)
    with pytest.raises(Invalid):  # its meeting still lasts: there it is corrected
        table.decide(four, table.item(four, two), replaces=second.number)


def test_a_rejected_proposal_replaces_nothing_and_nothing_follows_from_it(four: Committee):
    one = table.meeting(four)
    first = table.decide(four, table.item(four, one))
    table.close(four, one)
    given = {"owner_id": four.house.bo_bo.id, "due_on": NEXT_WEEK, "replaces": first.number}

    second = table.decide(four, table.item(four, table.meeting(four)), "aaaa", **given)

    assert (second.owner_id, second.due_on) == (0, None)
    assert queries.decision(first.id, four.secretary, NOW)[0].state == "standing"


def test_what_follows_is_open_late_and_done_by_its_owner(four: Committee):
    one, bo_bo = table.meeting(four), four.house.bo_bo
    made = table.decide(four, table.item(four, one), owner_id=bo_bo.id, due_on=NEXT_WEEK)
    later = NOW + timedelta(days=8)
    with pytest.raises(NotPossible):
        commands.finish(id=made.id, by=bo_bo, at=NOW)
    table.close(four, one)

    def state(at=NOW) -> str:
        return queries.decision(made.id, bo_bo, at)[0].state

    assert (state(), state(later)) == ("open", "late")
    assert [d.row.id for d in queries.decisions(bo_bo, NOW, view="mine").found] == [made.id]
    with pytest.raises(NotPermitted):
        commands.finish(id=made.id, by=four.house.other_agent, at=NOW)
    with pytest.raises(NotFound):
        commands.finish(id=made.id, by=four.house.ai_li, at=NOW)
    commands.finish(id=made.id, by=bo_bo, at=NOW)
    assert state(later) == "done"
    with pytest.raises(NotPossible):
        commands.finish(id=made.id, by=bo_bo, at=NOW)


def test_only_an_adopted_decision_of_a_closed_meeting_is_published_and_only_once(four: Committee):
    one = table.meeting(four)
    made, refused = (table.decide(four, table.item(four, one), votes) for votes in ("ffff", "aaaa"))
    who = {"by": four.secretary, "at": NOW}
    with pytest.raises(NotPossible):
        commands.publish(id=made.id, **who)
    table.close(four, one)
    with pytest.raises(NotPermitted):
        commands.publish(id=made.id, by=four.house.chen, at=NOW)
    with pytest.raises(NotPossible):
        commands.publish(id=refused.id, **who)

    commands.publish(id=made.id, **who)

    assert [d.row.id for d in queries.published(NOW).found] == [made.id]
    with pytest.raises(NotPossible):
        commands.publish(id=made.id, **who)


def test_staff_read_what_is_published_and_not_who_voted_how(four: Committee):
    one = table.meeting(four)
    made = table.decide(four, table.item(four, one))
    table.close(four, one)
    with pytest.raises(NotFound):
        queries.decision(made.id, four.house.bo_bo, NOW)

    commands.publish(id=made.id, by=four.secretary, at=NOW)

    assert queries.decision(made.id, four.house.bo_bo, NOW)[1] == []
    assert len(queries.decision(made.id, four.house.chen, NOW)[1]) == 4
    with pytest.raises(NotFound):
        queries.decision(made.id, four.house.ai_li, NOW)


def test_the_log_keeps_no_words_but_knows_when_they_were_changed(four: Committee):
    on = table.item(four, table.meeting(four))
    table.decide(four, on)
    made = table.decide(four, on, text=f"{TEXT}每周一次。")
    rows = Event.objects.filter(stream=made.id).order_by("seq")
    said = [Said(e.stream, e.seq, e.kind, e.data) for e in rows]

    assert TEXT not in str([one.data for one in said])
    assert list(queries.changed_words(said)) == []
    Decision.objects.filter(id=made.id).update(text="别的决定内容")
    assert [one.seq for one in queries.changed_words(said)] == [2]


@given(st.integers(1, 60), st.integers(0, 99))
def test_those_needed_are_more_than_the_share_and_one_fewer_are_not(seats: int, percent: int):
    needed = rules.needed(seats=seats, percent=percent)

    assert needed * 100 > percent * seats
    assert (needed - 1) * 100 <= percent * seats


def test_a_share_of_all_asks_for_everybody_and_for_no_more():
    assert rules.needed(seats=4, percent=100) == 4
