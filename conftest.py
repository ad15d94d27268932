"""One real PostgreSQL for a test run: a migrated template, and a clone of it for each worker.

Tests connect as the application's role, so what it may not do fails here too. `django_db` rolls
back; `fresh_db` gives a clone of its own to a test that must commit. Django's flush is refused:
events cannot be truncated, and a test that could would prove nothing.

DATABASE_URL and BIHUAN_OWNER_URL, when both are set, name a server to use instead of our own; the
owner must be allowed to create databases there.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Any

import hypothesis
import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async

from bihuan.store import postgres
from tests import clones

# names with a checksum need the files gathered first, which only a served house has
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
os.environ["BIHUAN_HOME"] = str(clones.FOLDER / f"home-{clones.WORKER}")
Path(os.environ["BIHUAN_HOME"], "static").mkdir(parents=True, exist_ok=True)
# here and not in pyproject: pytest-django would read the settings before this run has its home
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")
# the same examples in every run, and no clock: the build machine is slow at times
_TOO_SLOW = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=_TOO_SLOW
)
hypothesis.settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Shut the network, let a polite kill clean up, and set Django up on this run's folder."""
    config.option.allow_hosts = "127.0.0.1,::1,localhost"
    config.option.allow_unix_socket = True
    import django
    from django.conf import settings

    settings.STORAGES["staticfiles"]["BACKEND"] = _PLAIN
    django.setup()
    if not clones.IS_WORKER:
        signal.signal(signal.SIGTERM, _interrupt)
        if config.option.dist != "no":  # a worker would read them before it has a home
            del os.environ["DJANGO_SETTINGS_MODULE"]


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that was called ends what it began; its workers end before."""
    if not clones.IS_WORKER:
        clones.end()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Refuse tests that would have Django flush the database after them."""
    from django.test import TestCase, TransactionTestCase

    marker = item.get_closest_marker("django_db")
    asked = marker is not None and (
        marker.kwargs.get("transaction")
        or any(marker.args[:2])
        or marker.kwargs.get("reset_sequences")
    )
    case = getattr(item, "cls", None)
    flushes = isinstance(case, type) and issubclass(case, TransactionTestCase)
    if asked or (flushes and not issubclass(case or object, TestCase)):
        raise pytest.UsageError(
            f"{item.nodeid}: events cannot be truncated, so Django's flush cannot be used; "
            "take the fixture fresh_db instead of django_db(transaction=True)"
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest is begun first, so that nobody waits for it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture
def transactional_db() -> None:
    """Refused, as is what rests on it (live_server): see fresh_db."""
    pytest.fail("events cannot be truncated: take fresh_db instead of transactional_db")


@pytest.fixture(scope="session")
def database_server(django_db_blocker: Any) -> postgres.Urls:
    """The running server with the migrated template: made by the first worker that asks."""
    return clones.server(django_db_blocker.unblock)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, database_server: postgres.Urls, django_db_blocker: Any
) -> Iterator[None]:
    """This worker's own clone of the template, for tests that roll back."""
    with clones.clone(database_server) as urls, django_db_blocker.unblock(), clones.connected(urls):
        django_db_blocker.block()
        yield
        django_db_blocker.restore()


@pytest.fixture(autouse=True)
def nothing_of_the_last_test() -> None:
    """Not the language, how many codes were asked for, its keys, its rules or its handbook."""
    from django.conf import settings
    from django.core.cache import cache
    from django.utils import translation

    from bihuan.cases import queries
    from bihuan.policy import queries as policy
    from bihuan.store import secrets

    translation.activate(settings.LANGUAGE_CODE)
    cache.clear()
    secrets.open_vault()  # opened after a test named a home of its own, they would outlive it
    # what was rolled back would be believed for seconds: rules, loads, handbook and calendar
    queries.forget_routing()
    queries.forget_loads()
    policy.forget()


@pytest.fixture
def at_once() -> Callable[..., None]:
    """Calls these together, each in a thread with a connection of its own; what failed, fails."""
    from django.db import connection

    def call(act: Callable[[], object]) -> None:
        try:
            act()
        finally:
            connection.close()

    def call_all(*acts: Callable[[], object]) -> None:
        with ThreadPoolExecutor(len(acts)) as threads:
            for ended in [threads.submit(call, act) for act in acts]:
                ended.result()

    return call_all


@pytest.fixture
def in_a_loop() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine as a request under ASGI runs: its synchronous part in a thread of its own.

    The thread that serves everybody else outlives the test, and the database it spoke to.
    """
    from django.db import connections

    async def inside(asked: Coroutine[Any, Any, Any]) -> Any:
        async with ThreadSensitiveContext():
            try:
                return await asked
            finally:
                await sync_to_async(connections.close_all)()

    return lambda asked: asyncio.run(inside(asked))


@pytest.fixture
def fresh_db(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    database_server: postgres.Urls,
    django_db_blocker: Any,
) -> Iterator[postgres.Urls]:
    """A clone of the template for this test alone, in which it may commit, from any process."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        pytest.fail("a test takes fresh_db or django_db, not both")
    with clones.clone(database_server) as urls, django_db_blocker.unblock(), clones.connected(urls):
        yield urls
