"""Group commit: what is asked for while the last work was done is then done in one go.

Work that costs nearly the same for one as for many (a statement, a commit, the wait for a disk)
is so done once for all who ask at the same time. Who asks waits in the event loop and needs no
thread; the work has one of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

# Where a crowd came last, most of it soon comes back: a moment more, and they go together
# (PostgreSQL's commit_delay).
_CROWD = 4
_MOST_OF_IT = 0.9
_A_MOMENT = 0.015  # seconds
_A_LOOK = 0.001  # seconds

Asked = TypeVar("Asked")
Got = TypeVar("Got")


class Together(Generic[Asked, Got]):
    """Calls `work`, in a thread of its own, with what up to `most` ask for at the same time.

    `work` returns one result or exception for each thing asked, in their order. Who asks alone
    is served at once. Belongs to one event loop.
    """

    def __init__(
        self, work: Callable[[Sequence[Asked]], Sequence[Got | Exception]], *, most: int
    ) -> None:
        self._work, self._most = work, most
        self._waiting: list[tuple[Asked, asyncio.Future[Got]]] = []
        self._last = 0  # how many came together last
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="together")

    async def __call__(self, asked: Asked) -> Got:
        """The result for this; raises what `work` returned as an exception for it."""
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[Got] = loop.create_future()
        self._waiting.append((asked, mine))
        if self._task is None:
            self._task = loop.create_task(self._work_off())
        return await mine

    def close(self, last: Callable[[], None]) -> None:
        """End the thread; what it works on is finished first, and then `last`."""
        self._thread.submit(last)
        self._thread.shutdown()

    async def _work_off(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                # one after another leaves: a crowd is forgotten by halves
                self._last = max(len(batch), self._last // 2)
                for (_, place), result in zip(batch, await self._results(batch), strict=True):
                    if place.done():  # who asked is gone
                        continue
                    if isinstance(result, Exception):
                        place.set_exception(result)
                    else:
                        place.set_result(result)
        finally:
            self._task = None

    async def _gather(self) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + _A_MOMENT
        while self._last >= _CROWD and len(self._waiting) < _MOST_OF_IT * self._last:
            if loop.time() > until:
                return
            await asyncio.sleep(_A_LOOK)

    async def _results(
        self, batch: Sequence[tuple[Asked, asyncio.Future[Got]]]
    ) -> Sequence[Got | Exception]:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._work, [a for a, _ in batch])
        except Exception as fault:
            return [fault] * len(batch)
