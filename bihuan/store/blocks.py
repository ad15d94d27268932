"""Blocks of a hundred numbers from a sequence, so that making an id asks the database rarely."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from datetime import date, datetime

from django.db import connection

from bihuan.core import ids
from bihuan.store import statements

SIZE = 100  # the sequences count in steps of this (their migrations)
FRESH_FOR = 60.0  # seconds: a number kept longer could meet its own id again (core.ids)


class Blocks:
    """Numbers of one sequence for one process: safe among threads, dropped after a fork.

    A block belongs to the database it came from. Unused numbers are lost; gaps are fine.
    """

    def __init__(self, sequence: str) -> None:
        self.sequence = sequence
        self._free: deque[int] = deque()
        self._from = ""
        self._until = 0.0
        self._lock = threading.Lock()
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._free, self._lock = deque(), threading.Lock()

    def next(self) -> int:
        """The next number, at least 1. Asks the database outside the lock, so nobody waits."""
        database = statements.database()
        while True:
            with self._lock:
                if self._from != database or time.monotonic() > self._until:
                    self._free.clear()
                if self._free:
                    return self._free.popleft()
            first = self._fetch()
            with self._lock:
                if self._from != database:
                    self._free.clear()
                self._from, self._until = database, time.monotonic() + FRESH_FOR
                self._free.extend(range(first, first + SIZE))

    def _fetch(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(%s::regclass)", [self.sequence])
            return int(cursor.fetchone()[0])


_ids = Blocks("bihuan_ids")
_numbers = Blocks("bihuan_numbers")


def new_id(at: datetime) -> int:
    """An id for a new row of any table: time-ordered by `at`, below 2**53 (core.ids)."""
    return ids.compose(int(at.timestamp()), _ids.next())


def new_number(day: date) -> str:
    """A case number for this Shanghai day of receipt."""
    return ids.case_number(day, _numbers.next())
