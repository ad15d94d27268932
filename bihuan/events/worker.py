"""One process for everything that happens by itself: relay, deliveries, and what time brings."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import FrameType

from django.db import close_old_connections

from bihuan.events import delivery, relay, tasks
from bihuan.events.wires import called, wired

logger = logging.getLogger(__name__)

LOOK = 0.2  # seconds between two looks into the outbox
CONCURRENCY = 3  # subscribers at work at once; each is alone with its own events
#: Seconds a thread may keep the others waiting. With the 5 ms of Python's own, whoever asks the
#: database waits so long after each answer while deliveries compute: 40 ms a case of a run, not 28.
TURN = 0.0005
LONGEST_WAIT = 15.0  # seconds, when the database stays away


@dataclass(frozen=True, slots=True)
class Periodic:
    """A function `due(at)` by its dotted name, called in its own thread every so many seconds."""

    name: str
    path: str
    every_seconds: float


class Worker:
    """Runs until `stop()`; a database that restarts only delays it.

    Several may run, on several machines: the outbox has one relay at a time, a subscriber one
    delivery, and what runs by the clock must take its rows with locks of its own.
    """

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._begun = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._jobs: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """End soon: running deliveries finish, nothing new begins. From any thread."""
        self._stop.set()
        if self._loop and self._jobs:
            self._loop.call_soon_threadsafe(self._jobs.cancel)

    def run(self) -> None:
        """Work until stopped. ImportError at once when a name of the switchboard is wrong."""
        threads = [
            threading.Thread(target=self._every, args=(name, act, seconds), name=name)
            for name, act, seconds in self._duties()
        ]
        for thread in threads:
            thread.start()
        try:
            asyncio.run(self._deliver())
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _duties(self) -> list[tuple[str, Callable[[datetime], object], float]]:
        for subscriber in delivery.subscribers():
            called(subscriber.name)
        periodic: list[Periodic] = wired("PERIODIC", [])
        return [
            ("relay", self._relay, LOOK),
            ("give back", tasks.give_back, tasks.HEARTBEAT),
            ("dead letters", self._retry, 30.0),
            ("live", relay.forget_old, 3600.0),
            ("seal", tasks.seal_days, 3600.0),
            *((duty.name, called(duty.path), duty.every_seconds) for duty in periodic),
        ]

    def _retry(self, at: datetime) -> None:
        """All at first: what starts is often what was mended. Then those whose time has come."""
        if self._begun:
            delivery.retry_due(at)
        else:
            delivery.retry_all(at)
            self._begun = True

    def _relay(self, at: datetime) -> None:
        while not self._stop.is_set() and relay.is_waiting() and relay.relay():
            pass

    def _every(self, name: str, act: Callable[[datetime], object], seconds: float) -> None:
        """Act, wait, act again; after a failure wait longer, up to LONGEST_WAIT."""
        failures = 0
        while not self._stop.is_set():
            try:
                act(tasks.now())
                failures = 0
            except Exception:
                failures += 1
                logger.exception("%s failed %s times in a row", name, failures)
            finally:
                close_old_connections()
            self._stop.wait(max(seconds, _back_off(failures)))

    async def _deliver(self) -> None:
        self._loop = asyncio.get_running_loop()
        failures = 0
        while not self._stop.is_set():
            self._jobs = self._loop.create_task(tasks.work(CONCURRENCY, self._stop.is_set))
            if self._stop.is_set():
                self._jobs.cancel()
            try:
                await self._jobs
                failures = 0
            except asyncio.CancelledError:
                return
            except Exception:
                failures += 1
                logger.exception("deliveries stopped %s times in a row", failures)
            await asyncio.to_thread(self._stop.wait, _back_off(failures))


def _back_off(failures: int) -> float:
    """Seconds to wait after so many failures in a row."""
    return min(0.25 * 2.0 ** min(failures, 10), LONGEST_WAIT) if failures else 0.0


def run() -> None:
    """`bihuan work`: until SIGTERM or SIGINT, then end cleanly. Call it in the main thread."""
    worker = Worker()
    sys.setswitchinterval(TURN)

    def stop(number: int, frame: FrameType | None) -> None:
        worker.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    worker.run()
