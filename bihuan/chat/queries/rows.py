"""Single chats, who may see them, and what they hold sealed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from bihuan.accounts import queries as people
from bihuan.cases import queries as cases
from bihuan.cases.queries import Case
from bihuan.chat import loader
from bihuan.chat.models import Conversation, Turn
from bihuan.chat.rules import AGENT, GOING, USER, plans
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import NotFound
from bihuan.store import secrets

TABLE, COLUMN = "chat_turn", "text"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")  # 256 bits


def mark_of(token: str) -> bytes | None:
    """What a row keeps of a browser's token, and is found by; None for what cannot be one."""
    return hashlib.sha256(token.encode()).digest() if _TOKEN.match(token) else None


def sealed(person_id: int, turn_id: int, text: str) -> bytes:
    """Under the key of this person, of the house for 0. NotPossible once they were erased."""
    if person_id:
        return secrets.seal(person_id, TABLE, COLUMN, turn_id, text)
    return secrets.seal_for_house(TABLE, COLUMN, turn_id, text)


def opened(person_id: int, turn: Turn) -> str | None:
    """The words of a turn in clear, "" for none: for commands. None when they were erased."""
    if not turn.text:
        return ""
    if person_id:
        return secrets.open_(person_id, TABLE, COLUMN, turn.id, turn.text)
    return secrets.open_for_house(TABLE, COLUMN, turn.id, turn.text)


def chat(id: int, by: Actor, token: str = "") -> Conversation:
    """That chat, for whoever is in it and for staff; NotFound for everybody else."""
    return _found(Conversation.objects.filter(id=id), by, token)


def locked(id: int, by: Actor, token: str = "") -> Conversation:
    """The same, held until the transaction ends. For commands."""
    return _found(Conversation.objects.select_for_update().filter(id=id), by, token)


def _found(rows: QuerySet[Conversation], by: Actor, token: str) -> Conversation:
    row = rows.first()
    if row is None or not (may_read(row, by) if by.is_staff else is_in(row, by, token)):
        raise NotFound()
    return row


def is_in(row: Conversation, by: Actor, token: str) -> bool:
    """Whether this is the person of the chat: signed in as whoever began it, or by the token."""
    mark = mark_of(token)
    if mark is not None and row.mark is not None and bytes(row.mark) == mark:
        return True
    theirs = Role.CUSTOMER in by.roles and by.id and row.person_id == by.id
    return Role.SYSTEM in by.roles or bool(theirs and row.proven)


def may_read(row: Conversation, by: Actor) -> bool:
    """Whether a member of staff may: whoever holds it, and all while its case is not closed."""
    if not row.case_id or row.agent_id == by.id:
        return True
    return bool(cases.visible(by).filter(id=row.case_id).exists())


def own(by: Actor, token: str = "") -> QuerySet[Conversation]:
    """The chats of this customer or of this browser, newest first."""
    mark = mark_of(token)
    mine = Q(mark=mark) if mark is not None else Q(pk__in=())
    if Role.CUSTOMER in by.roles and by.id:
        mine |= Q(person_id=by.id, proven=True)
    return Conversation.objects.filter(mine).order_by("-id")


def going(by: Actor, token: str = "") -> Conversation | None:
    """The chat this person is in now."""
    return own(by, token).filter(state__in=GOING).first()


def last(by: Actor, token: str = "") -> Conversation | None:
    """The chat this person is in, or was in last."""
    return going(by, token) or own(by, token).first()


def turns(row: Conversation, by: Actor, *, after: int = 0, most: int = 500) -> list[Turn]:
    """What was said after the n-th turn, in order; without what is for colleagues alone.

    Of more than `most` the last ones. The caller has found `row` for `by`.
    """
    rows = Turn.objects.filter(chat_id=row.id, n__gt=after)
    if not by.is_staff:
        rows = rows.filter(internal=False)
    return list(rows.order_by("-n")[:most])[::-1]


def turn_of(row: Conversation, voice: str, mark: str) -> Turn | None:
    """The message the sender marked so; None when there is none yet."""
    return Turn.objects.filter(chat_id=row.id, voice=voice, mark=mark).first() if mark else None


def draft_ids(row: Conversation) -> list[int]:
    """The drafts that hold its files."""
    rows = Turn.objects.filter(chat_id=row.id, draft_id__gt=0, internal=False)
    return list(rows.values_list("draft_id", flat=True))


def heard_since_answer(row: Conversation) -> int:
    """How many messages of the person no agent has answered."""
    found = Turn.objects.filter(chat_id=row.id, internal=False)
    answered = found.filter(voice=AGENT).order_by("-n").values_list("n", flat=True).first() or 0
    return found.filter(voice=USER, n__gt=answered).count()


def held_if(id: int, state: str) -> Conversation | None:
    """That chat, held, if it is in this state and nobody else is at it now. For commands."""
    rows = Conversation.objects.select_for_update(skip_locked=True)
    return rows.filter(id=id, state=state).first()


def is_in_another(row: Conversation) -> bool:
    """Whether the person of an ended chat is in another one now."""
    same = Q(mark=row.mark) if row.mark is not None else Q(pk__in=())
    if row.proven:
        same |= Q(person_id=row.person_id, proven=True)
    return Conversation.objects.filter(same, state__in=GOING).exclude(id=row.id).exists()


def case_of(case_id: int) -> Case:
    """The case a chat lies on: for commands."""
    return cases.visible(SYSTEM).get(id=case_id)


def number_of_case(case_id: int, by: Actor) -> str:
    """The number of the case a chat lies on; NotFound when it is closed to this actor."""
    found = cases.visible(by).filter(id=case_id).values_list("number", flat=True).first()
    if found is None:
        raise NotFound()
    return str(found)


def asks_contact(row: Conversation) -> bool:
    """Whether its case has a person whom nobody can tell anything: a guest who left no contact."""
    known = row.proven or not (row.case_id and row.person_id)
    return not known and row.person_id in people.unreachable({row.person_id})


def of_case(case_id: int, by: Actor) -> list[Conversation]:
    """The chats that lie on a case, newest first; the caller has let this actor see the case."""
    if not by.is_staff:
        return []
    return list(Conversation.objects.filter(case_id=case_id).order_by("-id")[:5])


def lines_of(by: Actor) -> list[loader.Line]:
    """The lines somebody may answer: those of his department, all for who plans others' work."""
    if plans(by):
        return list(loader.lines().values())
    units = {unit.code: unit.unit for unit in people.departments()}
    own = {by.department, units.get(by.department, "")}
    return [one for one in loader.lines().values() if one.department in own]


def load_keys(rows: Iterable[Conversation]) -> None:
    """The keys of these in one query, for a list of them."""
    secrets.load(row.person_id for row in rows if row.person_id)
