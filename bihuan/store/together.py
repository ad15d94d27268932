"""Group commit: whoever comes first does the work of all who came while the last work was done.

Work that costs nearly the same for one as for many (a statement, a commit, the wait for a disk)
is so done once for as many threads as ask at the same time; a thread that asks alone does its
own at once and waits for nobody.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

# Where a crowd came last, one more moment brings the rest of it (PostgreSQL's commit_delay).
_CROWD = 4
_A_MOMENT = 0.002  # seconds

Asked = TypeVar("Asked")
Got = TypeVar("Got")


class Unfinished(Exception):
    """The thread that worked for this one was stopped; nothing is known of the result."""


class _Place(Generic[Asked, Got]):
    """One thread's place in the queue; `turn` opens when it is done, or when it must lead."""

    __slots__ = ("asked", "got", "turn")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.got: list[Got | Exception] = []
        self.turn = threading.Lock()
        self.turn.acquire()


class Together(Generic[Asked, Got]):
    """Calls `work` with what up to `most` threads ask for; each gets its own result or error.

    `work` returns one result or exception for each thing asked, in their order.
    """

    def __init__(
        self, work: Callable[[Sequence[Asked]], Sequence[Got | Exception]], *, most: int
    ) -> None:
        self._work, self._most = work, most
        self._waiting: list[_Place[Asked, Got]] = []
        self._led = False
        self._last = 0  # how many were worked for last
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many wait for the work that is being done now to end."""
        return len(self._waiting)

    def __call__(self, asked: Asked) -> Got:
        """The result for this; raises what `work` returned as an exception for it."""
        mine: _Place[Asked, Got] = _Place(asked)
        with self._lock:
            self._waiting.append(mine)
            leads, self._led = not self._led, True
        if not leads:
            mine.turn.acquire()
        if not mine.got:
            self._lead(mine)
        result = mine.got[0]
        if isinstance(result, Exception):
            raise result
        return result

    def _lead(self, mine: _Place[Asked, Got]) -> None:
        """Work for the first in the queue, `mine` before all, then pass the lead on."""
        if self._last >= _CROWD:
            time.sleep(_A_MOMENT)
        with self._lock:
            batch = self._waiting[: self._most]
            del self._waiting[: self._most]
            self._last = len(batch)
        results: Sequence[Got | Exception] = [Unfinished() for _ in batch]
        try:
            results = self._work([place.asked for place in batch])
        except Exception as fault:
            results = [fault] * len(batch)
        finally:
            for place, result in zip(batch, results, strict=True):
                place.got.append(result)
                if place is not mine:
                    place.turn.release()
            with self._lock:
                self._led = bool(self._waiting)
                if self._led:
                    self._waiting[0].turn.release()
