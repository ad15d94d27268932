"""What is said in a chat: once each, in order, with its files; and notes for colleagues alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from django.db import transaction

from bihuan.cases import commands as cases
from bihuan.cases.commands import Fault
from bihuan.chat import queries
from bihuan.chat.commands.steps import add_turn, alive, refused, say, tell
from bihuan.chat.models import Conversation, Turn
from bihuan.chat.rules import AGENT, CLAUSE, OPEN, STEPS, USER
from bihuan.core import inputs
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid, NotFound, TooMany
from bihuan.events import log

TEXT_MOST = 2000
CLIENT_MARK = 40  # signs of what a sender marks a message with
FILES_MOST = 20  # messages of a person with files
FLOOD_MOST, FLOOD_WITHIN = 20, timedelta(seconds=60)  # messages of a person
Upload = tuple[BinaryIO, str]  # what was handed in, and what its owner calls it
#: The files of a chat stand in nobody's list of drafts.
KEEPER = Actor(0, frozenset({Role.CUSTOMER}))


@dataclass(frozen=True, slots=True)
class Said:
    """The chat and its turn; `replayed`: it was said before; why each other file was refused."""

    chat: Conversation
    turn: Turn
    replayed: bool = False
    faults: tuple[Fault, ...] = ()


def words_of(text: str) -> str:
    """Words that may be said. Invalid `text`."""
    return inputs.words(text, field="text", least=1, most=TEXT_MOST)


def said_before(row: Conversation, by: Actor, mark: str) -> Said | None:
    """The message of this mark, if it was taken already."""
    turn = queries.turn_of(row, _voice(by), mark)
    return Said(row, turn, replayed=True) if turn else None


def _voice(by: Actor) -> str:
    return AGENT if by.is_staff else USER


def speak(
    *, id: int, text: str, mark: str = "", uploads: Sequence[Upload] = (), token: str = "",
    by: Actor, at: datetime,
) -> Said:  # fmt: skip
    """说：one message of the person, or of the agent who holds the chat.

    `mark` is made by the sender: sent again it is the same message. A good file is kept even if
    another is not. NotPossible with `why`: chat_ended, not_your_chat, chat_waiting (for staff);
    TooMany past FLOOD_MOST a minute; Invalid for words and files.
    """
    inputs.words(mark, field="mark", most=CLIENT_MARK, lines=False)
    said = inputs.words(text, field="text", least=0 if uploads else 1, most=TEXT_MOST)
    draft, hashes, faults, made = None, list[str](), list[Fault](), None
    if uploads:  # a photo takes a while to be drawn anew: nothing is held meanwhile
        row = queries.chat(id, by, token)
        if known := said_before(row, by, mark):
            return known
        _allowed(row, by, at)
        _not_too_many(row, by)
        draft, hashes, faults = _kept(uploads, at)
        if not (said or draft):
            raise _first(faults)
    try:
        with transaction.atomic():
            row = queries.locked(id, by, token)
            draft_id = draft.id if draft else 0
            made = goes_on(row, said, mark, by, at, draft_id=draft_id, files=hashes)
    finally:
        if draft and (made is None or made.replayed):  # it ended meanwhile, or was said before
            cases.drop_draft(token=draft.token, by=KEEPER, at=at)
    return made if made.replayed else replace(made, faults=tuple(faults))


def goes_on(
    row: Conversation, text: str, mark: str, by: Actor, at: datetime, **files: Any
) -> Said:  # fmt: skip
    """The next words of a chat that is held, once, as far as they are allowed."""
    if known := said_before(row, by, mark):
        return known
    _allowed(row, by, at)
    return put(row, text, mark=mark, by=by, at=at, **files)


def _allowed(row: Conversation, by: Actor, at: datetime) -> None:
    if row.state not in STEPS["say"]:
        raise refused(row, "say", "chat_ended")
    if by.is_staff:
        if row.state != OPEN or row.agent_id != by.id:
            raise refused(row, "say", "not_your_chat" if row.state == OPEN else "chat_waiting")
        return
    lately = Turn.objects.filter(chat_id=row.id, voice=USER, at__gt=at - FLOOD_WITHIN)
    if lately.count() >= FLOOD_MOST:
        oldest = lately.order_by("at").values_list("at", flat=True)[0]
        wait = int((oldest + FLOOD_WITHIN - at).total_seconds()) + 1
        raise TooMany(CLAUSE, limit=FLOOD_MOST, retry_after=wait, why="messages")


def _not_too_many(row: Conversation, by: Actor) -> None:
    """A chat is no store of files: so many messages of a person may bring some."""
    with_files = Turn.objects.filter(chat_id=row.id, voice=USER, draft_id__gt=0)
    if not by.is_staff and with_files.count() >= FILES_MOST:
        raise TooMany(CLAUSE, limit=FILES_MOST, why="files")


def _kept(uploads: Sequence[Upload], at: datetime) -> tuple[Any, list[str], list[Fault]]:
    """Files as evidence is taken: known by content, drawn anew, hashed; before anything is held.

    The draft that holds them, None for none.
    """
    draft = cases.save_draft(token="", form="chat", data={}, step="", by=KEEPER, at=at)
    kept, faults = cases.add_files(uploads, draft=draft, by=KEEPER, at=at)
    if not kept:
        cases.drop_draft(token=draft.token, by=KEEPER, at=at)
        return None, [], faults
    return draft, [file.sha256 for file in kept], faults


def _first(faults: Sequence[Fault]) -> Exception:
    for _name, fault in faults:
        return fault
    return Invalid({"text": "missing"}, CLAUSE)


def put(
    row: Conversation, text: str, *, mark: str = "", draft_id: int = 0,
    files: Sequence[str] = (), internal: bool = False, by: Actor, at: datetime,
) -> Said:  # fmt: skip
    """Add these words to a chat that is held, move its marks, and save it."""
    voice = _voice(by)
    turn = add_turn(
        row, voice=voice, author_id=by.id, text=text, mark=mark, draft_id=draft_id,
        internal=internal, at=at,
    )  # fmt: skip
    if not internal:
        _move_marks(row, voice, at)
    if voice == AGENT:
        alive(by, at)
    row.save()
    words = {"words": log.words(text, bytes(turn.salt))} if text else {}
    say(
        "chat.noted" if internal else "chat.said", row, by, at, turn=turn.id, n=turn.n,
        voice=voice, files=list(files), **words,
    )  # fmt: skip
    tell(row, "said", voice=voice)
    return Said(row, turn)


def _move_marks(row: Conversation, voice: str, at: datetime) -> None:
    row.said_at = at
    if voice == USER:
        row.here_at = at
        row.user_read_n = row.last_n
        row.unanswered_at = row.unanswered_at or at
        return
    row.agent_read_n = row.last_n
    row.unanswered_at = None
    row.answered_at = row.answered_at or at
    row.held_at = row.held_at or at


@transaction.atomic
def note_chat(*, id: int, text: str, by: Actor, at: datetime) -> Said:
    """备注：for colleagues alone, whoever holds the chat."""
    if not by.is_staff:
        raise NotFound()
    row = queries.locked(id, by)
    return put(row, words_of(text), internal=True, by=by, at=at)


def typing(*, id: int, token: str = "", by: Actor, at: datetime) -> None:
    """正在输入：told to the other side, and kept nowhere."""
    row = queries.chat(id, by, token)
    if row.state in STEPS["say"] and (not by.is_staff or row.agent_id == by.id):
        tell(row, "typing", voice=_voice(by))


@transaction.atomic
def read(*, id: int, n: int, token: str = "", by: Actor, at: datetime) -> Conversation:
    """已读：up to the n-th turn; only the agent who holds it marks it for the desk.

    A sign that the person is there, too. No event: nothing has happened but a look.
    """
    row = queries.locked(id, by, token)
    upto = min(inputs.whole(n, field="n"), row.last_n)
    field = "agent_read_n" if by.is_staff else "user_read_n"
    if by.is_staff and row.agent_id != by.id:
        return row
    moved = upto > getattr(row, field)
    if moved:
        setattr(row, field, upto)
    if not by.is_staff:
        row.here_at = max(row.here_at, at)
    row.save(update_fields=["agent_read_n", "user_read_n", "here_at"])
    if moved and row.is_going:
        tell(row, "read", voice=_voice(by), upto=upto)
    return row


def be_there(*, id: int, token: str = "", by: Actor, at: datetime) -> Conversation:
    """The page of the person is open: noted at most every 20 seconds."""
    row = queries.chat(id, by, token)
    before = at - timedelta(seconds=20)
    if not by.is_staff and row.is_going and row.here_at < before:
        Conversation.objects.filter(id=row.id, here_at__lt=before).update(here_at=at)
    return row
