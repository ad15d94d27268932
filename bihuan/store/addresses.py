"""Where a database is reached: libpq addresses, Django's form of them, and the home folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bihuan.store.cluster import DATABASE

_SERVED = "address"
_BY_ITSELF = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class Urls:
    """Connection addresses: of the role that migrates, and of the one that serves."""

    owner: str = field(repr=False)
    app: str = field(repr=False)


def url(role: str, password: str, host: Path | str, port: int, database: str = DATABASE) -> str:
    """A libpq address; `host` is a name, or the folder of a Unix socket."""
    who = f"{role}:{quote(password, safe='')}"
    if str(host).startswith("/"):
        return f"postgresql://{who}@/{database}?host={quote(str(host), safe='')}&port={port}"
    return f"postgresql://{who}@{host}:{port}/{database}"


def at_database(address: str, name: str) -> str:
    """The same address with another database. Raises psycopg.ProgrammingError when malformed."""
    parts = conninfo_to_dict(address)
    return url(
        str(parts.get("user", "")),
        str(parts.get("password", "")),
        str(parts.get("host", "127.0.0.1")),
        int(parts.get("port") or 5432),
        name,
    )


def default_home(environment: Mapping[str, str] = os.environ) -> Path:
    """BIHUAN_HOME, else /var/lib/bihuan for root and ~/.local/share/bihuan for others."""
    chosen = environment.get("BIHUAN_HOME")
    if chosen:
        return Path(chosen)
    if os.geteuid() == 0:
        return Path("/var/lib/bihuan")
    return Path.home() / ".local" / "share" / "bihuan"


def remember_served(home: Path, address: str) -> None:
    """Where the portal of this home is reached, for commands that print links to it."""
    (home / _SERVED).write_text(address, encoding="utf-8")


def served_at(home: Path) -> str:
    """What was remembered, or the address that `bihuan up` takes by itself."""
    try:
        return (home / _SERVED).read_text(encoding="utf-8").strip() or _BY_ITSELF
    except (OSError, UnicodeDecodeError):
        return _BY_ITSELF


def create_database(
    owner: psycopg.Connection[Any], name: str, *, app: str, template: str = "template1"
) -> None:
    """Create a database that only its owner and the role `app` may enter.

    The connection must be in autocommit. Raises psycopg.errors.DuplicateDatabase.
    """
    database = sql.Identifier(name)
    owner.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(database, sql.Identifier(template))
    )
    owner.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    owner.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(app))
    )
