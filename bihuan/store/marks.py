"""What a database says of itself: whose keys it belongs to, what its tables are, half a demo.

Whoever asks may do so before the tables are there, or before Django is loaded.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bihuan.store.vault import Vault

#: The fingerprint of the house key, from the first preparation on.
HOUSE_KEY = "house_key"
#: The fingerprint of the migrations that made its tables.
MIGRATED = "migrated"
#: There while a demo is being loaded; left there by one that was interrupted.
DEMO_BEGUN = "demo_begun"


class OtherHouse(Exception):
    """This home has another house key than the one the database was filled with."""

    def __init__(self, home: Path) -> None:
        super().__init__(
            f"{home / 'keys' / 'house'} is not the house key this database belongs to: with it "
            "nobody would be found again; bring that file from the first machine or the backup"
        )


def read(cursor: Any, name: str) -> str | None:
    """The word under this name; None when there is none, or no table yet."""
    cursor.execute("SELECT to_regclass('public.store_mark') IS NOT NULL")
    if cursor.fetchone() != (True,):
        return None
    cursor.execute("SELECT value FROM store_mark WHERE name = %s", [name])
    row = cursor.fetchone()
    return str(row[0]) if row else None


def put(cursor: Any, name: str, value: str) -> None:
    """Say it, in place of what was said under this name before."""
    cursor.execute(
        "INSERT INTO store_mark (name, value) VALUES (%s, %s) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [name, value],
    )


def remove(cursor: Any, name: str) -> None:
    """Say it no more."""
    cursor.execute("DELETE FROM store_mark WHERE name = %s", [name])


def check_house(cursor: Any, opened: Vault, home: Path) -> None:
    """Raises OtherHouse when the database belongs to another house key; an unmarked one passes."""
    if read(cursor, HOUSE_KEY) not in {None, opened.fingerprint}:
        raise OtherHouse(home)
