"""The worker: what is said is heard soon, a dead worker's jobs go on, and stopping is clean."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from psycopg.conninfo import conninfo_to_dict

from bihuan.core.actors import SYSTEM
from bihuan.events import log, relay, tasks
from bihuan.events.models import Event
from bihuan.events.tests import switchboard
from bihuan.events.tests.switchboard import COUNT, ECHO
from bihuan.events.worker import Worker
from bihuan.store.postgres import Urls, at_database

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
JOBS: Any = tasks  # and the job library behind it, which only the tasks know
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def wires(settings: Any, tmp_path: Path) -> None:
    settings.BIHUAN_WIRING = switchboard.__name__
    settings.HOME = tmp_path  # where the worker keeps the seals


def say(stream: int = 7) -> None:
    with transaction.atomic():
        log.append("case.message_added", stream=stream, by=SYSTEM, at=AT)


def heard(stream: int = 7) -> int:
    return Event.objects.filter(stream=stream + ECHO).count()


def eventually(fact: Callable[[], bool], patience: float = 20) -> bool:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if fact():
            return True
        time.sleep(0.05)
    return False


@contextmanager
def working() -> Iterator[None]:
    worker = Worker()
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join(20)
        assert not thread.is_alive()


def test_what_is_said_is_heard_soon_and_time_goes_on(fresh_db: Urls) -> None:
    with working():
        say()
        assert eventually(lambda: heard() == 1)
        assert eventually(lambda: Event.objects.filter(stream=ECHO + COUNT).count() > 1)


def test_a_worker_outlives_the_loss_of_its_connections(fresh_db: Urls) -> None:
    with working():
        say()
        assert eventually(lambda: heard() == 1)
        break_connections(fresh_db)
        say()
        assert eventually(lambda: heard() == 2)


def break_connections(database: Urls) -> None:
    """All that the application has, as when a database fails over."""
    connection.close()
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename <> current_user"
        )


def break_in_the_middle(database: Urls, held: threading.Event) -> None:
    """Make whoever changes a job wait, and break the connection on which it waits."""
    with psycopg.connect(database.owner) as holder, psycopg.connect(database.owner) as watcher:
        watcher.autocommit = True
        holder.execute("SELECT FROM procrastinate_jobs FOR UPDATE")
        held.set()
        assert eventually(
            lambda: (
                watcher.execute(
                    "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                    "AND datname = current_database() AND usename <> current_user"
                ).fetchall()
                != []
            )
        )
        break_connections(database)


def jobs() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs ORDER BY id")
        found = [status for (status,) in cursor.fetchall()]
    connection.close()
    return found


def test_what_became_of_a_job_is_said_again_when_the_connection_breaks(fresh_db: Urls) -> None:
    async def take_and_end(end: Callable[[Any, Any], Awaitable[None]]) -> None:
        own = tasks.own_app(1)
        async with own.open_async():
            worker = await own.job_manager.register_worker()
            job = await own.job_manager.fetch_job(queues=["events"], worker_id=worker)
            assert job is not None
            held = threading.Event()
            breaking = asyncio.create_task(asyncio.to_thread(break_in_the_middle, fresh_db, held))
            await asyncio.to_thread(held.wait, 20)
            await end(own.job_manager, job)
            await breaking

    say()
    relay.relay()
    before = jobs()

    asyncio.run(take_and_end(lambda m, job: m.retry_job(job, retry_at=AT)))
    assert jobs() == before
    asyncio.run(
        take_and_end(lambda m, job: m.finish_job(job, JOBS.Status.SUCCEEDED, delete_job=True))
    )
    assert jobs() == before[1:]


def test_a_job_that_is_gone_is_no_broken_connection(fresh_db: Urls) -> None:
    async def end_twice() -> None:
        own = tasks.own_app(1)
        async with own.open_async():
            worker = await own.job_manager.register_worker()
            job = await own.job_manager.fetch_job(queues=["events"], worker_id=worker)
            assert job is not None
            await own.job_manager.finish_job(job, JOBS.Status.SUCCEEDED, delete_job=True)
            await own.job_manager.finish_job(job, JOBS.Status.SUCCEEDED, delete_job=True)

    say()
    relay.relay()
    connection.close()

    with pytest.raises(JOBS.ConnectorException):
        asyncio.run(end_twice())


def test_who_is_told_to_stop_does_not_wait_a_minute_to_say_what_became_of_a_job() -> None:
    """The database is away and stays away, as when it is stopped with everything else."""
    tried: list[bool] = []

    async def say_nothing() -> None:
        tried.append(True)
        raise JOBS.ConnectorException from psycopg.OperationalError("away")

    async def told_to_stop() -> None:
        async with asyncio.timeout(20):
            await tasks._until_said(say_nothing, lambda: len(tried) > 2)

    with pytest.raises(JOBS.ConnectorException):
        asyncio.run(told_to_stop())
    assert len(tried) > 3  # it was tried again in what time was left


def test_the_jobs_of_a_dead_worker_are_given_back(fresh_db: Urls) -> None:
    say()
    relay.relay()
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) "
            "VALUES (now() - interval '1 minute') RETURNING id) "
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = dead.id FROM dead"
        )
    assert relay.drain(AT) == 0
    assert heard() == 0

    assert tasks.give_back(AT) == 2
    relay.drain(AT)
    assert heard() == 1


_WORKER = (
    "import django; django.setup(); from django.conf import settings; "
    f"settings.BIHUAN_WIRING = {switchboard.__name__!r}; "
    "from bihuan.events import worker; worker.run()"
)


@contextmanager
def program() -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own that has heard what was said."""
    say()
    process = subprocess.Popen(
        [sys.executable, "-c", _WORKER], cwd=ROOT, env=os.environ, stderr=subprocess.DEVNULL
    )
    try:
        assert eventually(lambda: heard() == 1)
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_cleanly(fresh_db: Urls, number: int) -> None:
    with program() as process:
        process.send_signal(number)
        assert process.wait(15) == 0


@pytest.mark.slow
def test_a_worker_whose_database_is_away_need_not_be_killed_to_end(fresh_db: Urls) -> None:
    with program() as process:
        connection.close()
        name = conninfo_to_dict(fresh_db.owner)["dbname"]
        elsewhere = at_database(fresh_db.owner, "postgres")
        with psycopg.connect(elsewhere, autocommit=True) as owner:
            owner.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
        time.sleep(1)  # it has noticed, and waits for a connection
        process.send_signal(signal.SIGTERM)
        assert process.wait(25) == 0  # `bihuan up` kills after thirty
