"""One real PostgreSQL for a test run: a migrated template, and a clone of it for each worker.

Tests connect as the application's role, so what it may not do fails here too. `django_db` rolls
back; `fresh_db` gives a clone of its own to a test that must commit. Django's flush is refused:
events cannot be truncated, and a test that could would prove nothing.

DATABASE_URL and BIHUAN_OWNER_URL, when both are set, name a server to use instead of our own; the
owner must be allowed to create databases there.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import fcntl
import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Any

import hypothesis
import psycopg
import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bihuan.store import grants, postgres

_FOLDER = "TESTING_BIHUAN_FOLDER"
_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
_QUICK = "fsync = off\nfull_page_writes = off\nmax_connections = 200\n"
# names with a checksum need the files gathered first, which only a served house has
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
_numbers = itertools.count(1)


def _claim_folder() -> Path:
    """The folder of this run: made by the process that was called, inherited by its workers."""
    if not _IS_WORKER:
        # not pytest's own folder: its parents are closed to the user PostgreSQL runs as
        os.environ[_FOLDER] = tempfile.mkdtemp(prefix="bihuan-tests-")
        Path(os.environ[_FOLDER]).chmod(0o711)
        # pytest_unconfigure is not reached when the command line or a plug-in is at fault
        atexit.register(shutil.rmtree, os.environ[_FOLDER], ignore_errors=True)
    return Path(os.environ[_FOLDER])


FOLDER = _claim_folder()
RUN = FOLDER.name.rpartition("-")[2].lower()
TEMPLATE = f"test_bihuan_{RUN}_template"
OUTSIDE = (
    postgres.urls_from_environment()
    if {"DATABASE_URL", "BIHUAN_OWNER_URL"} <= {*os.environ}
    else None
)
SERVER = postgres.Server(FOLDER / "server")
os.environ["BIHUAN_HOME"] = str(FOLDER / f"home-{os.environ.get('PYTEST_XDIST_WORKER', 'only')}")
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
    if not _IS_WORKER:
        signal.signal(signal.SIGTERM, _interrupt)
        if config.option.dist != "no":  # a worker would read them before it has a home
            del os.environ["DJANGO_SETTINGS_MODULE"]


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind: no server, no database on somebody's server, no folder."""
    if _IS_WORKER:
        return
    if OUTSIDE is not None:
        _drop(OUTSIDE.owner, TEMPLATE)
    SERVER.stop()
    shutil.rmtree(FOLDER, ignore_errors=True)


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


@pytest.fixture
def transactional_db() -> None:
    """Refused, as is what rests on it (live_server): see fresh_db."""
    pytest.fail("events cannot be truncated: take fresh_db instead of transactional_db")


@pytest.fixture(scope="session")
def database_server(django_db_blocker: Any) -> postgres.Urls:
    """The running server with the migrated template: made by the first worker that asks."""
    with FOLDER.joinpath("template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        urls = OUTSIDE or _started()
        ready = FOLDER / "template.ready"
        if not ready.exists():
            with django_db_blocker.unblock():
                _make_template(urls)
            ready.touch()
    return urls


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, database_server: postgres.Urls, django_db_blocker: Any
) -> Iterator[None]:
    """This worker's own clone of the template, for tests that roll back."""
    with _clone(database_server) as urls, django_db_blocker.unblock(), _connected(urls):
        django_db_blocker.block()
        yield
        django_db_blocker.restore()


@pytest.fixture(autouse=True)
def nothing_of_the_last_test() -> None:
    """Neither the language of a page nor how many codes were asked for reaches the next test."""
    from django.conf import settings
    from django.core.cache import cache
    from django.utils import translation

    translation.activate(settings.LANGUAGE_CODE)
    cache.clear()


@pytest.fixture(autouse=True)
def keys_of_this_run() -> None:
    """Opened before a test names a home of its own: opened after, they would outlive that home."""
    from bihuan.store import secrets

    secrets.open_vault()


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
    with _clone(database_server) as urls, django_db_blocker.unblock(), _connected(urls):
        yield urls


def _started() -> postgres.Urls:
    if not SERVER.running():
        SERVER.home.mkdir(mode=0o711, exist_ok=True)
        SERVER.home.joinpath("postgres.local.conf").write_text(_QUICK)
        SERVER.start()
        SERVER.let_go()  # another worker may end later than this one
    return SERVER.attach()


def _make_template(urls: postgres.Urls) -> None:
    from django.core.management import call_command

    app = conninfo_to_dict(urls.app)["user"]
    with psycopg.connect(postgres.at_database(urls.owner, "postgres"), autocommit=True) as owner:
        postgres.create_database(owner, TEMPLATE, app=str(app))
    address = postgres.at_database(urls.owner, TEMPLATE)
    with psycopg.connect(address, autocommit=True) as owner:
        grants.open_to(owner, str(app))
    with _connected(postgres.Urls(owner=address, app=address)):
        call_command("migrate", verbosity=0, interactive=False)


@contextlib.contextmanager
def _clone(urls: postgres.Urls) -> Iterator[postgres.Urls]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "only")
    name = f"test_bihuan_{RUN}_{worker}_{next(_numbers)}"
    app = str(conninfo_to_dict(urls.app)["user"])
    with psycopg.connect(postgres.at_database(urls.owner, "postgres"), autocommit=True) as owner:
        postgres.create_database(owner, name, app=app, template=TEMPLATE)
    try:
        yield postgres.Urls(
            owner=postgres.at_database(urls.owner, name), app=postgres.at_database(urls.app, name)
        )
    finally:
        _drop(urls.owner, name)


def _drop(owner_url: str, name: str) -> None:
    with psycopg.connect(postgres.at_database(owner_url, "postgres"), autocommit=True) as owner:
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        owner.execute(statement.format(sql.Identifier(name)))


@contextlib.contextmanager
def _connected(urls: postgres.Urls) -> Iterator[None]:
    """Point Django, and the programs a test starts, at these addresses for a while."""
    from django.db import connections

    parts = conninfo_to_dict(urls.app)
    names = {"NAME": "dbname"} | {key: key.lower() for key in ("USER", "PASSWORD", "HOST", "PORT")}
    entry = connections.settings["default"]
    before = {key: entry[key] for key in [*names, "OPTIONS"]}
    _close(connections)
    entry.update({django: str(parts.get(libpq, "")) for django, libpq in names.items()})
    # a pool would hold connections to a database that is about to be dropped
    entry["OPTIONS"] = {k: v for k, v in entry["OPTIONS"].items() if k != "pool"}
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", urls.app)
        environment.setenv("BIHUAN_OWNER_URL", urls.owner)
        try:
            yield
        finally:
            _close(connections)
            entry.update(before)


def _close(connections: Any) -> None:
    connection = connections["default"]
    connection.close()
    connection.close_pool()
