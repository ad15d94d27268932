"""Chats as pages show them: their words masked, their people, their agents, their cases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from bihuan.accounts import queries as people
from bihuan.accounts.queries import Shown
from bihuan.cases import queries as cases
from bihuan.chat.models import Conversation, Turn
from bihuan.chat.queries.queue import Place, in_order, place
from bihuan.chat.queries.rows import chat, lines_of, load_keys, opened, own, turns
from bihuan.chat.rules import ENDED, OPEN, WAITING
from bihuan.core import keyset, personal
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound
from bihuan.policy import queries as policy

LISTS = ("mine", "waiting", "open", "ended")
CUT = 60  # signs of the last words a list shows


@dataclass(frozen=True, slots=True)
class Said:
    """One turn for a reader: `text` masked, None when erased; `files` are rows of `cases`.

    Of the system's turns `code` and `facts` say what happened (words.happened puts it in words).
    """

    n: int
    voice: str
    name: str
    author_id: int
    text: str | None
    code: str
    facts: Mapping[str, Any]
    internal: bool
    files: tuple[Any, ...]
    mark: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A chat as lists show it; `unread` turns for its agent, `last` words masked."""

    chat: Conversation
    person: Shown | None
    agent: str
    case: Any | None
    last: str
    unread: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A chat with what was said, its place in the queue, the person's open and earlier matters."""

    line: Line
    said: list[Said]
    place: Place | None
    open_cases: list[Any]
    earlier: list[Conversation]


@dataclass(frozen=True, slots=True)
class Page:
    """One keyset page of a list; `cursor` "" at the end."""

    lines: list[Line]
    cursor: str


def said(row: Conversation, by: Actor, *, after: int = 0) -> list[Said]:
    """What was said after the n-th turn, for this reader; the last 500 at most.

    The caller has found `row` for `by` (`chat`). Three queries, however many turns.
    """
    return shown(row, turns(row, by, after=after))


def shown(row: Conversation, found: Sequence[Turn]) -> list[Said]:
    """These turns of that chat as a reader may see them."""
    load_keys([row])
    names = people.staff_names(_staff_in(found))
    files = _files(found)
    return [
        Said(
            n=one.n, voice=one.voice, name=names.get(one.author_id, ""), author_id=one.author_id,
            text=_masked(row, one), code=one.code,
            facts={k: names.get(v, "") if k in STAFF else v for k, v in one.facts.items()},
            internal=one.internal, files=tuple(files.get(one.draft_id, ())), mark=one.mark,
            at=one.at,
        )
        for one in found
    ]  # fmt: skip


#: What of a system turn's facts is a member of staff.
STAFF = frozenset({"agent", "before"})


def _staff_in(found: Sequence[Turn]) -> set[int]:
    authors = {one.author_id for one in found if one.voice == "agent"}
    return authors | {v for one in found for k, v in one.facts.items() if k in STAFF and v}


def _masked(row: Conversation, turn: Turn) -> str | None:
    text = opened(row.person_id, turn)
    return personal.mask(text) if text else text


def _files(found: Sequence[Turn]) -> dict[int, list[Any]]:
    return cases.files_of_drafts([one.draft_id for one in found if one.draft_id])


def lines(rows: Sequence[Conversation], by: Actor) -> list[Line]:
    """These with everything beside them, in five queries, however many there are."""
    load_keys(rows)
    known = people.shown({row.person_id for row in rows if row.person_id}, by)
    names = people.staff_names(row.agent_id for row in rows)
    linked = cases.visible(by).filter(id__in={row.case_id for row in rows if row.case_id})
    by_id: dict[int, Any] = {case.id: case for case in linked}
    last = _last(rows)
    return [
        Line(
            chat=row,
            person=known.get(row.person_id),
            agent=names.get(row.agent_id, ""),
            case=by_id.get(row.case_id),
            last=_cut(row, last.get(row.id)) if may_show(row, by_id, by) else "",
            unread=max(row.last_n - row.agent_read_n, 0) if row.state == OPEN else 0,
        )
        for row in rows
    ]


def may_show(row: Conversation, visible: Collection[int], by: Actor) -> bool:
    """Whether a list shows its last words: not those of a case closed to this reader."""
    return not row.case_id or row.case_id in visible or row.agent_id == by.id


def _last(rows: Iterable[Conversation]) -> dict[int, Turn]:
    found = Turn.objects.filter(chat_id__in=[row.id for row in rows], code="", internal=False)
    return {one.chat_id: one for one in found.order_by("chat_id", "-n").distinct("chat_id")}


def _cut(row: Conversation, turn: Turn | None) -> str:
    text = (_masked(row, turn) or "") if turn else ""
    plain = " ".join(text.split())
    return plain if len(plain) <= CUT else plain[: CUT - 1] + "…"


def board(by: Actor, at: datetime, *, show: str, cursor: str = "", limit: int = 40) -> Page:
    """One list of the desk: mine and waiting in their order, open and ended newest first.

    NotFound for outsiders, Invalid for a list or a cursor that there is not.
    """
    if not by.is_staff:
        raise NotFound()
    if show not in LISTS:
        raise Invalid({"list": "not_known"}, allowed=list(LISTS))
    if show == "mine":
        mine = Conversation.objects.filter(state=OPEN, agent_id=by.id).order_by("given_at", "id")
        return Page(lines(list(mine[:100]), by), "")
    if show == "waiting":
        return Page(lines(list(in_order()[:200]), by), "")
    found, more = keyset.cut(
        _newest(show, cursor)[: limit + 1], limit, lambda row: (row.asked_at, row.id)
    )
    return Page(lines(found, by), more)


def _newest(show: str, cursor: str) -> QuerySet[Conversation]:
    state = ENDED if show == "ended" else OPEN
    rows = Conversation.objects.filter(state=state).order_by("-asked_at", "-id")
    if cursor:
        since, id = keyset.read(cursor, datetime, int)
        rows = rows.filter(Q(asked_at__lt=since) | Q(asked_at=since, id__lt=id))
    return rows


def seen(id: int, by: Actor, at: datetime, *, after: int = 0, beside: bool = True) -> Seen:
    """One chat for the desk, with what was said after the n-th turn.

    Without `beside` nothing else of its person is looked up. NotFound for outsiders, and when its
    case is closed to one.
    """
    row = chat(id, by)
    open_cases, earlier = _beside(row, by) if beside and row.person_id else ([], [])
    told = said(row, by, after=after)
    return Seen(lines([row], by)[0], told, place(row, at), open_cases, earlier)


def _beside(row: Conversation, by: Actor) -> tuple[list[Any], list[Conversation]]:
    """The open cases and the earlier chats of the same person, as far as this reader may see."""
    visible = cases.visible(by)
    mine = visible.filter(person_id=row.person_id, state__in=cases.OPEN)
    before = Conversation.objects.filter(person_id=row.person_id).exclude(id=row.id)
    last = list(before.order_by("-id")[:8])
    known = set(visible.filter(id__in={one.case_id for one in last}).values_list("id", flat=True))
    earlier = [one for one in last if may_show(one, known, by)]
    return list(mine.order_by("-received_at", "-id")[:8]), earlier[:5]


def may_go_on(row: Conversation, at: datetime) -> bool:
    """Whether an ended chat can be gone on with."""
    hours = timedelta(hours=policy.default("chat_reopen", at))
    return row.state == ENDED and row.ended_at is not None and row.ended_at > at - hours


def mine_count(by: Actor) -> tuple[int, int]:
    """(chats this member of staff holds, people who wait): for the lists of the desk."""
    if not by.is_staff:
        return 0, 0
    held = Conversation.objects.filter(state=OPEN, agent_id=by.id).count()
    return held, Conversation.objects.filter(state=WAITING).count()


def owed(by: Actor) -> int:
    """Those who wait for this member of staff: in the queue of a line of theirs, or for a word."""
    if not by.is_staff:
        return 0
    lines = [one.id for one in lines_of(by)]
    mine = Q(state=OPEN, agent_id=by.id, unanswered_at__isnull=False)
    return Conversation.objects.filter(mine | Q(state=WAITING, line__in=lines)).count()


def earlier_of(by: Actor, token: str = "") -> list[Conversation]:
    """The chats of this person that have ended, newest first: for the portal."""
    return list(own(by, token).filter(state=ENDED)[:20])
