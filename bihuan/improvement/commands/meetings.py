"""A meeting of the committee: called, given its agenda, attended, closed with its minutes (1.1)."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from bihuan.cases import queries as cases
from bihuan.core import ids
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import Invalid, NotReady
from bihuan.events import log
from bihuan.improvement import queries
from bihuan.improvement.commands.papers import (
    known_staff,
    line,
    planned,
    sitting,
    words,
    writers_only,
)
from bihuan.improvement.models import Attendance, Item, Meeting, Recusal
from bihuan.improvement.rules import committee as rules
from bihuan.policy import queries as policy
from bihuan.store.blocks import new_id

MOST_CASES, MOST_ITEMS = 20, 50


@transaction.atomic
def call(*, starts_at: datetime, place: str, by: Actor, at: datetime) -> Meeting:
    """召集：when and where; not in the past."""
    writers_only(by, "call")
    where = line(place, "place", most=120)
    if starts_at < at:
        raise Invalid({"starts_at": "in_the_past"}, rules.CLAUSE)
    meeting = Meeting.objects.create(id=new_id(at), starts_at=starts_at, place=where)
    log.append(
        "meeting.called", stream=meeting.id, by=by, at=at, clause=rules.CLAUSE,
        meeting=meeting.id, starts_at=starts_at.isoformat(),
    )  # fmt: skip
    return meeting


@transaction.atomic
def put_item(
    *,
    meeting_id: int,
    title: str,
    clause: str,
    put_by: int,
    papers: str = "",
    numbers: str = "",
    by: Actor,
    at: datetime,
) -> Item:
    """列入议程：what is to be decided, under which clause, who puts it, on which cases."""
    meeting = planned(meeting_id, "put_item", by)
    plain = line(title, "title")
    if clause not in policy.current(at).clauses:
        raise Invalid({"clause": "no_such_clause"}, rules.CLAUSE)
    known_staff(put_by, "put_by")
    found = _cases(numbers)
    place = Item.objects.filter(meeting_id=meeting.id).count() + 1
    if place > MOST_ITEMS:
        raise Invalid({"title": "too_many_items"}, rules.CLAUSE)
    item = Item.objects.create(
        id=new_id(at), meeting_id=meeting.id, place=place, title=plain, clause=clause,
        put_by=put_by, papers=words(papers, "papers", least=0), cases=found,
    )  # fmt: skip
    log.append(
        "meeting.item_put", stream=meeting.id, by=by, at=at, clause=rules.CLAUSE,
        meeting=meeting.id, item=item.id, clauses=[clause], put_by=put_by, numbers=found,
    )  # fmt: skip
    return item


def _cases(numbers: str) -> list[str]:
    """The case numbers in these words. That one exists is no secret of the committee's."""
    given = [word for word in re.split(r"[\s,，、;；]+", numbers.strip()) if word]
    plain = list(dict.fromkeys(ids.read_case_number(word) or "" for word in given))
    if "" in plain or len(plain) > MOST_CASES:
        raise Invalid({"numbers": "not_a_number_of_a_case"}, rules.CLAUSE)
    if plain and cases.visible(SYSTEM).filter(number__in=plain).count() < len(plain):
        raise Invalid({"numbers": "no_such_case"}, rules.CLAUSE)
    return plain


@transaction.atomic
def attend(*, meeting_id: int, present: Collection[int], by: Actor, at: datetime) -> Meeting:
    """签到：the seats that were there; who has voted stays present."""
    meeting = sitting(meeting_id, "attend", by, at)
    seats = {seat.id for seat in queries.seats_on(rules.today(meeting.starts_at))}
    there = set(present)
    if not there <= seats:
        raise Invalid({"present": "not_known"}, rules.CLAUSE)
    if queries.voters(meeting.id) - there:
        raise Invalid({"present": "has_voted"}, rules.CLAUSE)
    Attendance.objects.filter(meeting_id=meeting.id).delete()
    Attendance.objects.bulk_create(
        Attendance(meeting_id=meeting.id, seat_id=seat, present=seat in there)
        for seat in sorted(seats)
    )
    log.append(
        "meeting.attended", stream=meeting.id, by=by, at=at, clause=rules.CLAUSE,
        meeting=meeting.id, present=sorted(there), absent=sorted(seats - there),
    )  # fmt: skip
    return meeting


@transaction.atomic
def recuse(*, item_id: int, seat_id: int, reason: str, by: Actor, at: datetime) -> Recusal:
    """回避：a member with an interest in an item has no vote on it; before it is voted on."""
    item = queries.item(item_id, by)
    sitting(item.meeting_id, "recuse", by, at)
    plain = line(reason, "reason", most=300)
    if seat_id not in queries.present(item.meeting_id):
        raise Invalid({"seat_id": "not_present"}, rules.CLAUSE)
    if seat_id in queries.recused(item.id):
        raise Invalid({"seat_id": "recused_already"}, rules.CLAUSE)
    if queries.decision_on(item.id) is not None:
        raise Invalid({"seat_id": "has_voted"}, rules.CLAUSE)
    row = Recusal.objects.create(item_id=item.id, seat_id=seat_id, reason=plain)
    log.append(
        "meeting.recused", stream=item.meeting_id, by=by, at=at, clause=rules.CLAUSE,
        meeting=item.meeting_id, item=item.id, seat=seat_id,
    )  # fmt: skip
    return row


@transaction.atomic
def close(*, meeting_id: int, minutes: str, by: Actor, at: datetime) -> Meeting:
    """散会：with minutes and attendance; from now on nothing of its papers changes."""
    meeting = sitting(meeting_id, "close", by, at)
    text = words(minutes, "minutes", least=10)
    present = queries.present(meeting.id)
    if not present:
        raise NotReady(rules.CLAUSE, missing=["attendance"])
    _end(meeting, "closed", text, by, at)
    log.append(
        "meeting.closed", stream=meeting.id, by=by, at=at, clause=rules.CLAUSE,
        meeting=meeting.id, present=sorted(present), decisions=queries.decided(meeting.id),
    )  # fmt: skip
    return meeting


@transaction.atomic
def call_off(*, meeting_id: int, reason: str, by: Actor, at: datetime) -> Meeting:
    """取消：a meeting that does not take place, and why; not once something was decided."""
    meeting = planned(meeting_id, "call_off", by)
    text = words(reason, "reason")
    if queries.decided(meeting.id):
        raise Invalid({"reason": "decided_already"}, rules.CLAUSE)
    _end(meeting, "called_off", text, by, at)
    log.append(
        "meeting.called_off", stream=meeting.id, by=by, at=at, clause=rules.CLAUSE,
        meeting=meeting.id,
    )  # fmt: skip
    return meeting


def _end(meeting: Meeting, state: str, text: str, by: Actor, at: datetime) -> None:
    meeting.state, meeting.minutes = state, text
    meeting.ended_at, meeting.ended_by = at, by.id
    meeting.save(update_fields=["state", "minutes", "ended_at", "ended_by"])
