"""The files of one embedded cluster under BIHUAN_HOME, and how they are first made."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from bihuan.store.binaries import Binaries
from bihuan.store.processes import Account, Untraversable

OWNER, APP, DATABASE = "bihuan_owner", "bihuan_app", "bihuan"
_LONGEST_SOCKET = 100  # sun_path holds 104 bytes on macOS, 108 on Linux

_CONFIGURATION = """\
# Written anew at each start. Your own settings go into postgres.local.conf beside this file.
listen_addresses = '127.0.0.1'
max_connections = 100
shared_buffers = '128MB'
# A page that is changed for the first time after a checkpoint goes into the journal whole. To
# compress it first saves 6 KB and costs 55 µs of processor, ten times what writing it does.
wal_compression = off
max_wal_size = '1GB'
synchronous_commit = on
random_page_cost = 1.1
jit = off
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
# Personal data stays out of the log: no statements and no DETAIL lines with key values.
log_min_error_statement = 'panic'
log_error_verbosity = 'terse'
include_if_exists = 'postgres.local.conf'
"""
_ACCESS = """\
local all all                scram-sha-256
host  all all 127.0.0.1/32   scram-sha-256
"""


class ClusterNotMade(Exception):
    """initdb failed; the message holds what it said."""


class WrongMajor(Exception):
    """The cluster was made by another major version of PostgreSQL than the one installed."""

    def __init__(self, folder: Path, made_by: str, installed: int) -> None:
        super().__init__(
            f"{folder} was made by PostgreSQL {made_by}, the programs here are {installed}: "
            "back up with the old version and restore into a new BIHUAN_HOME"
        )


class PasswordsLost(Exception):
    """The cluster is there but the file with its passwords is not."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file} is missing: without it nobody can enter the database beside it")


@dataclass(frozen=True, slots=True)
class Passwords:
    """The passwords of the two database roles."""

    owner: str = field(repr=False)
    app: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What `postmaster.pid` says of a server, which may be dead; `port` is 0 in half a file."""

    pid: int
    port: int
    is_ready: bool


@dataclass(frozen=True, slots=True)
class Cluster:
    """The paths of one cluster; nothing here starts or stops anything.

    Everything that root writes lies in `home`, which belongs to root; the user PostgreSQL runs as
    owns `home/postgres` only, so that it can plant no link in the way of a file root writes.
    """

    home: Path

    @property
    def folder(self) -> Path:
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    @property
    def lock(self) -> Path:
        return self.home / "postgres.lock"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def port_file(self) -> Path:
        return self.home / "postgres.port"

    @property
    def passwords_file(self) -> Path:
        return self.home / "postgres.passwords"

    @property
    def socket_folder(self) -> Path | None:
        """Where the Unix socket lies; None where the path would be too long for one."""
        folder = self.folder / "run"
        return folder if len(os.fsencode(folder / ".s.PGSQL.65535")) < _LONGEST_SOCKET else None

    @property
    def mark(self) -> str:
        """The cluster name: it stands in the title of every process of this cluster."""
        return "bihuan-" + hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]

    def passwords(self) -> Passwords:
        """The passwords, as written at first start. Raises PasswordsLost."""
        try:
            return Passwords(**json.loads(self.passwords_file.read_text()))
        except FileNotFoundError:
            raise PasswordsLost(self.passwords_file) from None

    def postmaster(self) -> Postmaster | None:
        """The server named by the pid file; None when there is no such file or no number in it.

        Read once: of two readings the first may tell of a dead server, the second of the next.
        """
        try:
            lines = self.pid_file.read_text().splitlines()
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return None
        pid, _, _, port, _, _, _, state = (line.strip() for line in (*lines, *[""] * 8)[:8])
        if not pid.isdecimal():
            return None
        return Postmaster(int(pid), int(port) if port.isdecimal() else 0, state == "ready")

    def command(self, binaries: Binaries, port: int) -> list[str]:
        """The command line that serves this cluster in the foreground."""
        settings = {
            "config_file": self.home / "postgres.conf",
            "hba_file": self.home / "postgres.hba",
            "cluster_name": self.mark,
            "port": port,
            "unix_socket_directories": self.socket_folder or "",
        }
        chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(binaries.path("postgres")), "-D", str(self.data), *chosen]

    def prepare(self, binaries: Binaries, account: Account) -> None:
        """Make what is missing: passwords, folders, the cluster itself; write the settings anew.

        Called with the lock held. Raises ClusterNotMade, WrongMajor, PasswordsLost, Untraversable.
        """
        account.check_reach(self.home)
        self._write("postgres.conf", _CONFIGURATION, 0o644)
        self._write("postgres.hba", _ACCESS, 0o644)
        if not self.data.exists():
            if not self.passwords_file.exists():
                made = {"owner": secrets.token_urlsafe(24), "app": secrets.token_urlsafe(24)}
                self._write("postgres.passwords", json.dumps(made), 0o600)
            self._make(binaries, account)
        made_by = self.data.joinpath("PG_VERSION").read_text().strip()
        if made_by != str(binaries.major):
            raise WrongMajor(self.data, made_by, binaries.major)
        self.passwords()

    def _make(self, binaries: Binaries, account: Account) -> None:
        if self.folder.exists():
            shutil.rmtree(self.folder)  # left by a first start that was killed: holds no data yet
        self.folder.mkdir(mode=0o700)
        self.folder.joinpath("run").mkdir(mode=0o700)
        if account.changed:
            os.chown(self.folder / "run", account.uid, account.gid)
            os.chown(self.folder, account.uid, account.gid)
        half = self.folder / "data.new"
        handle, password = tempfile.mkstemp(dir=self.home, prefix="postgres.first.")
        try:
            os.write(handle, self.passwords().owner.encode())
            if account.changed:
                os.fchown(handle, account.uid, account.gid)
            done = account.run(
                _initdb(binaries, half, password), environment=binaries.environment()
            )
        finally:
            os.close(handle)
            os.unlink(password)
        if done.returncode != 0:
            raise ClusterNotMade(done.stdout)
        half.rename(self.data)  # whole or not at all

    def _write(self, name: str, text: str, mode: int) -> None:
        handle, half = tempfile.mkstemp(dir=self.home, prefix=f".{name}.")
        with os.fdopen(handle, "w") as file:
            file.write(text)
            os.fchmod(handle, mode)
            file.flush()
            os.fsync(handle)
        os.replace(half, self.home / name)


def open_home(home: Path) -> None:
    """Make BIHUAN_HOME, enterable for the user PostgreSQL runs as. Raises Untraversable."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o711)
        mode = home.stat().st_mode
        if os.geteuid() == 0 and not mode & 0o001:
            home.chmod(mode & 0o7777 | 0o011)  # our own folder only: its parents are not ours
    except PermissionError as error:
        raise Untraversable(Path(error.filename), "current") from error


def _initdb(binaries: Binaries, folder: Path, password_file: str) -> list[str]:
    # code-point order is the same on every machine and never needs a reindex
    locale = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if binaries.major >= 17
        else ["--locale=C"]
    )
    return [
        str(binaries.path("initdb")),
        f"--pgdata={folder}",
        f"--username={OWNER}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--data-checksums",
        *locale,
    ]
