"""The log's jobs: the door at which they learn the time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from asgiref.sync import async_to_sync
from django.conf import settings
from django.utils import timezone
from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.connector import BaseConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from bihuan.events import delivery, relay, seals

HEARTBEAT = 5.0  # seconds
GONE_AFTER = 15.0  # seconds without a heartbeat: its jobs are given to another
BEHIND = 10  # batches that a job may take with its own: it must end within the last moment
LAST_WORD = 60.0  # seconds to say what became of a job; without a heartbeat it is gone by then
_BETWEEN = 0.25  # seconds between two tries
WITHOUT = 3.0  # seconds to wait for a connection; who is told to stop meanwhile waits as long
LAST_MOMENT = 10.0  # seconds a running job has to end when we are told to stop


# the database itself was away: nothing was decided about these events, so try for ever
@app.task(name=relay.TASK, queue="events", retry=RetryStrategy(wait=2))
def deliver(subscriber: str, events: list[list[int]]) -> None:
    """Hand a batch of (stream, seq) to one subscriber, and the batches that wait behind it.

    The next job of a subscriber is looked for when the clock ticks and not when one ends: a burst
    would hear a batch a tick.
    """
    delivery.handle(subscriber, [(stream, seq) for stream, seq in events], timezone.now())
    for _ in range(BEHIND):
        if not relay.work_off(timezone.now(), subscriber):
            break


def now() -> datetime:
    """The moment, for whatever runs by the clock."""
    return timezone.now()


def give_back(at: datetime) -> int:
    """Every 5 s: jobs of a worker that died are taken up again; returns how many."""
    stalled = async_to_sync(app.job_manager.get_stalled_jobs)(seconds_since_heartbeat=GONE_AFTER)
    ids = [job.id for job in stalled if job.id is not None]
    for job_id in ids:
        app.job_manager.retry_job_by_id(job_id, retry_at=at)
    return len(ids)


class _Steady(JobManager):
    """Says again what became of a job when the connection breaks just then.

    Said once only, the job would stay "doing" with a worker that lives: nobody would give it
    back, and its subscriber would never hear anything more.
    """

    def __init__(self, connector: BaseConnector, stopping: Callable[[], bool]) -> None:
        super().__init__(connector)
        self._stopping = stopping

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        await _until_said(partial(super().finish_job, job, status, delete_job), self._stopping)

    async def retry_job(self, job: Job, *given: Any, **named: Any) -> None:
        await _until_said(partial(super().retry_job, job, *given, **named), self._stopping)


async def _until_said(say: Callable[[], Awaitable[None]], stopping: Callable[[], bool]) -> None:
    """A worker whose database stays away longer stops, and its jobs are given back.

    Told to stop, it waits no longer than for a connection: before somebody kills it.
    """
    until = time.monotonic() + LAST_WORD
    while True:
        try:
            return await say()
        except ConnectorException as fault:
            if stopping():
                until = min(until, time.monotonic() + WITHOUT)
            lost = isinstance(fault.__cause__, psycopg.OperationalError | psycopg.InterfaceError)
            if not lost or time.monotonic() > until:
                raise
        await asyncio.sleep(_BETWEEN)


def own_app(concurrency: int, stopping: Callable[[], bool] = bool) -> App:
    """An app with connections of its own: the relay beside it defers through Django's."""
    own = app.with_connector(
        PsycopgConnector(
            kwargs=connector_params(),
            min_size=1,
            max_size=concurrency + 2,
            timeout=WITHOUT,
        )
    )
    own.job_manager = _Steady(own.connector, stopping)
    return own


async def work(concurrency: int, stopping: Callable[[], bool]) -> None:
    """Run jobs until cancelled, which `stopping` knows before; then let the running ones end."""
    worker = own_app(concurrency, stopping)
    async with worker.open_async():
        await worker.run_worker_async(
            concurrency=concurrency,
            delete_jobs="successful",
            install_signal_handlers=False,
            # jobs of one subscriber run one after the other, and the next is looked for only now
            fetch_job_polling_interval=0.1,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=GONE_AFTER,
            shutdown_graceful_timeout=LAST_MOMENT,
        )


def seal_days(at: datetime) -> None:
    """Every hour: seal the days that have ended, in the folder `seals` under BIHUAN_HOME."""
    seals.seal_days(at, seals_folder())


def seals_folder() -> Path:
    """Where the outside seals are kept; copy it to another machine now and then."""
    return Path(settings.HOME) / "seals"
