"""What must be done before the house opens: tables as the code has them, files to be served."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bihuan.store import grants, marks, postgres, vault

PACKAGE = Path(__file__).resolve().parent.parent
#: packages whose own migrations or static files are part of ours
_OTHERS = (
    "django", "django-allauth", "django-htmx", "django-ninja", "procrastinate", "whitenoise"
)  # fmt: skip
#: of them no page asks for these, and to compress them takes as long as all the others
_UNUSED = ("ninja/redoc*", "django_htmx/htm*4*", "django_htmx/htmx-2.js", "django_htmx/ext/*")


class Failed(Exception):
    """A preparing command ended with an error, which it has already printed."""

    def __init__(self, command: str) -> None:
        super().__init__(f"`{command}` failed, see above")


def environment_for(url: str) -> dict[str, str]:
    """The environment of a program that is to use this address and no other."""
    mine = {k: v for k, v in os.environ.items() if k != "BIHUAN_OWNER_URL"}
    return mine | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "bihuan.config.settings"}


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether nobody answers on this port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) != 0


def migrate(urls: postgres.Urls) -> bool:
    """Tables as the code has them and a handbook in force, as the owner; False when all was there.

    The state is remembered in the database, so that a start that has nothing to do need not load
    the models. Raises OtherHouse, Failed and psycopg.Error.
    """
    state = _fingerprint(PACKAGE.glob("*/migrations/*.py"))
    with psycopg.connect(urls.owner, autocommit=True) as owner, owner.cursor() as cursor:
        _check(cursor)
        if marks.read(cursor, marks.MIGRATED) == state and _has_a_policy(owner):
            return False
        app = conninfo_to_dict(urls.app).get("user")
        if app != owner.info.user:
            grants.open_to(owner, str(app))
        _python(["bihuan.cli.opening"], environment_for(urls.owner))
        marks.put(cursor, marks.HOUSE_KEY, _vault().fingerprint)
        marks.put(cursor, marks.MIGRATED, state)
    return True


def check_house(urls: postgres.Urls) -> None:
    """Before a part or a command begins; one whose database is away begins. Raises OtherHouse."""
    with contextlib.suppress(psycopg.Error), psycopg.connect(urls.app, connect_timeout=5) as served:
        _check(served.cursor())


def _check(cursor: psycopg.Cursor[Any]) -> None:
    marks.check_house(cursor, _vault(), postgres.default_home())


def _vault() -> vault.Vault:
    return vault.from_environment(postgres.default_home())


def _has_a_policy(owner: psycopg.Connection[Any]) -> bool:
    return owner.execute("SELECT EXISTS (SELECT FROM policy_policyversion)").fetchone() == (True,)


def collect_static(home: Path, urls: postgres.Urls) -> bool:
    """Gather and compress the files pages need under `home`; False when nothing changed."""
    state = _fingerprint(path for path in PACKAGE.glob("*/static/**/*") if path.is_file())
    remembered = home / "static.state"
    if remembered.exists() and remembered.read_text() == state:
        return False
    command = ["django", "collectstatic", "--no-input", "--verbosity=0"]
    command += [f"--ignore={pattern}" for pattern in _UNUSED]
    _python(command, environment_for(urls.app))
    remembered.write_text(state)
    return True


def _python(command: list[str], given: Mapping[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 - a fixed list, no shell
        [sys.executable, "-m", *command],
        env=dict(given),
        check=False,
        start_new_session=True,  # Ctrl-C reaches the parent only, which ends this itself
    )
    if done.returncode != 0:
        raise Failed(f"python -m {' '.join(command[:2])}")


def _fingerprint(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for name in _OTHERS:
        digest.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    for file in sorted(files):
        digest.update(f"{file.relative_to(PACKAGE)}\n".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
