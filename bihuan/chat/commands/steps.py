"""What every command of this room does: hold the chat, check the step, add a turn, say it."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

from bihuan.accounts import queries as people
from bihuan.chat import queries
from bihuan.chat.models import Attendance, Conversation, Turn
from bihuan.chat.rules import CLAUSE, OPEN, STEPS, SYSTEM, WAITING, plans
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotPossible
from bihuan.events import log, now
from bihuan.store.blocks import new_id

EVENT = "chat-changed"


def begin(id: int, action: str, by: Actor, token: str = "") -> Conversation:
    """The chat, held, if its state allows this. NotFound, NotPossible with `why`."""
    row = queries.locked(id, by, token)
    if row.state not in STEPS[action]:
        raise refused(row, action, f"chat_{row.state}")
    return row


def begin_own(id: int, action: str, by: Actor) -> Conversation:
    """The same for the agent who holds it, and for who plans others' work."""
    row = begin(id, action, by)
    if row.state == OPEN and row.agent_id != by.id and not plans(by):
        raise refused(row, action, "not_your_chat")
    return row


def refused(row: Conversation, action: str, why: str) -> NotPossible:
    possible = sorted(name for name, states in STEPS.items() if row.state in states)
    return NotPossible(CLAUSE, state=row.state, action=action, possible=possible, why=why)


def add_turn(row: Conversation, *, voice: str, at: datetime, **given: Any) -> Turn:
    """The next turn; the caller saves `row`, whose `last_n` it moves. `text` is in clear."""
    text = given.pop("text", "")
    row.last_n += 1
    turn = Turn(id=new_id(at), chat_id=row.id, n=row.last_n, voice=voice, at=at, **given)
    if text:
        turn.salt = secrets.token_bytes(16)
        turn.text = queries.sealed(row.person_id, turn.id, text)
    turn.save(force_insert=True)
    return turn


def happened(row: Conversation, code: str, at: datetime, **facts: Any) -> Turn:
    """A turn in the system's voice: what happened, in facts without personal words."""
    return add_turn(row, voice=SYSTEM, code=code, facts=facts, at=at)


def say(kind: str, row: Conversation, by: Actor, at: datetime, **more: Any) -> None:
    """Write what happened into the log."""
    log.append(
        kind, stream=row.id, by=by, at=at, clause=CLAUSE, chat=row.id, line=row.line,
        agent=row.agent_id, case=row.case_id, **more,
    )  # fmt: skip


def tell(row: Conversation, kind: str, **facts: object) -> None:
    """Tell whoever is in it, and the desk: of an open chat its agent, of others everybody."""
    to: Collection[int] | None = None
    if row.state == OPEN and kind in AGENTS_ALONE:
        to = [row.agent_id]
    now.tell(row.id, EVENT, to=to, kind=kind, n=row.last_n, state=row.state, **facts)


#: What concerns nobody at the desk but the agent of the chat.
AGENTS_ALONE = frozenset({"said", "typing", "read"})


def leave_agent(row: Conversation, *, front: bool, at: datetime) -> int:
    """Back into the queue; who held it, 0 for nobody."""
    before, row.agent_id = row.agent_id, 0
    row.state, row.given_at, row.held_at = WAITING, None, None
    row.returned = front
    if row.unanswered_at is None:
        row.unanswered_at = at
    return before


def alive(by: Actor, at: datetime) -> None:
    """Who does something is there."""
    Attendance.objects.filter(staff_id=by.id, seen_at__lt=at).update(seen_at=at)


def colleague_of(staff_id: int, field: str) -> None:
    """Invalid when nobody of this id works here."""
    if staff_id not in people.active_staff():
        raise Invalid({field: "not_known"}, CLAUSE)
