"""The embedded PostgreSQL: one server a home folder, started, mended and stopped."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from bihuan.store import binaries, processes
from bihuan.store.addresses import Urls, at_database, create_database, default_home, url
from bihuan.store.cluster import APP, DATABASE, OWNER, Cluster, Postmaster, open_home
from bihuan.store.grants import open_to

__all__ = [
    "AlreadyServed",
    "DidNotStart",
    "NotRunning",
    "PortTaken",
    "Server",
    "Urls",
    "at_database",
    "create_database",
    "default_home",
    "url",
    "urls_from_environment",
]
_RETRY = ("shared memory block", 'lock file "postmaster.pid"', "is being used by")
_LARGEST_LOG = 10 * 1024 * 1024


class AlreadyServed(Exception):
    """Another process serves this folder: attach to it, or stop it first."""

    def __init__(self, home: Path) -> None:
        super().__init__(f"another process already serves the database in {home}")


class NotRunning(Exception):
    """No server runs in this folder."""

    def __init__(self, home: Path) -> None:
        super().__init__(f"no database server runs in {home}: start it with `bihuan up`")


class PortTaken(Exception):
    """The port that was asked for belongs to another program."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        super().__init__(f"port {port} on {host} is taken by another program")


class DidNotStart(Exception):
    """The server gave up or took too long; the message ends with its last words."""

    def __init__(self, log: Path, words: str) -> None:
        super().__init__(f"PostgreSQL did not start, see {log}\n{words[-2000:]}")


class Server:
    """One embedded server in `home`; `port` None means the one of last time, or any free one.

    Who starts it holds a lock until `stop()` or its own end. A server whose starter was killed
    goes on; the next `start()` takes it over.
    """

    def __init__(self, home: Path, port: int | None = None) -> None:
        self.home = home.absolute()
        self.cluster = Cluster(self.home)
        self.port = port
        self._lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, patience: float = 120) -> Urls:
        """Serve the folder, making the cluster at first; again after a crash of the server.

        `patience` in seconds covers crash recovery. Raises AlreadyServed, PortTaken, DidNotStart,
        and what Cluster.prepare and binaries.for_account raise.
        """
        open_home(self.home)
        self._take_lock()
        try:
            if not self.running():
                account = processes.account_for(self.cluster.folder)
                found = binaries.for_account(account, self.home)
                self.cluster.prepare(found, account)
                self._clear_stale_locks(patience)
                self._serve(found, account, time.monotonic() + patience)
            urls = self.attach()
            _ensure_database(urls, self.cluster.passwords().app)
            return urls
        except BaseException:
            self.stop()
            raise

    def attach(self) -> Urls:
        """The addresses of the server that runs in this folder. Raises NotRunning."""
        found = self._live()
        if found is None or not found.is_ready:
            raise NotRunning(self.home)
        host = self.cluster.socket_folder or "127.0.0.1"
        passwords = self.cluster.passwords()
        return Urls(
            owner=url(OWNER, passwords.owner, host, found.port),
            app=url(APP, passwords.app, host, found.port),
        )

    def empty(self) -> None:
        """Make the database of the running server anew; what is in it is lost. NotRunning."""
        urls = self.attach()
        with psycopg.connect(at_database(urls.owner, "postgres"), autocommit=True) as owner:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            owner.execute(drop.format(sql.Identifier(DATABASE)))
        _ensure_database(urls, self.cluster.passwords().app)

    def running(self) -> bool:
        """Whether a live server of this folder takes connections, whoever started it."""
        found = self._live()
        return found is not None and found.is_ready

    def pid(self) -> int | None:
        """The number of the live postmaster of this folder, None when there is none."""
        found = self._live()
        return found.pid if found else None

    def stop(self, patience: float = 60) -> None:
        """Stop the server, first politely, after `patience` seconds at once; let the lock go.

        Nothing happens when it does not run. Raises AlreadyServed when another process holds it.
        """
        if not self.home.is_dir():
            return
        self._take_lock()
        try:
            for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                pid = self.pid() or self._child()
                if pid is None or not processes.is_alive(pid):
                    break
                os.kill(pid, how)
                if processes.await_end(pid, patience):
                    break
            if self._process is not None:
                self._process.wait()
        finally:
            self.let_go()

    def let_go(self) -> None:
        """Leave the server running for whoever starts or stops it next."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def bin(self, name: str) -> Path:
        """The path of a client program (psql, pg_dump, pgbench …) for the current user."""
        return binaries.for_current_user().path(name)

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        handle = os.open(self.cluster.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise AlreadyServed(self.home) from None
        self._lock = handle

    def _live(self) -> Postmaster | None:
        found = self.cluster.postmaster()
        # the mark tells our server from a stranger that was given its number since
        return found if found and processes.carries(found.pid, self.cluster.mark) else None

    def _child(self) -> int | None:
        started = self._process
        return started.pid if started is not None and started.returncode is None else None

    def _clear_stale_locks(self, patience: float) -> None:
        """Remove lock files whose number a zombie or a stranger bears: PostgreSQL would trust it.

        Only once no process of this cluster is left: while one is, the files are what keeps a
        second server from the same shared memory.
        """
        if self._process is not None:
            self._process.poll()  # a killed child of ours is a zombie until then
        deadline = time.monotonic() + patience
        while processes.carrying(self.cluster.mark):
            if time.monotonic() > deadline:
                raise DidNotStart(self.cluster.log, "processes of the old server do not end")
            time.sleep(0.05)
        for left in self.cluster.folder.joinpath("run").iterdir():
            left.unlink()
        named = self.cluster.postmaster()
        if named and processes.exists(named.pid):
            self.cluster.pid_file.unlink()

    def _serve(self, found: binaries.Binaries, account: processes.Account, deadline: float) -> None:
        log = self.cluster.log
        if log.exists() and log.stat().st_size > _LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        while True:
            port = self.port or self._likely_port()
            words = self._attempt(found, account, port, deadline)
            if words is None:
                self.cluster.port_file.write_text(f"{port}\n")
                return
            if "Address already in use" in words:
                if self.port is not None:
                    raise PortTaken(self.port)
                self.cluster.port_file.unlink(missing_ok=True)
            elif not any(reason in words for reason in _RETRY):
                raise DidNotStart(log, words)
            # right after a kill the old processes hold the shared memory for a moment yet
            if time.monotonic() > deadline:
                raise DidNotStart(log, words)
            time.sleep(0.1)

    def _attempt(
        self, found: binaries.Binaries, account: processes.Account, port: int, deadline: float
    ) -> str | None:
        """Start once and wait until ready: None then, else what the server said before it ended."""
        command = self.cluster.command(found, port)
        with self.cluster.log.open("ab") as log:
            before = log.tell()
            self._process = account.spawn(
                command, environment=found.environment(), log=log.fileno()
            )
        while self._process.poll() is None:
            if self.running():
                return None
            if time.monotonic() > deadline:
                raise DidNotStart(self.cluster.log, self._said_since(before))
            time.sleep(0.02)
        self._process = None
        return self._said_since(before)

    def _said_since(self, offset: int) -> str:
        with self.cluster.log.open("rb") as log:
            log.seek(offset)
            return log.read().decode(errors="replace")

    def _likely_port(self) -> int:
        try:
            return int(self.cluster.port_file.read_text())
        except (FileNotFoundError, ValueError):
            pass
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            return port


def urls_from_environment(environment: Mapping[str, str] = os.environ) -> Urls | None:
    """DATABASE_URL and BIHUAN_OWNER_URL, else a running embedded server's, else None."""
    app = environment.get("DATABASE_URL")
    if app:
        return Urls(owner=environment.get("BIHUAN_OWNER_URL") or app, app=app)
    try:
        return Server(default_home(environment)).attach()
    except (NotRunning, PermissionError, NotADirectoryError):
        return None


def _ensure_database(urls: Urls, password: str) -> None:
    with psycopg.connect(at_database(urls.owner, "postgres"), autocommit=True) as owner:
        roles = owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP])
        if roles.fetchone() is None:
            create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
            owner.execute(create.format(sql.Identifier(APP), sql.Literal(password)))
        databases = owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if databases.fetchone() is None:
            create_database(owner, DATABASE, app=APP)
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        open_to(owner, APP)
