"""The one writer of the log: what happened, beside the change itself, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from bihuan.core import seal
from bihuan.core.actors import Actor, Role
from bihuan.events import catalog
from bihuan.events.models import Event
from bihuan.store import statements

_WRITE = """
WITH said AS (
    INSERT INTO events_event
        (stream, seq, kind, clause, data, previous, hash, at, actor_id, actor_role)
    {rows}
    RETURNING stream, seq
)
INSERT INTO events_pending (stream, seq) SELECT stream, seq FROM said
"""
# an array takes longer to bind than what is in it: most of what is written is one event
_WRITE_ONE = _WRITE.format(rows="VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)")
_WRITE_MANY = _WRITE.format(
    rows="""
    SELECT stream, seq, kind, clause, data::jsonb, previous, hash,
        %s::timestamptz, %s::bigint, %s::text
    FROM unnest(
        %s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::bytea[], %s::bytea[]
    ) AS rows (stream, seq, kind, clause, data, previous, hash)
    """
)
_COLUMNS = ("stream", "seq", "kind", "clause", "json", "previous", "hash")
_HOLD = "SELECT pg_advisory_xact_lock(%s)"
_HOLD_MANY = "SELECT pg_advisory_xact_lock(stream) FROM unnest(%s::bigint[]) AS held (stream)"
_HEAD = "SELECT stream, seq, hash FROM events_event WHERE stream = %s ORDER BY seq DESC LIMIT 1"
_HEADS = """
SELECT stream, seq, hash FROM unnest(%s::bigint[]) AS held (stream)
CROSS JOIN LATERAL (
    SELECT seq, hash FROM events_event AS event WHERE event.stream = held.stream
    ORDER BY seq DESC LIMIT 1
) AS head
"""
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


@dataclass(frozen=True, slots=True)
class Fact:
    """Something to be said of a stream."""

    kind: str
    stream: int
    data: Mapping[str, object]
    clause: str = ""


def append(
    kind: str, /, *, stream: int, by: Actor, at: datetime, clause: str = "", **data: object
) -> Event:
    """Write the next event of a stream, and that it waits to be handed on: both or neither.

    Locks the stream until the transaction ends, so that its chain never forks. RuntimeError
    outside a transaction; otherwise what `row` raises.
    """
    return append_all([Fact(kind, stream, data, clause)], by=by, at=at)[0]


def append_all(facts: Sequence[Fact], *, by: Actor, at: datetime) -> list[Event]:
    """As `append`, for several facts in this order: three statements for any number."""
    streams = {fact.stream for fact in facts}
    hold(streams)
    if not facts:
        return []
    heads = {stream: (seq, bytes(hash)) for stream, seq, hash in _heads(streams)}
    rows: list[EventRow] = []
    for fact in facts:
        seq, previous = heads.get(fact.stream, (0, seal.START))
        made = row(
            fact.kind, stream=fact.stream, by=by, at=at, clause=fact.clause, data=fact.data,
            seq=seq + 1, previous=previous,
        )  # fmt: skip
        heads[fact.stream] = (made.seq, made.hash)
        rows.append(made)
    _write(rows)
    return [_event(made) for made in rows]


def hold(streams: Iterable[int]) -> None:
    """Lock these streams until the transaction ends, always in the same order.

    Whoever writes to several with `append` alone calls this first: two such writers would else
    wait for each other. RuntimeError outside a transaction.
    """
    wanted = sorted(streams)
    if not connection.in_atomic_block:
        raise RuntimeError("nothing is said outside a transaction")
    # a statement of its own: the next one must see what the last holder of the lock committed
    if len(wanted) == 1:
        statements.run(_HOLD, wanted)
    elif wanted:
        statements.run(_HOLD_MANY, [wanted])


def _heads(streams: Collection[int]) -> list[Any]:
    """The last event of each stream; one alone is asked for so that its plan is kept."""
    if len(streams) == 1:
        return statements.run(_HEAD, [*streams])
    return statements.run(_HEADS, [[*streams]])


def _write(rows: Sequence[EventRow]) -> None:
    alike = [rows[0].at, rows[0].actor_id, rows[0].actor_role]
    if len(rows) == 1:
        statements.run(_WRITE_ONE, [*(getattr(rows[0], name) for name in _COLUMNS), *alike])
        return
    columns = [[getattr(made, name) for made in rows] for name in _COLUMNS]
    statements.run(_WRITE_MANY, [*alike, *columns])


def _event(made: EventRow) -> Event:
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
