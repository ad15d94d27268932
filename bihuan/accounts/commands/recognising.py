"""Whose contact this is: of somebody known, or of a newcomer with a key of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bihuan.accounts.rules import Contact, cleaned, identities
from bihuan.store import secrets, statements
from bihuan.store.blocks import new_id

TABLE = "accounts_person"
SEALED = ("name", "phone", "email", "address", "account")
INDEXED = ("phone", "email", "account")

#: what is written of a newcomer, with PostgreSQL's types
COLUMNS = {
    "made_id": "bigint",
    "made_at": "timestamptz",
    **dict.fromkeys(SEALED, "bytea"),
    **{f"{field}_index": "bytea" for field in INDEXED},
    "level": "text",
    "locale": "text",
    "tell_by": "text",
    "wrapped": "bytea",
    "kek": "text",
}
# Person and key of each row of `given` that has a `made_id`. Whoever writes more puts it before
# the rest of its own statement (HOUSE §5); there a contact that somebody else registered
# meanwhile must fail.
MADE = """made AS (
    INSERT INTO accounts_person (
        id, name, phone, email, address, account, phone_index, email_index, account_index,
        identity_level, locale, tell_by, created_at, erased_at
    )
    SELECT made_id, name, phone, email, address, account, phone_index, email_index,
        account_index, level, locale, tell_by, made_at, NULL
    FROM given WHERE made_id IS NOT NULL
    RETURNING id
), keyed AS (
    INSERT INTO accounts_personkey (
        person_id, wrapped, key_encryption_key, created_at, destroyed_at
    )
    SELECT made.id, wrapped, kek, made_at, NULL FROM made JOIN given ON made_id = made.id
    RETURNING person_id
)"""
_GIVEN = ", ".join(f"%({name})s::{kind} AS {name}" for name, kind in COLUMNS.items())
_INSERT = f"""
WITH given AS (SELECT {_GIVEN}),
{MADE.replace("    RETURNING id", "    ON CONFLICT DO NOTHING RETURNING id")}
SELECT person_id FROM keyed
"""  # noqa: S608 - our own words
_FOUND = """
SELECT id, phone_index, email_index, account_index, name IS NULL, address IS NULL,
    (phone IS NOT NULL AND phone_index IS NULL) OR (email IS NOT NULL AND email_index IS NULL)
    OR (account IS NOT NULL AND account_index IS NULL)
FROM accounts_person WHERE
"""
_FIND = f"{_FOUND} phone_index = %s OR email_index = %s OR account_index = %s"
_FIND_ALL = (
    f"{_FOUND} phone_index = ANY(%s::bytea[]) OR email_index = ANY(%s::bytea[])"
    " OR account_index = ANY(%s::bytea[])"
)
_PRECEDENCE = (("account", 3), ("phone", 1), ("email", 2))  # field, its column in _FOUND


@dataclass(frozen=True, slots=True)
class Recognised:
    """The person a contact belongs to; `columns` are what MADE writes when it is a new one.

    `unfinished`: this contact adds something to what is known of the person, or drops a claim.
    """

    id: int
    given: Contact
    columns: Mapping[str, Any]
    unfinished: bool = False


def recognise(contact: Contact, at: datetime) -> Recognised:
    """Whose contact this is: of somebody known, or of a new person not yet written.

    An account matches before a phone, a phone before a mail address. Two persons are never
    made one. Raises Invalid.
    """
    return recognise_all([(cleaned(contact), at)])[0]


def recognise_all(contacts: Sequence[tuple[Contact, datetime]]) -> list[Recognised]:
    """As `recognise`, for several contacts that are cleaned already, in one statement."""
    looked = [_indexes(given) for given, _ in contacts]
    rows = _look_up(looked)
    return [
        _recognised(given, indexes, rows, at)
        for (given, at), indexes in zip(contacts, looked, strict=True)
    ]


def _recognised(
    given: Contact, indexes: Mapping[str, bytes | None], rows: Sequence[Any], at: datetime
) -> Recognised:
    if found := _whose(indexes, rows):
        return Recognised(int(found[0]), given, {}, unfinished=_unfinished(found, given))
    columns = _columns(given, identities(given), "none", at, indexes)
    return Recognised(columns["made_id"], given, columns)


def find(given: Contact) -> int | None:
    """The person a cleaned contact belongs to."""
    indexes = _indexes(given)
    found = _whose(indexes, _look_up([indexes]))
    return int(found[0]) if found else None


def _indexes(given: Contact) -> dict[str, bytes | None]:
    return {field: index_of(field, getattr(given, field)) for field in INDEXED}


def _look_up(looked: Sequence[Mapping[str, bytes | None]]) -> list[Any]:
    """Everybody any of these contacts could belong to."""
    known = [one for one in looked if any(one.values())]
    if len(known) < 2:
        return statements.run(_FIND, [known[0][f] for f in INDEXED]) if known else []
    return statements.run(_FIND_ALL, [[one[f] for one in known if one[f]] for f in INDEXED])


def _whose(indexes: Mapping[str, bytes | None], rows: Sequence[Any]) -> Any | None:
    """The row of _FOUND that these indexes belong to."""
    for field, column in _PRECEDENCE:
        for row in rows:
            if indexes[field] and row[column] and bytes(row[column]) == indexes[field]:
                return row
    return None


def _unfinished(row: Any, given: Contact) -> bool:
    """Whether `complete` would have to look: at a gap this contact fills, or at a mere claim."""
    no_name, no_address, claims = row[4:7]
    if claims or (given.name and no_name) or (given.address and no_address):
        return True
    # only the platform itself vouches for more ways to be found
    return bool(given.account) and any(
        getattr(given, field) and row[column] is None for field, column in _PRECEDENCE
    )


def index_of(field: str, value: str) -> bytes | None:
    """The blind index of a cleaned value; None of an empty one."""
    return secrets.blind(TABLE, field, value) if value else None


def written(who: Recognised) -> bool:
    """Write a new person with a key of its own; False when somebody has this contact already."""
    return bool(statements.run(_INSERT, who.columns))


def insert(
    given: Contact, known_by: tuple[str, ...], *, level: str = "none", at: datetime
) -> int | None:
    """A new person found by these fields; None when one of them is somebody's already."""
    columns = _columns(given, known_by, level, at, _indexes(given))
    who = Recognised(columns["made_id"], given, columns)
    return who.id if written(who) else None


def _columns(
    given: Contact,
    known_by: tuple[str, ...],
    level: str,
    at: datetime,
    indexes: Mapping[str, bytes | None],
) -> dict[str, Any]:
    """What MADE writes of a new person: everything personal sealed under a key of its own."""
    person_id, new = new_id(at), secrets.new_key()
    secrets.keep(person_id, new.key)
    values: dict[str, Any] = {
        "made_id": person_id,
        "level": level,
        "locale": "zh-hans",
        "tell_by": _first_way(given),
        "made_at": at,
        "wrapped": new.wrapped,
        "kek": new.key_encryption_key,
    }
    for field in SEALED:
        values[field] = sealed(person_id, field, getattr(given, field))
    for field in INDEXED:
        values[f"{field}_index"] = indexes[field] if field in known_by else None
    return values


def _first_way(given: Contact) -> str:
    return "email" if given.email else "sms" if given.phone else "inbox"


def sealed(person_id: int, field: str, value: str) -> bytes | None:
    """As the column keeps it; None of an empty value."""
    return secrets.seal(person_id, TABLE, field, person_id, value) if value else None
