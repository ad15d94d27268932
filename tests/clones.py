"""The folder and the database server of a test run, and clones of a migrated template in it."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bihuan.store import grants, postgres

_FOLDER = "TESTING_BIHUAN_FOLDER"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "only")
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
_MEMORY, _ROOM = Path("/dev/shm"), 4 << 30
_QUICK = "fsync = off\nfull_page_writes = off\nmax_connections = 200\n"
_numbers = itertools.count(1)


def _claim_folder() -> Path:
    """The folder of this run: made by the process that was called, inherited by its workers."""
    if not IS_WORKER:
        # not pytest's own folder: its parents are closed to the user PostgreSQL runs as
        made = Path(tempfile.mkdtemp(prefix="bihuan-tests-", dir=_in_memory()))
        made.chmod(0o711)
        # pytest_unconfigure is not reached when the command line or a plug-in is at fault
        atexit.register(shutil.rmtree, made, ignore_errors=True)
        made.joinpath("t").mkdir()
        made.joinpath("t").chmod(0o1777)
        os.environ |= {_FOLDER: str(made), "TMPDIR": str(made / "t")}
    tempfile.tempdir = None  # asked before, it would be remembered
    return Path(os.environ[_FOLDER])


def _in_memory() -> Path | None:
    """A disk in memory that has room and runs programs, if there is one.

    Each of some hundred databases is a thousand files. To make them anew on ext4 just after others
    were removed took half of the time of the whole server.
    """
    with contextlib.suppress(OSError):
        free = os.statvfs(_MEMORY)
        if free.f_bavail * free.f_frsize > _ROOM and not free.f_flag & os.ST_NOEXEC:
            return _MEMORY
    return None


FOLDER = _claim_folder()
_RUN = FOLDER.name.rpartition("-")[2].lower()
_TEMPLATE = f"test_bihuan_{_RUN}_template"
_OUTSIDE = (
    postgres.urls_from_environment()
    if {"DATABASE_URL", "BIHUAN_OWNER_URL"} <= {*os.environ}
    else None
)
_SERVER = postgres.Server(FOLDER / "server")


def server(unblock: Callable[[], contextlib.AbstractContextManager[None]]) -> postgres.Urls:
    """The running server with the migrated template: made by the first worker that asks."""
    with FOLDER.joinpath("template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        urls = _OUTSIDE or _started()
        ready = FOLDER / "template.ready"
        if not ready.exists():
            with unblock():
                _make_template(urls)
            ready.touch()
    return urls


def end() -> None:
    """Leave nothing behind: no server, no database on somebody's server, no folder."""
    if _OUTSIDE is not None:
        _drop(_OUTSIDE.owner, _TEMPLATE)
    _SERVER.stop()
    shutil.rmtree(FOLDER, ignore_errors=True)


def _started() -> postgres.Urls:
    if not _SERVER.running():
        _SERVER.home.mkdir(mode=0o711, exist_ok=True)
        _SERVER.home.joinpath("postgres.local.conf").write_text(_QUICK)
        _SERVER.start()
        _SERVER.let_go()  # another worker may end later than this one
    return _SERVER.attach()


def _make_template(urls: postgres.Urls) -> None:
    from django.core.management import call_command

    app = conninfo_to_dict(urls.app)["user"]
    with psycopg.connect(postgres.at_database(urls.owner, "postgres"), autocommit=True) as owner:
        postgres.create_database(owner, _TEMPLATE, app=str(app))
    address = postgres.at_database(urls.owner, _TEMPLATE)
    with psycopg.connect(address, autocommit=True) as owner:
        grants.open_to(owner, str(app))
    with connected(postgres.Urls(owner=address, app=address)):
        call_command("migrate", verbosity=0, interactive=False)


@contextlib.contextmanager
def clone(urls: postgres.Urls) -> Iterator[postgres.Urls]:
    """A database of its own, migrated and empty, as this server's roles enter it."""
    name = f"test_bihuan_{_RUN}_{WORKER}_{next(_numbers)}"
    app = str(conninfo_to_dict(urls.app)["user"])
    with psycopg.connect(postgres.at_database(urls.owner, "postgres"), autocommit=True) as owner:
        postgres.create_database(owner, name, app=app, template=_TEMPLATE)
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
def connected(urls: postgres.Urls) -> Iterator[None]:
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
