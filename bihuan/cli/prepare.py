"""What must be done before the house opens: tables as the code has them, files to be served."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bihuan.store import grants, postgres

PACKAGE = Path(__file__).resolve().parent.parent
#: packages whose own migrations or static files are part of ours
_OTHERS = ("django", "django-allauth", "django-htmx", "procrastinate", "whitenoise")


class Failed(Exception):
    """A preparing command ended with an error, which it has already printed."""

    def __init__(self, command: str) -> None:
        super().__init__(f"`{command}` failed, see above")


def environment_for(url: str) -> dict[str, str]:
    """The environment of a program that is to use this address and no other."""
    mine = {k: v for k, v in os.environ.items() if k != "BIHUAN_OWNER_URL"}
    return mine | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "bihuan.config.settings"}


def migrate(urls: postgres.Urls) -> bool:
    """Bring the tables to the code's state, as the owner; False when they already were.

    The state is remembered in the database's comment, so that a start that has nothing to do
    need not load the models. Raises Failed and psycopg.Error.
    """
    state = f"migrated {_fingerprint(PACKAGE.glob('*/migrations/*.py'))}"
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        found = owner.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
            "WHERE datname = current_database()"
        ).fetchone()
        if found == (state,):
            return False
        app = conninfo_to_dict(urls.app).get("user")
        if app != owner.info.user:
            grants.open_to(owner, str(app))
        _django(["migrate", "--no-input", "--verbosity=0"], environment_for(urls.owner))
        remember = sql.SQL("COMMENT ON DATABASE {} IS {}")
        # in somebody else's database it may be refused: the next start only looks again
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
            owner.execute(remember.format(sql.Identifier(owner.info.dbname), sql.Literal(state)))
    return True


def collect_static(home: Path, urls: postgres.Urls) -> bool:
    """Gather and compress the files pages need under `home`; False when nothing changed."""
    state = _fingerprint(path for path in PACKAGE.glob("*/static/**/*") if path.is_file())
    remembered = home / "static.state"
    if remembered.exists() and remembered.read_text() == state:
        return False
    _django(["collectstatic", "--no-input", "--verbosity=0"], environment_for(urls.app))
    remembered.write_text(state)
    return True


def _django(command: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 - a fixed list, no shell
        [sys.executable, "-m", "django", *command],
        env=dict(environment),
        check=False,
        start_new_session=True,  # Ctrl-C reaches the parent only, which ends this itself
    )
    if done.returncode != 0:
        raise Failed(f"django {command[0]}")


def _fingerprint(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for name in _OTHERS:
        digest.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    for file in sorted(files):
        digest.update(f"{file.relative_to(PACKAGE)}\n".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
