"""The embedded server: first start, roles, stop, crash and take-over."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bihuan.store import postgres, processes
from bihuan.store.postgres import Server

_START = """
import sys
from pathlib import Path
from bihuan.store.postgres import AlreadyServed, Server
server = Server(Path(sys.argv[1]))
try:
    server.start()
except AlreadyServed:
    print("refused", flush=True)
    sys.exit()
print("started", flush=True)
sys.stdin.readline()
server.stop()
"""


def starter(home: Path) -> subprocess.Popen[str]:
    """Another process that starts the server, and stops it when told a line."""
    return subprocess.Popen(
        [sys.executable, "-c", _START, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def first_word(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture
def other(server: Server) -> Iterator[subprocess.Popen[str]]:
    with starter(server.home) as process:
        yield process
        process.kill()


def test_the_first_start_makes_a_database_with_one_role_that_makes_tables_and_one_that_may_not(
    server: Server,
) -> None:
    urls = server.start()

    with psycopg.connect(urls.owner) as owner, psycopg.connect(urls.app) as app:
        owner.execute("CREATE TABLE letters (id bigint PRIMARY KEY, words text)")
        owner.commit()
        app.execute("INSERT INTO letters VALUES (1, '闭环')")
        app.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine (id bigint)")
        app.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DROP TABLE letters")
        app.rollback()
        assert app.execute(
            "SELECT current_user, rolsuper, current_setting('TimeZone'), "
            "current_setting('server_encoding'), current_setting('synchronous_commit') "
            "FROM pg_roles WHERE rolname = current_user"
        ).fetchone() == ("bihuan_app", False, "UTC", "UTF8", "on")


def test_a_stopped_server_leaves_no_process_and_keeps_its_rows_and_its_port(
    server: Server,
) -> None:
    urls = server.start()
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("CREATE TABLE letters AS SELECT 7 AS id")

    server.stop()

    assert not server.running()
    assert processes.carrying(server.cluster.mark) == []
    assert server.start() == urls
    with psycopg.connect(urls.owner) as owner:
        assert owner.execute("SELECT id FROM letters").fetchall() == [(7,)]


def test_passwords_are_asked_for_and_lie_in_a_file_only_its_user_reads(server: Server) -> None:
    urls = server.start()

    guessed = urls.app.replace(server.cluster.passwords().app, "guessed")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(guessed)
    assert server.cluster.passwords_file.stat().st_mode & 0o777 == 0o600
    assert server.cluster.passwords().app not in repr(urls)


def test_the_server_listens_on_this_machine_only(server: Server) -> None:
    urls = server.start()

    with psycopg.connect(urls.owner) as owner:
        row = owner.execute("SHOW listen_addresses").fetchone()
    port = int(server.cluster.port_file.read_text())

    assert row == ("127.0.0.1",)
    socket.create_connection(("127.0.0.1", port)).close()


class Load:
    """Threads that insert numbers and remember each one the server acknowledged."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.acknowledged: list[int] = []
        self.enough = threading.Event()
        self.threads = [threading.Thread(target=self._insert, args=[n]) for n in range(4)]

    def _insert(self, thread: int) -> None:
        try:
            with psycopg.connect(self.url, autocommit=True) as app:
                for number in range(thread, 10_000_000, 4):
                    app.execute("INSERT INTO letters VALUES (%s)", [number])
                    self.acknowledged.append(number)
                    if len(self.acknowledged) > 300:
                        self.enough.set()
        except psycopg.OperationalError:
            return  # the server is gone, as it should be

    def until_killed(self, pid: int) -> None:
        for thread in self.threads:
            thread.start()
        assert self.enough.wait(30)
        os.kill(pid, signal.SIGKILL)
        for thread in self.threads:
            thread.join(30)


@pytest.mark.slow
def test_every_acknowledged_row_is_there_after_the_server_was_killed_under_load(
    server: Server,
) -> None:
    urls = server.start()
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("CREATE TABLE letters (id bigint PRIMARY KEY)")
    pid = server.pid()
    assert pid is not None
    load = Load(urls.app)

    load.until_killed(pid)
    urls = server.start()

    with psycopg.connect(urls.app) as app:
        found = {row[0] for row in app.execute("SELECT id FROM letters")}
    assert len(load.acknowledged) > 300
    assert set(load.acknowledged) <= found


def test_a_second_starter_is_refused_and_a_command_may_attach(
    server: Server, other: subprocess.Popen[str]
) -> None:
    assert first_word(other) == "started"

    with pytest.raises(postgres.AlreadyServed, match=str(server.home)):
        server.start()
    with pytest.raises(postgres.AlreadyServed):
        server.stop()

    with psycopg.connect(server.attach().app) as app:
        assert app.execute("SELECT current_user").fetchone() == ("bihuan_app",)
    other.communicate("stop\n")
    assert not server.running()


def test_of_two_starters_at_once_exactly_one_serves(server: Server) -> None:
    with starter(server.home) as one, starter(server.home) as two:
        assert sorted([first_word(one), first_word(two)]) == ["refused", "started"]
        one.communicate("stop\n")
        two.communicate("stop\n")


def test_a_server_whose_starter_was_killed_is_taken_over(
    server: Server, other: subprocess.Popen[str]
) -> None:
    assert first_word(other) == "started"
    pid = server.pid()
    other.kill()
    other.wait()

    server.start()

    assert server.pid() == pid


def test_a_port_that_belongs_to_another_program_is_named(reachable: Path) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]

        with pytest.raises(postgres.PortTaken, match=str(port)):
            Server(reachable / "home", port).start()


def test_the_port_of_last_time_is_given_up_when_another_program_took_it(server: Server) -> None:
    server.start()
    server.stop()
    taken = int(server.cluster.port_file.read_text())

    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", taken))
        stranger.listen()
        server.start()

    assert int(server.cluster.port_file.read_text()) != taken


def test_attaching_to_nothing_says_how_to_start(reachable: Path) -> None:
    with pytest.raises(postgres.NotRunning, match="bihuan up"):
        Server(reachable / "home").attach()


def test_a_client_program_of_the_server_s_own_version_is_there(server: Server) -> None:
    urls = server.start()

    said = subprocess.run(
        [server.bin("psql"), urls.app, "-Atc", "SELECT 6 * 7"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout == "42\n"


def test_addresses_come_from_the_environment_then_from_a_running_server_then_from_nowhere(
    server: Server,
) -> None:
    home = {"BIHUAN_HOME": str(server.home)}

    assert postgres.urls_from_environment(home) is None
    urls = server.start()
    assert postgres.urls_from_environment(home) == urls
    given = home | {"DATABASE_URL": "postgresql://a@there/b"}
    assert postgres.urls_from_environment(given) == postgres.Urls(
        owner="postgresql://a@there/b", app="postgresql://a@there/b"
    )
    given |= {"BIHUAN_OWNER_URL": "postgresql://o@there/b"}
    assert postgres.urls_from_environment(given) == postgres.Urls(
        owner="postgresql://o@there/b", app="postgresql://a@there/b"
    )
