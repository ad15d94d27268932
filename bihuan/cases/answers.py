"""A case as programs outside see it: the shapes of CONTRACT, encoded by msgspec."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from bihuan.cases.models import Case, Clock, Entry
from bihuan.core.clocks import SHANGHAI, ClockRow, is_late
from bihuan.core.handbook import Handbook
from bihuan.events.models import Event
from bihuan.policy import queries as policy

CLOCK_STATES = ["running", "met", "late", "void"]


class PromiseOut(msgspec.Struct):
    """One promise that meets in a clock."""

    promise: str
    clause: str
    quote: str
    force: str


class ClockOut(msgspec.Struct):
    """One clock row; times are ISO 8601 in Shanghai.

    A hard row is late when it was, or could still be, met only after `due_at`.
    """

    milestone: str
    due_at: datetime
    effective_due_at: datetime
    state: str
    status: str
    hard: bool
    done_at: datetime | None
    promises: list[PromiseOut]
    unheld_due_at: datetime | None = None  # when it would be due without its pauses


class CaseOut(msgspec.Struct):
    """A case with its running clocks and where to go next."""

    number: str
    state: str
    kind: str
    channel: str
    subject: str
    category: str
    issue: str
    severity: str
    tier: int
    priority: str
    department: str
    owner: int
    round: int
    version: int
    external_id: str
    received_at: datetime
    next_due_at: datetime | None
    policy: str
    missing: list[str]
    clocks: list[ClockOut]
    links: dict[str, str]


class EntryOut(msgspec.Struct):
    """Something said; personal numbers are masked."""

    id: int
    kind: str
    voice: str
    internal: bool
    author: str
    text: str
    at: datetime


class EventOut(msgspec.Struct):
    """One event of the sealed log."""

    seq: int
    kind: str
    at: datetime
    clause: str
    actor: int
    role: str
    data: dict[str, object]
    hash: str


class PageOut(msgspec.Struct):
    """One keyset page."""

    cases: list[CaseOut]
    next: str


def here(at: datetime) -> datetime:
    """The same moment, said in Shanghai."""
    return at.astimezone(SHANGHAI)


def promises_out(ids: Iterable[str], book: Handbook) -> list[PromiseOut]:
    """Promises by id with clause and quote."""
    place = book.sha256, tuple(ids)
    if (known := _promises.get(place)) is None:
        found = [book.promise(id) for id in place[1]]
        known = _promises[place] = [PromiseOut(p.id, p.clause, p.says, p.force) for p in found]
    return known


# as many as promises meet in one clock, of all versions
_promises: dict[tuple[str, tuple[str, ...]], list[PromiseOut]] = {}


def _state(row: Clock | ClockRow, done: datetime | None, at: datetime) -> str:
    """Judged by the facts; a soft row is never late, it only turns amber (HOUSE §6b)."""
    if isinstance(row, Clock) and row.void_at:
        return "void"
    if row.hard and is_late(due_at=row.due_at, done_at=done, at=at):
        return "late"
    return "met" if done else "running"


def clock_out(row: Clock | ClockRow, book: Handbook, at: datetime) -> ClockOut:
    """A stored or a just computed row, as it stands at this moment."""
    done = row.done_at if isinstance(row, Clock) else None
    unheld = row.unheld_due_at if isinstance(row, Clock) else None
    return ClockOut(
        milestone=row.milestone,
        due_at=here(row.due_at),
        effective_due_at=here(row.effective_due_at),
        state=_state(row, done, at),
        status=row.status,
        hard=row.hard,
        done_at=here(done) if done else None,
        promises=promises_out(row.promises, book),
        unheld_due_at=here(unheld) if unheld else None,
    )


def case_out(case: Case, rows: Sequence[Clock | ClockRow], at: datetime) -> CaseOut:
    """The case with these clock rows, as they stand at this moment."""
    book = policy.pinned(case.policy_id)
    base = f"/api/v1/cases/{case.number}"
    return CaseOut(
        number=case.number,
        state=case.state,
        kind=case.kind,
        channel=case.channel,
        subject=case.subject,
        category=case.category,
        issue=case.issue,
        severity=case.severity,
        tier=case.tier,
        priority=case.priority,
        department=case.department,
        owner=case.owner_id,
        round=case.round,
        version=case.version,
        external_id=case.external_id,
        received_at=here(case.received_at),
        next_due_at=here(case.next_due_at) if case.next_due_at else None,
        policy=book.version,
        missing=list(case.missing),
        clocks=[clock_out(row, book, at) for row in rows],
        links={
            "self": base,
            "clocks": f"{base}/clocks",
            "events": f"{base}/events",
            "entries": f"{base}/entries",
            "page": case.url,
        },
    )


def entry_out(entry: Entry, text: str) -> EntryOut:
    """An entry with its text as it may be shown."""
    return EntryOut(
        entry.id, entry.kind, entry.voice, entry.internal, entry.author_name, text, here(entry.at)
    )


def event_out(event: Event) -> EventOut:
    """An event with its hash in hex."""
    return EventOut(
        event.seq,
        event.kind,
        here(event.at),
        event.clause,
        event.actor_id,
        event.actor_role,
        event.data,
        bytes(event.hash).hex(),
    )


def encoded(answer: msgspec.Struct | Sequence[msgspec.Struct]) -> bytes:
    """JSON bytes."""
    return msgspec.json.encode(answer)
