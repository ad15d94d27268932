"""Group commit: what is asked for while the last work was done is then done in one go.

Work that costs nearly the same for one as for many (a statement, a commit, the wait for a disk)
is so done once for all who ask at the same time. Who asks waits in the event loop and needs no
thread; the work has one of its own.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from math import ceil
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

# Where a crowd came last, most of it soon comes back: a moment more, and they go together
# (PostgreSQL's commit_delay).
_CROWD = 4
_MOST_OF_IT = 0.9
_A_MOMENT = 0.015  # seconds

Asked = TypeVar("Asked")
Got = TypeVar("Got")


class Unfinished(Exception):
    """The work was stopped, or lost count; nothing is known of the result."""


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
        self._wanted, self._enough = 0, asyncio.Event()  # so many are waited for, and are there
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="together")

    async def __call__(self, asked: Asked) -> Got:
        """The result for this; raises what `work` returned as an exception for it."""
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[Got] = loop.create_future()
        self._waiting.append((asked, mine))
        if len(self._waiting) >= self._wanted:
            self._enough.set()
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
                results = await asyncio.get_running_loop().run_in_executor(
                    self._thread, self._worked, [asked for asked, _ in batch]
                )
                for (_, place), result in zip(batch, results, strict=True):
                    if place.done():  # who asked is gone
                        continue
                    if isinstance(result, Exception):
                        place.set_exception(result)
                    else:
                        place.set_result(result)
        finally:
            self._task = None

    async def _gather(self) -> None:
        self._wanted = ceil(_MOST_OF_IT * self._last)
        if self._last < _CROWD or len(self._waiting) >= self._wanted:
            return
        self._enough.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_A_MOMENT):
                await self._enough.wait()

    def _worked(self, asked: Sequence[Asked]) -> Sequence[Got | Exception]:
        """In the thread. Whatever happens there, nobody is left waiting."""
        results: Sequence[Got | Exception] = []
        try:
            results = self._work(asked)
        except Exception as fault:
            return [fault] * len(asked)
        except BaseException:  # the thread was to be stopped; who asked is told so
            logger.exception("group work was stopped")
        return results if len(results) == len(asked) else [Unfinished() for _ in asked]
