"""The one writer of the log: what happened, beside the change itself, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from bihuan.core import seal
from bihuan.core.actors import Actor, Role
from bihuan.events import catalog
from bihuan.events.models import Event

_WRITE = """
WITH said AS (
    INSERT INTO events_event
        (stream, seq, kind, at, actor_id, actor_role, clause, data, previous, hash)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    RETURNING stream, seq
)
INSERT INTO events_pending (stream, seq) SELECT stream, seq FROM said
"""
_HEAD = "SELECT seq, hash FROM events_event WHERE stream = %s ORDER BY seq DESC LIMIT 1"
_WEIGHT = {role: place for place, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class EventRow:
    """The columns of an event, in the table's order."""

    stream: int
    seq: int
    kind: str
    at: datetime
    actor_id: int
    actor_role: str
    clause: str
    data: Mapping[str, object]
    previous: bytes
    hash: bytes

    @property
    def json(self) -> str:
        """The data as the seal covers it."""
        return seal.canonical(dict(self.data)).decode()


def facts(
    *, stream: int, seq: int, kind: str, at: datetime, actor_id: int, actor_role: str,
    clause: str, data: Mapping[str, object],
) -> dict[str, object]:  # fmt: skip
    """What the seal of an event covers: everything that is kept of it."""
    return {
        "stream": stream,
        "seq": seq,
        "kind": kind,
        "at": seal.moment(at),
        "actor": actor_id,
        "role": actor_role,
        "clause": clause,
        "data": dict(data),
    }


def row(
    kind: str,
    *,
    stream: int,
    by: Actor,
    at: datetime,
    clause: str,
    data: Mapping[str, object],
    seq: int = 1,
    previous: bytes = seal.START,
) -> EventRow:
    """The row of an event, checked and sealed but not written; for `append` and intake.sql.

    `at` is aware. ValueError for a kind or key the catalogue does not know, TypeError for data
    without a canonical form (a float, a date).
    """
    catalog.check(kind, data)
    role = max(by.roles, key=_WEIGHT.__getitem__).value
    sealed = facts(
        stream=stream, seq=seq, kind=kind, at=at, actor_id=by.id, actor_role=role,
        clause=clause, data=data,
    )  # fmt: skip
    link = seal.link(previous, sealed)
    return EventRow(stream, seq, kind, at, by.id, role, clause, data, previous, link)


def append(
    kind: str, /, *, stream: int, by: Actor, at: datetime, clause: str = "", **data: object
) -> Event:
    """Write the next event of a stream, and that it waits to be handed on: both or neither.

    Locks the stream until the transaction ends, so that its chain never forks. RuntimeError
    outside a transaction; otherwise what `row` raises.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{kind} appended outside a transaction")
    with connection.cursor() as cursor:
        # two statements: the second must see what the last holder of the lock committed
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [stream])
        cursor.execute(_HEAD, [stream])
        seq, previous = cursor.fetchone() or (0, seal.START)
        made = row(
            kind, stream=stream, by=by, at=at, clause=clause, data=data,
            seq=seq + 1, previous=bytes(previous),
        )  # fmt: skip
        cursor.execute(
            _WRITE,
            [
                made.stream, made.seq, made.kind, made.at, made.actor_id, made.actor_role,
                made.clause, made.json, made.previous, made.hash,
            ],
        )  # fmt: skip
    return Event(
        stream=made.stream, seq=made.seq, kind=made.kind, at=made.at, actor_id=made.actor_id,
        actor_role=made.actor_role, clause=made.clause, data=dict(made.data),
        previous=made.previous, hash=made.hash,
    )  # fmt: skip


def last(stream: int, kind: str) -> Event:
    """The latest event of this kind on this stream. Event.DoesNotExist when there is none."""
    return Event.objects.filter(stream=stream, kind=kind).latest("seq")


def words(text: str, salt: bytes) -> str:
    """What an event keeps of somebody's words: their salted hash (HOUSE §7)."""
    return seal.word_hash(salt, text)
