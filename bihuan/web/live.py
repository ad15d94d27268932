"""What changed, told to every browser that listens: one LISTEN connection for the process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import psycopg
from django.db import connections
from django.db.models import Max, Min

from bihuan.events.models import Live
from bihuan.events.relay import CHANNEL

logger = logging.getLogger(__name__)

QUEUE = 100  # changes a slow browser may lag behind before it must start anew
REPLAY = 500  # changes told to a browser that comes back
LOOK = 5.0  # seconds: notices are best effort, so look without one too
AGAIN = 1.0  # seconds before the connection is tried again

_NEWEST = "SELECT coalesce(max(id), 0) FROM events_live"
_AFTER = "SELECT id, stream, seq, kind FROM events_live WHERE id > %s ORDER BY id LIMIT %s"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed. `id` 0 with kind "resync": too much was missed, fetch all anew."""

    id: int
    stream: int
    seq: int
    kind: str

    def line(self) -> str:
        """The change as an event of the stream. Numbers that are names travel as text."""
        if self.kind == RESYNC:
            place = f"id: {self.id}\n" if self.id else ""
            return f"{place}event: resync\ndata: {{}}\n\n"
        told = {"id": self.id, "kind": self.kind, "case": str(self.stream), "version": self.seq}
        return f"id: {self.id}\nevent: case-changed\ndata: {json.dumps(told)}\n\n"


RESYNC = "resync"
Queue = asyncio.Queue[Change]


class Hub:
    """Reads the table of changes when the relay says so, and hands them to every queue.

    The connection lives as long as anybody listens; a lost one is made again, without a gap.
    """

    def __init__(self) -> None:
        self._queues: set[Queue] = set()
        self._task: asyncio.Task[None] | None = None
        self._seen: int | None = None
        self._ready = asyncio.Event()

    def __len__(self) -> int:
        return len(self._queues)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[Queue]:
        """A queue of what changes from now on; when it overflows it holds one resync."""
        queue: Queue = asyncio.Queue(QUEUE)
        self._queues.add(queue)
        if self._task is None:
            self._ready.clear()
            self._task = asyncio.create_task(self._listen(), name="live")
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ready.wait(), LOOK)
            yield queue
        finally:
            self._queues.discard(queue)
            if not self._queues and self._task is not None:
                self._task.cancel()
                self._task, self._seen = None, None

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except psycopg.Error:
                logger.warning("the connection for live changes was lost; trying again")
                await asyncio.sleep(AGAIN)

    async def _hear(self) -> None:
        async with await connect() as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            if self._seen is None:
                row = await (await connection.execute(_NEWEST)).fetchone()
                self._seen = int(row[0]) if row else 0
            self._ready.set()
            while True:
                await self._pass_on(connection)
                async for _notice in connection.notifies(timeout=LOOK, stop_after=1):
                    pass

    async def _pass_on(self, connection: psycopg.AsyncConnection) -> None:
        rows = await (await connection.execute(_AFTER, [self._seen or 0, REPLAY])).fetchall()
        for change in (Change(*row) for row in rows):
            self._seen = change.id
            for queue in self._queues:
                _put(queue, change)
        if len(rows) == REPLAY:
            await self._pass_on(connection)


def _put(queue: Queue, change: Change) -> None:
    if not queue.full():
        queue.put_nowait(change)
        return
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(Change(change.id, 0, 0, RESYNC))


async def connect() -> psycopg.AsyncConnection:
    """A connection of its own beside Django's: LISTEN must not go through a pool."""
    params = connections["default"].get_connection_params()
    for ours in ("context", "cursor_factory", "prepare_threshold"):
        params.pop(ours, None)
    return await psycopg.AsyncConnection.connect(**params, autocommit=True)


def missed(seen: int) -> list[Change]:
    """What a browser that saw `seen` last has missed, or one resync when that is too much."""
    rows = Live.objects.order_by("id").values_list("id", "stream", "seq", "kind")
    found = [Change(*row) for row in rows.filter(id__gt=seen)[: REPLAY + 1]]
    ends = Live.objects.aggregate(oldest=Min("id"), newest=Max("id"))
    if len(found) <= REPLAY and seen >= (ends["oldest"] or 0) - 1:
        return found
    return [Change(ends["newest"] or 0, 0, 0, RESYNC)]


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The one of this process (of this event loop)."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
