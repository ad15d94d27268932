"""Who answers: given to whoever has most room, taken, put back, handed over, sent to a line."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.chat import loader, queries, rules
from bihuan.chat.commands.saying import put
from bihuan.chat.commands.steps import (
    alive,
    begin,
    begin_own,
    colleague_of,
    happened,
    leave_agent,
    refused,
    say,
    tell,
)
from bihuan.chat.models import Attendance, Conversation
from bihuan.chat.rules import CLAUSE, OPEN, WAITING, plans
from bihuan.core import inputs
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import Invalid, NotFound
from bihuan.policy import queries as policy
from bihuan.store import statements

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(%s, %s)"
_LOCK = (0x62686468, 0x63686174)  # whoever counts the room of agents
NOTE_MOST = 1000


def hold_room() -> None:
    """Nobody else gives or takes a chat until this transaction ends."""
    statements.run(_ONE_AT_A_TIME, _LOCK)


@transaction.atomic
def give_next(*, at: datetime, by: Actor = SYSTEM) -> int:
    """派给下一位：every line, the oldest first, as long as somebody has room; how many."""
    return sum(give_now(line, at, by) for line in loader.lines())


def give_now(line: str, at: datetime, by: Actor = SYSTEM) -> int:
    """The same for one line, within the caller's transaction."""
    if not queries.is_anybody_waiting(line) or not queries.there(at, line):
        return 0
    hold_room()
    given = 0
    for id, lost_by in queries.waiting_ids(at, line):
        rooms = queries.rooms(at, line)
        found = rules.next_of(rooms, but=lost_by)
        if found is None:
            if not any(room.free for room in rooms):
                break
            continue
        row = queries.held_if(id, WAITING)
        if row is not None:
            _to_agent(row, found.staff_id, "joined", by, at)
            row.save()
            say("chat.given", row, by, at, seconds=_waited(row, at))
            tell(row, "taken")
            given += 1
    return given


def _to_agent(row: Conversation, staff_id: int, code: str, by: Actor, at: datetime) -> None:
    """Theirs from now on; the caller saves the chat. One who takes a chat is there."""
    row.agent_id, row.state, row.given_at, row.held_at = staff_id, OPEN, at, None
    row.returned, row.lost_by = False, 0
    if code == "joined":
        happened(row, code, at, agent=staff_id)
    Attendance.objects.filter(staff_id=staff_id).update(last_given_at=at)


def _waited(row: Conversation, at: datetime) -> int:
    return max(int((at - row.queued_at).total_seconds()), 0)


@transaction.atomic
def take(*, id: int, by: Actor, at: datetime) -> Conversation:
    """接待：an agent takes a chat that waits, in any order; NotPossible `chats_full`."""
    _staff_only(by)
    row = begin(id, "take", by)
    hold_room()
    _has_room(by.id, row, "take", at)
    _to_agent(row, by.id, "joined", by, at)
    row.save()
    alive(by, at)
    say("chat.taken", row, by, at, seconds=_waited(row, at))
    tell(row, "taken")
    return row


def _has_room(staff_id: int, row: Conversation, action: str, at: datetime) -> None:
    seat = Attendance.objects.filter(staff_id=staff_id).first()
    most = (seat.most if seat else None) or policy.default("chat_at_once", at)
    if queries.open_counts([staff_id]).get(staff_id, 0) >= most:
        raise refused(row, action, "chats_full")


def _staff_only(by: Actor) -> None:
    if not by.is_staff:
        raise NotFound()


@transaction.atomic
def take_over(*, id: int, by: Actor, at: datetime) -> Conversation:
    """接管：who plans others' work takes an open chat from its agent; handed back the same way."""
    _staff_only(by)
    row = begin(id, "hand_over", by)
    if not plans(by):
        raise refused(row, "take_over", "not_your_chat")
    if row.agent_id == by.id:
        return row
    _hand(row, by.id, by, at)
    return row


@transaction.atomic
def hand_over(*, id: int, staff_id: int, text: str = "", by: Actor, at: datetime) -> Conversation:
    """转给同事：the colleague has the whole of it at once, with a note; they may hand it back.

    NotPossible `colleague_away` or `colleague_full`; Invalid `staff_id`.
    """
    _staff_only(by)
    row = begin_own(id, "hand_over", by)
    colleague_of(staff_id, "staff_id")
    if staff_id == row.agent_id:
        raise Invalid({"staff_id": "no_change"}, CLAUSE)
    said = inputs.words(text, field="text", most=NOTE_MOST)
    hold_room()
    rooms = {room.staff_id: room for room in queries.rooms(at)}
    if staff_id not in rooms:
        raise refused(row, "hand_over", "colleague_away")
    if not rooms[staff_id].free:
        raise refused(row, "hand_over", "colleague_full")
    if said:
        put(row, said, internal=True, by=by, at=at)
    _hand(row, staff_id, by, at)
    return row


def _hand(row: Conversation, staff_id: int, by: Actor, at: datetime) -> None:
    before = row.agent_id
    happened(row, "handed", at, agent=staff_id, before=before)
    _to_agent(row, staff_id, "handed", by, at)
    row.save()
    say("chat.handed_over", row, by, at, before=before)
    tell(row, "handed")


@transaction.atomic
def put_back(*, id: int, text: str = "", by: Actor, at: datetime) -> Conversation:
    """退回队列：in front, for somebody else; taken again the same way."""
    _staff_only(by)
    row = begin_own(id, "put_back", by)
    said = inputs.words(text, field="text", most=NOTE_MOST)
    if said:
        put(row, said, internal=True, by=by, at=at)
    give_up(row, "put_back", by, at)
    give_now(row.line, at)
    row.refresh_from_db()
    return row


def give_up(row: Conversation, why: str, by: Actor, at: datetime) -> None:
    """Back to the front of the queue, lost by who held it; the chat is held by the caller."""
    before = leave_agent(row, front=True, at=at)
    row.lost_by, row.lost_at = before, at
    happened(row, "returned", at, before=before)
    row.save()
    say("chat.returned", row, by, at, before=before, reason_code=why)
    tell(row, "returned")


@transaction.atomic
def change_line(*, id: int, line: str, text: str = "", by: Actor, at: datetime) -> Conversation:
    """转二线：technical support or the product managers have the whole of it, in front (6.2).

    Sent back the same way. Invalid `line`; the note is for colleagues alone.
    """
    _staff_only(by)
    row = begin_own(id, "change_line", by)
    inputs.one_of(line, loader.lines(), field="line")
    if line == row.line:
        raise Invalid({"line": "no_change"}, CLAUSE)
    said = inputs.words(text, field="text", most=NOTE_MOST)
    if said:
        put(row, said, internal=True, by=by, at=at)
    was = row.line
    if row.state == OPEN:
        leave_agent(row, front=True, at=at)
    row.line, row.lost_by, row.returned = line, 0, True
    happened(row, "line", at, line=line)
    row.save()
    say("chat.line_changed", row, by, at, before=was)
    tell(row, "line")
    give_now(line, at)
    row.refresh_from_db()
    return row
