"""Personal values sealed with one key a person: destroying the key erases what it wrote.

A person's key is kept wrapped by the key-encryption key, which never enters the database. The
house key, in a file wrapped likewise, seals what belongs to nobody yet and makes blind indexes.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection, transaction

from bihuan.core.refusals import NotPossible
from bihuan.store import vault
from bihuan.store.statements import database
from bihuan.store.vault import KEY_BYTES, Vault, decrypt, encrypt, key_id

INDEX_BYTES = 16
_MOST_KEYS = 4096
_LIFE = 60.0  # seconds that another process may go on reading after a key was destroyed here

# the one table above this floor that is known here, by its name: the keys belong to the rows
_SELECT = "SELECT person_id, wrapped FROM accounts_personkey WHERE person_id = ANY(%s)"
_DESTROY = (
    "UPDATE accounts_personkey SET wrapped = NULL, destroyed_at = %s"
    " WHERE person_id = %s AND wrapped IS NOT NULL"
)


class NoKey(Exception):
    """There never was a key for this person: a bug, or a restore without its keys."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A fresh key, and how its row keeps it: wrapped, with the id of what wrapped it."""

    key: bytes
    wrapped: bytes
    key_encryption_key: str


class _Keys:
    """Unwrapped keys for a short while, the longest unused forgotten first; None is destroyed."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], tuple[float, AESGCM | None, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, person_id: int) -> tuple[AESGCM | None, bytes] | None:
        place = (database(), person_id)
        with self._lock:
            found = self._kept.get(place)
            if found is None or found[0] < time.monotonic():
                return None
            self._kept.move_to_end(place)
            return found[1], found[2]

    def put(self, person_id: int, key: bytes | None) -> None:
        place, cipher = (database(), person_id), AESGCM(key) if key else None
        kept = (time.monotonic() + _LIFE, cipher, key_id(key) if key else b"")
        with self._lock:
            self._kept.pop(place, None)  # the newest stands last
            self._kept[place] = kept
            while len(self._kept) > _MOST_KEYS:
                self._kept.popitem(last=False)

    def drop(self, person_id: int) -> None:
        with self._lock:
            self._kept.pop((database(), person_id), None)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


_keys = _Keys()


@lru_cache(maxsize=1)
def open_vault() -> Vault:
    """The vault of this installation; called at start, so that a wrong key stops it (WrongKey)."""
    return vault.open_in(settings.HOME, getattr(settings, "KEY_ENCRYPTION_KEY", ""))


def new_key() -> NewKey:
    """A key for a new person. The caller inserts its row and then calls `keep`."""
    key = AESGCM.generate_key(8 * KEY_BYTES)
    opened = open_vault()
    return NewKey(key, opened.wrap(key), opened.current)


def keep(person_id: int, key: bytes) -> None:
    """Remember a key just made, so that sealing under it needs no query."""
    _keys.put(person_id, key)


def load(person_ids: Iterable[int]) -> None:
    """Fetch these persons' keys in one query; a list of persons costs no query each."""
    wanted = [person_id for person_id in set(person_ids) if _keys.get(person_id) is None]
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(_SELECT, [wanted])
        for person_id, wrapped in cursor.fetchall():
            _keys.put(person_id, open_vault().unwrap(bytes(wrapped)) if wrapped else None)


def seal(person_id: int, table: str, column: str, row_id: int, text: str) -> bytes:
    """The text sealed for this place alone; it cannot be moved to another row or column.

    NotPossible once the person was erased (3.3); NoKey when there never was a key.
    """
    return _sealed(person_id, _place(table, column, row_id), text.encode())


def open_(
    person_id: int, table: str, column: str, row_id: int, sealed: bytes | memoryview | None
) -> str | None:
    """What was sealed in this place; None when nothing was, or when the key is destroyed.

    Raises Tampered when the bytes are not those sealed here, NoKey when there never was a key.
    """
    found = _opened(person_id, _place(table, column, row_id), sealed)
    return None if found is None else found.decode()


def seal_bytes(person_id: int, table: str, column: str, row_id: int, data: bytes) -> bytes:
    """As `seal`, for bytes; with the key of the house while they are nobody's, `person_id` 0."""
    place = _place(table, column, row_id)
    return _sealed(person_id, place, data) if person_id else open_vault().house_seal(data, place)


def open_bytes(
    person_id: int, table: str, column: str, row_id: int, sealed: bytes | memoryview | None
) -> bytes | None:
    """What `seal_bytes` sealed in this place; as `open_` otherwise."""
    place = _place(table, column, row_id)
    if person_id or sealed is None:
        return _opened(person_id, place, sealed)
    return open_vault().house_open(bytes(sealed), place)


def _sealed(person_id: int, place: bytes, plain: bytes) -> bytes:
    cipher, key = _cipher(person_id)
    if cipher is None:
        raise NotPossible(clause="3.3", state="erased", action="seal")
    return encrypt(cipher, key, plain, place)


def _opened(person_id: int, place: bytes, sealed: bytes | memoryview | None) -> bytes | None:
    if sealed is None:
        return None
    cipher, key = _cipher(person_id)
    return None if cipher is None else decrypt(cipher, key, bytes(sealed), place)


def seal_for_house(table: str, column: str, row_id: int, text: str) -> bytes:
    """As `seal`, with the key of the house: for drafts, which belong to nobody yet."""
    return open_vault().house_seal(text.encode(), _place(table, column, row_id))


def open_for_house(table: str, column: str, row_id: int, sealed: bytes | memoryview) -> str:
    """What `seal_for_house` sealed in this place. Raises Tampered."""
    return open_vault().house_open(bytes(sealed), _place(table, column, row_id)).decode()


def blind(table: str, column: str, value: str) -> bytes:
    """A keyed hash of an already normalised value: finds equal ones, tells nothing else."""
    return open_vault().index(f"{table}|{column}", value.encode())[:INDEX_BYTES]


def digest(purpose: str, value: str) -> bytes:
    """32 bytes that prove a secret was known, useless without the house key; no index."""
    return open_vault().index(f"digest|{purpose}", value.encode())


def destroy(person_id: int, *, at: datetime) -> bool:
    """Erase: whatever this key sealed is unreadable from now on (3.3), in backups too.

    False when it was destroyed before. Other processes may hold the key for 60 s yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DESTROY, [at, person_id])
        done = bool(cursor.rowcount)
    _keys.drop(person_id)
    # a reader between the update and its commit may have fetched the key again
    transaction.on_commit(lambda: _keys.drop(person_id))
    return done


def rewrap(batch: int = 1000) -> int:
    """Wrap every key anew with the first of the key-encryption keys; how many had another."""
    opened, changed = open_vault(), 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT person_id, wrapped FROM accounts_personkey WHERE wrapped IS NOT NULL"
                " AND key_encryption_key <> %s ORDER BY person_id LIMIT %s FOR UPDATE",
                [opened.current, batch],
            )
            rows = cursor.fetchall()
            if not rows:
                break
            cursor.executemany(
                "UPDATE accounts_personkey SET wrapped = %s, key_encryption_key = %s"
                " WHERE person_id = %s",
                [
                    (opened.wrap(opened.unwrap(bytes(wrapped))), opened.current, person_id)
                    for person_id, wrapped in rows
                ],
            )
        changed += len(rows)
    opened.rewrap_house()
    return changed


def forget() -> None:
    """Drop every key from memory, the vault's too: the next use reads them anew."""
    _keys.clear()
    open_vault.cache_clear()


def _cipher(person_id: int) -> tuple[AESGCM | None, bytes]:
    found = _keys.get(person_id)
    if found is None:
        load([person_id])
        found = _keys.get(person_id)
    if found is None:
        raise NoKey(f"no key for person {person_id}")
    return found


def _place(table: str, column: str, row_id: int) -> bytes:
    return f"{table}|{column}|{row_id}".encode()
