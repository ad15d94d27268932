"""The demo, told once for this folder in a database of its own, and a second time in another."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bihuan.store import postgres
from tests import clones

AT = datetime(2026, 11, 23, 10, 20, 30, tzinfo=UTC)
CASES = 48
CALLED = 2  # missed calls that became cases of their own; that of a withheld number did not


@dataclass(frozen=True)
class Told:
    """What `load` gave back, and the same story as somebody else is told it."""

    sign_ins: list[Any]
    story: list[Any]
    again: list[Any]


@contextmanager
def _demo(database_server: postgres.Urls) -> Iterator[list[Any]]:
    from bihuan.cases import queries
    from bihuan.demo.commands import load
    from bihuan.policy import queries as policy

    with clones.clone(database_server) as urls, clones.connected(urls):
        shutil.rmtree(Path(os.environ["BIHUAN_HOME"], "mailbox"), ignore_errors=True)
        policy.forget()
        queries.forget_loads()
        yield load(seed=7, cases=CASES, at=AT)
    policy.forget()


@pytest.fixture(scope="module")
def once(
    django_db_setup: None, database_server: postgres.Urls, django_db_blocker: Any
) -> Iterator[None]:
    """The demo told a single time, open for reading."""
    with django_db_blocker.unblock(), _demo(database_server):
        yield


@pytest.fixture(scope="module")
def told(
    django_db_setup: None, database_server: postgres.Urls, django_db_blocker: Any
) -> Iterator[Told]:
    """Open for reading: no test of this module adds to the story."""
    from bihuan.demo.tests.reading import story

    with django_db_blocker.unblock():
        with _demo(database_server):
            again = story()
        with _demo(database_server) as sign_ins:
            yield Told(sign_ins, story(), again)
