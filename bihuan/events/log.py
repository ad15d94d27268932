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
_WRITE_ONE = _WRITE.format(rows="VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)")
_HASH = len(seal.START)  # bytes
# When a day ends, hundreds of dues pass in one moment. Lists of values bind slowly: texts go one
# below the other, for JSON has no line break of its own, and hashes one behind the other.
_WRITE_MANY = _WRITE.format(
    rows=f"""
    SELECT stream, seq, kind, clause, text::jsonb,
        substring(%(previous)s::bytea FROM 1 + {_HASH} * (place::int - 1) FOR {_HASH}),
        substring(%(hashes)s::bytea FROM 1 + {_HASH} * (place::int - 1) FOR {_HASH}),
        %(at)s::timestamptz, %(actor)s::bigint, %(role)s::text
    FROM unnest(
        %(streams)s::bigint[], %(seqs)s::int[], string_to_array(%(kinds)s, E'\\n'),
        string_to_array(%(clauses)s, E'\\n'), string_to_array(%(texts)s, E'\\n')
    ) WITH ORDINALITY AS rows (stream, seq, kind, clause, text, place)
    """  # noqa: S608 - a number
)
_COLUMNS = ("stream", "seq", "kind", "clause", "json", "previous", "hash")
_HOLD = "SELECT pg_advisory_xact_lock(%s)"
_HOLD_MANY = (
    "SELECT count(pg_advisory_xact_lock(stream)) FROM unnest(%s::bigint[]) AS held (stream)"
)
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
        return seal.text(self.data)


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
    return _event(append_all([Fact(kind, stream, data, clause)], by=by, at=at)[0])


def append_all(facts: Sequence[Fact], *, by: Actor, at: datetime) -> list[EventRow]:
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
    return rows


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
        statements.run(_HOLD_MANY, [statements.array(wanted)])


def _heads(streams: Collection[int]) -> list[Any]:
    """The last event of each stream; one alone is asked for so that its plan is kept."""
    if len(streams) == 1:
        return statements.run(_HEAD, [*streams])
    return statements.run(_HEADS, [statements.array(streams)])


def _write(rows: Sequence[EventRow]) -> None:
    first = rows[0]
    if len(rows) == 1:
        own = [getattr(first, name) for name in _COLUMNS]
        statements.run(_WRITE_ONE, [*own, first.at, first.actor_id, first.actor_role])
        return
    values = {
        "streams": statements.array(made.stream for made in rows),
        "seqs": statements.array(made.seq for made in rows),
        "kinds": "\n".join(made.kind for made in rows),
        "clauses": "\n".join(made.clause for made in rows),
        "texts": "\n".join(made.json for made in rows),
        "previous": b"".join(made.previous for made in rows),
        "hashes": b"".join(made.hash for made in rows),
        "at": first.at,
        "actor": first.actor_id,
        "role": first.actor_role,
    }
    statements.run(_WRITE_MANY, values)


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
