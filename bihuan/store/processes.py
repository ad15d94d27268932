"""What the operating system knows of a process, a user and a folder."""

from __future__ import annotations

import os
import pwd
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_UNPRIVILEGED = ("postgres", "nobody")


class Untraversable(Exception):
    """A folder on the way cannot be entered by the user PostgreSQL runs as."""

    def __init__(self, folder: Path, user: str) -> None:
        super().__init__(
            f"{folder} cannot be entered by the user {user!r} that PostgreSQL runs as: "
            f"choose another BIHUAN_HOME, or open that folder (chmod o+x {folder})"
        )
        self.folder, self.user = folder, user


class NoAccount(Exception):
    """PostgreSQL refuses to run as root and the machine has no other user for it."""

    def __init__(self) -> None:
        super().__init__(f"no user to run PostgreSQL as: create one of {', '.join(_UNPRIVILEGED)}")


@dataclass(frozen=True, slots=True)
class Account:
    """The user that owns the cluster; `changed` says that it is not the current one."""

    name: str
    uid: int
    gid: int
    changed: bool

    def run(
        self, command: list[str], *, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as this user from `/`, its output captured, never raising on its code."""
        return subprocess.run(  # noqa: S603 - a fixed list, no shell
            command,
            env=dict(environment),
            cwd="/",
            user=self.uid if self.changed else None,
            group=self.gid if self.changed else None,
            extra_groups=[] if self.changed else None,
            umask=0o077,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def spawn(
        self, command: list[str], *, environment: Mapping[str, str], log: int
    ) -> subprocess.Popen[bytes]:
        """Start a command as this user in its own session, so that Ctrl-C does not reach it."""
        return subprocess.Popen(  # noqa: S603 - a fixed list, no shell
            command,
            env=dict(environment),
            cwd="/",
            user=self.uid if self.changed else None,
            group=self.gid if self.changed else None,
            extra_groups=[] if self.changed else None,
            umask=0o077,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def check_reach(self, folder: Path) -> None:
        """Raise Untraversable with the first folder from the root that this user cannot enter."""
        if not self.changed:
            return
        if self._enters(folder):
            return
        for parent in [*reversed(folder.parents), folder]:
            if not self._enters(parent):
                raise Untraversable(parent, self.name)

    def _enters(self, folder: Path) -> bool:
        command = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
        return self.run(command, environment={"PATH": os.defpath}).returncode == 0


def account_for(folder: Path) -> Account:
    """The user a cluster in `folder` runs as: the current one, or for root the folder's owner,
    else the first of `postgres` and `nobody` that exists. Raises NoAccount."""
    if os.geteuid() != 0:
        return Account(_name(os.geteuid()), os.geteuid(), os.getegid(), changed=False)
    if folder.exists() and folder.stat().st_uid != 0:
        owner = folder.stat()
        return Account(_name(owner.st_uid), owner.st_uid, owner.st_gid, changed=True)
    for name in _UNPRIVILEGED:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, found.pw_uid, found.pw_gid, changed=True)
    raise NoAccount


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def is_alive(pid: int) -> bool:
    """Whether a process does anything still: a zombie is dead, though a signal would reach it."""
    if _PROC.joinpath("self").exists():
        try:
            # the name in brackets may itself hold spaces and brackets
            state = _PROC.joinpath(str(pid), "stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        return state not in {"Z", "X"}
    states = _ps("-o", "stat=", "-p", str(pid)).split()
    return bool(states) and not states[0].startswith("Z")


def exists(pid: int) -> bool:
    """Whether a signal would find something under this number, be it a zombie or a stranger."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def carries(pid: int, mark: str) -> bool:
    """Whether a live process has `mark` in its command line.

    PostgreSQL puts its cluster name into the title of each of its processes, and a command line
    is readable for everybody, unlike a working folder (which needs ptrace rights in a container).
    """
    if not _PROC.joinpath("self").exists():
        return mark in _ps("-o", "args=", "-p", str(pid)) and is_alive(pid)
    try:
        line = _PROC.joinpath(str(pid), "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False
    return mark.encode() in line and is_alive(pid)


def carrying(mark: str) -> list[int]:
    """Every live process that has `mark` in its command line."""
    if not _PROC.joinpath("self").exists():
        lines = _ps("-A", "-o", "pid=,args=").splitlines()
        return [int(line.split()[0]) for line in lines if mark in line]
    numbers = [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdecimal()]
    return sorted(pid for pid in numbers if carries(pid, mark))


def await_end(pid: int, seconds: float) -> bool:
    """Wait until a process that need not be our child is dead; False when it outlived the wait."""
    deadline = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        reap(pid)
        time.sleep(0.02)
    reap(pid)
    return True


def reap(pid: int) -> None:
    """Let a dead child of ours go, so that its number is free again."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def _ps(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
        ["ps", *arguments],  # noqa: S607 - its folder differs between systems
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout
