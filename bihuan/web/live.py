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

from bihuan.events import now
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


@dataclass(frozen=True, slots=True)
class Told:
    """What was said this moment (events/now.py): never told again to whoever comes back.

    `to`: the staff it is for, None for all of them.
    """

    stream: int
    event: str
    data: str
    to: frozenset[int] | None = None

    def line(self) -> str:
        """As an event of the stream, without a place in it."""
        return f"event: {self.event}\ndata: {self.data}\n\n"

    @staticmethod
    def read(payload: str) -> Told:
        """What `now.tell` has written: `chat-changed` carries its stream as `chat`."""
        told = json.loads(payload)
        event, to = str(told["event"]), told.get("to")
        facts = {event.partition("-")[0]: str(told["stream"])} | told["facts"]
        return Told(told["stream"], event, json.dumps(facts), None if to is None else frozenset(to))


RESYNC = "resync"
Queue = asyncio.Queue[Change | Told]


class Hub:
    """Reads the table of changes when the relay says so, and hands them to every queue.

    What is told this moment goes straight on. The connection lives as long as anybody listens; a
    lost one is made again, without a gap in the changes.
    """

    def __init__(self) -> None:
        self._queues: set[Queue] = set()
        self._told: set[Queue] = set()  # those of them that hear all that is told
        self._of: dict[int, set[Queue]] = {}  # the queues that hear of one stream alone
        self._task: asyncio.Task[None] | None = None
        self._seen: int | None = None
        self._ready = asyncio.Event()

    def __len__(self) -> int:
        return len(self._queues) + sum(map(len, self._of.values()))

    def listeners(self, stream: int) -> int:
        """How many hear of this one alone."""
        return len(self._of.get(stream, ()))

    @contextlib.asynccontextmanager
    async def listening(self, stream: int = 0, *, told: bool = False) -> AsyncIterator[Queue]:
        """A queue of what changes from now on; when it overflows it holds one resync.

        `told`: and of all that is told this moment. With a `stream`: of what is told of it alone.
        """
        queue: Queue = asyncio.Queue(QUEUE)
        (self._of.setdefault(stream, set()) if stream else self._queues).add(queue)
        if told:
            self._told.add(queue)
        if self._task is None:
            self._ready.clear()
            self._task = asyncio.create_task(self._listen(), name="live")
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ready.wait(), LOOK)
            yield queue
        finally:
            self._forget(stream, queue)
            if not len(self) and self._task is not None:
                self._task.cancel()
                self._task, self._seen = None, None

    def _forget(self, stream: int, queue: Queue) -> None:
        if not stream:
            self._queues.discard(queue)
            self._told.discard(queue)
            return
        self._of[stream].discard(queue)
        if not self._of[stream]:
            del self._of[stream]

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
            await connection.execute(f"LISTEN {now.CHANNEL}")
            if self._seen is None:
                row = await (await connection.execute(_NEWEST)).fetchone()
                self._seen = int(row[0]) if row else 0
            self._ready.set()
            while True:
                await self._pass_on(connection)
                await self._until_changed(connection)

    async def _until_changed(self, connection: psycopg.AsyncConnection) -> None:
        """Wait for the relay's notice, LOOK seconds at most; what is told meanwhile goes on."""
        loop = asyncio.get_running_loop()
        until, changed = loop.time() + LOOK, False
        while not changed and (left := until - loop.time()) > 0:
            async for notice in connection.notifies(timeout=left, stop_after=1):
                if notice.channel == CHANNEL:
                    changed = True
                else:
                    self._tell(Told.read(notice.payload))

    def _tell(self, told: Told) -> None:
        for queue in (*self._told, *self._of.get(told.stream, ())):
            _put(queue, told)

    async def _pass_on(self, connection: psycopg.AsyncConnection) -> None:
        rows = await (await connection.execute(_AFTER, [self._seen or 0, REPLAY])).fetchall()
        for change in (Change(*row) for row in rows):
            self._seen = change.id
            for queue in self._queues:
                _put(queue, change)
        if len(rows) == REPLAY:
            await self._pass_on(connection)


def _put(queue: Queue, change: Change | Told) -> None:
    if not queue.full():
        queue.put_nowait(change)
        return
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(Change(change.id if isinstance(change, Change) else 0, 0, 0, RESYNC))


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
