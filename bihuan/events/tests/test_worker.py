"""The worker: what is said is heard soon, a dead worker's jobs go on, and stopping is clean."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from bihuan.core.actors import SYSTEM
from bihuan.events import log, relay, tasks
from bihuan.events.models import Event
from bihuan.events.tests import switchboard
from bihuan.events.tests.switchboard import COUNT, ECHO
from bihuan.events.worker import Worker
from bihuan.store.postgres import Urls

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
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
        connection.close()
        with psycopg.connect(fresh_db.owner, autocommit=True) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        say()
        assert eventually(lambda: heard() == 2)


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


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_cleanly(fresh_db: Urls, number: int) -> None:
    program = (
        "import django; django.setup(); from django.conf import settings; "
        f"settings.BIHUAN_WIRING = {switchboard.__name__!r}; "
        "from bihuan.events import worker; worker.run()"
    )
    say()
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env=os.environ, stderr=subprocess.PIPE
    )
    try:
        assert eventually(lambda: heard() == 1)
        process.send_signal(number)
        assert process.wait(15) == 0
    finally:
        process.kill()
        process.communicate()
