"""A demo that was interrupted is known by a mark in its own database, and by nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from bihuan.cases.models import Case
from bihuan.cases.tests.people import file, house
from bihuan.cli import demo
from bihuan.cli.up import HalfADemo, House
from bihuan.demo import commands
from bihuan.demo.tests.conftest import AT
from bihuan.policy import queries as policy
from bihuan.store import marks, postgres


class Server:
    """An embedded server, of which only that it was emptied is of interest."""

    home = postgres.default_home()
    emptied = False

    def empty(self) -> None:
        self.emptied = True


@pytest.fixture
def server() -> Any:
    return Server()


def marked() -> bool:
    with connection.cursor() as cursor:
        return marks.read(cursor, marks.DEMO_BEGUN) is not None


def load_half(monkeypatch: pytest.MonkeyPatch) -> None:
    class PulledOut(Exception):
        pass

    class Interrupted(commands.Stage):
        def play(self, *_: Any) -> None:
            raise PulledOut

    policy.forget()
    with monkeypatch.context() as patched:
        patched.setattr(commands, "Stage", Interrupted)
        with pytest.raises(PulledOut):
            commands.load(seed=7, cases=5, at=AT)


def test_a_demo_that_was_interrupted_is_neither_loaded_over_nor_worked_in(
    fresh_db: postgres.Urls,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    server: Any,
) -> None:
    load_half(monkeypatch)

    assert demo.run(["--cases", "5"]) == 1
    assert "holds half a demo, which was interrupted" in capsys.readouterr().err
    with pytest.raises(HalfADemo, match="start with --demo"):
        House(1, demo=False, server=server).clear_half_a_demo(fresh_db)
    assert not server.emptied
    House(1, demo=True, server=server).clear_half_a_demo(fresh_db)
    assert server.emptied


def test_a_database_that_is_not_the_embedded_one_is_never_dropped(
    fresh_db: postgres.Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_half(monkeypatch)

    with pytest.raises(HalfADemo, match="make the database anew"):
        House(1, demo=True).clear_half_a_demo(fresh_db)


def test_a_house_in_use_is_neither_marked_nor_dropped_by_a_demo_that_was_refused(
    fresh_db: postgres.Urls, server: Any
) -> None:
    file(house())
    (server.home / "demo.begun").touch()

    try:
        assert demo.run(["--cases", "5"]) == 1
        House(1, demo=True, server=server).clear_half_a_demo(fresh_db)
    finally:
        (server.home / "demo.begun").unlink(missing_ok=True)

    assert not server.emptied
    assert not marked()
    assert Case.objects.count() == 1
