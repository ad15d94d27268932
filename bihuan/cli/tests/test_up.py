"""`bihuan up` as a person meets it: it opens, mends itself, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bihuan.cli.tests.ports import free_port
from bihuan.cli.tests.test_children import eventually
from bihuan.cli.up import House
from bihuan.store import marks, processes
from bihuan.store.postgres import Server

pytestmark = pytest.mark.slow
PATIENCE = 240  # seconds; a busy machine may take its time to gather and compress files


class Up:
    """A running `bihuan up` on a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.server = Server(folder / "home")
        self.port = free_port()
        self.said = folder / "said"
        self.begun: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        process = self.begin(*arguments)
        assert eventually(lambda: "Ctrl-C" in self.words() or process.poll() is not None, PATIENCE)
        assert process.poll() is None, self.words()
        return process

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        outside = {"DATABASE_URL", "BIHUAN_OWNER_URL"}
        environment = {k: v for k, v in os.environ.items() if k not in outside}
        with self.said.open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "bihuan", "up", "--port", str(self.port), *arguments],
                env=environment | {"BIHUAN_HOME": str(self.server.home)},
                stdout=said,
                stderr=said,
            )
        self.begun.append(process)
        return process

    def end(self) -> None:
        """Whatever a failed test left running."""
        for process in self.begun:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(60)
        self.server.stop()

    def open_and_close(self) -> None:
        process = self.start()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0

    def words(self) -> str:
        return self.said.read_text(encoding="utf-8")

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/healthz", timeout=10
            ) as page:
                return bool(page.status == 200)
        except OSError:
            return False

    def part(self, name: str) -> list[int]:
        """The processes of one part: their parent is the `bihuan up` of this port."""
        mark = f"bihuan\0{name}\0--port\0{self.port}"
        return processes.carrying(mark)


@pytest.fixture
def house() -> Iterator[Up]:
    folder = Path(tempfile.mkdtemp(prefix="bihuan-up-"))
    folder.chmod(0o711)
    up = Up(folder)
    yield up
    up.end()
    shutil.rmtree(folder)


def test_the_house_opens_mends_its_parts_and_its_database_and_closes_without_a_trace(
    house: Up,
) -> None:
    process = house.start()
    try:
        assert eventually(house.answers, 30)

        for pid in house.part("live"):
            os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: "web 已退出" in house.words())
        assert eventually(house.answers, 30)

        postmaster = house.server.pid()
        assert postmaster is not None
        os.kill(postmaster, signal.SIGKILL)
        assert eventually(
            lambda: house.server.running() and house.server.pid() != postmaster, 30
        ), house.words()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, house.words()

    assert house.part("live") == house.part("up") == []
    assert processes.carrying(house.server.cluster.mark) == []
    assert "work 已退出" not in house.words()  # the jobs waited for the database


def test_a_second_start_neither_migrates_nor_loses_anything(house: Up) -> None:
    house.open_and_close()
    assert "数据库已更新" in house.words()
    with house.server, psycopg.connect(house.server.attach().owner) as owner:
        before = owner.execute("SELECT max(applied) FROM django_migrations").fetchone()

    house.open_and_close()

    assert "数据库已更新" not in house.words()
    with house.server, psycopg.connect(house.server.attach().owner) as owner:
        assert owner.execute("SELECT max(applied) FROM django_migrations").fetchone() == before


def test_a_demo_that_was_interrupted_is_no_house_to_work_in_and_is_made_anew(house: Up) -> None:
    process = house.begin("--demo")
    assert eventually(lambda: house.server.running() and half_a_demo(house.server), PATIENCE)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0

    plain = house.begin()
    assert plain.wait(60) == 1
    assert "was not loaded to its end" in house.words()

    with house.server:
        urls = house.server.attach()
        House(house.port, demo=True, server=house.server).clear_half_a_demo(urls)
        with psycopg.connect(urls.app) as app:
            tables = app.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            assert tables.fetchone() == (0,)


def half_a_demo(server: Server) -> bool:
    try:
        with psycopg.connect(server.attach().owner) as owner, owner.cursor() as cursor:
            return marks.read(cursor, marks.DEMO_BEGUN) is not None
    except psycopg.OperationalError:  # the server is there, its database not yet
        return False


def test_a_port_that_is_taken_is_named_before_anything_starts(house: Up) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", house.port))
        stranger.listen()
        done = subprocess.run(
            [sys.executable, "-m", "bihuan", "up", "--port", str(house.port)],
            env=os.environ | {"BIHUAN_HOME": str(house.server.home)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert re.search(rf"port {house.port} .* is taken", done.stderr)
    assert not house.server.home.exists()
