"""Persons: registered once, found again, told as they choose, revealed with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from bihuan.accounts.models import Person
from bihuan.accounts.rules import Contact, cleaned, identities
from bihuan.core import inputs
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Conflict, NotFound
from bihuan.store import secrets, statements
from bihuan.store.blocks import new_id

TABLE = "accounts_person"
SEALED = ("name", "phone", "email", "address", "account")
INDEXED = ("phone", "email", "account")
TOLD_BY = ("inbox", "email", "sms")
LOCALES = ("zh-hans", "en")

# One round trip for person and key, or none when whoever writes more puts it before the rest of
# its own statement (HOUSE §5). There a contact that somebody else registered meanwhile must fail.
MADE = """made AS (
    INSERT INTO accounts_person (
        id, name, phone, email, address, account, phone_index, email_index, account_index,
        identity_level, locale, tell_by, created_at, erased_at
    ) VALUES (
        %(made_id)s, %(name)s, %(phone)s, %(email)s, %(address)s, %(account)s, %(phone_index)s,
        %(email_index)s, %(account_index)s, %(level)s, %(locale)s, %(tell_by)s, %(made_at)s, NULL
    ) RETURNING id
), keyed AS (
    INSERT INTO accounts_personkey (
        person_id, wrapped, key_encryption_key, created_at, destroyed_at
    ) SELECT id, %(wrapped)s, %(kek)s, %(made_at)s, NULL FROM made RETURNING person_id
)"""
_INSERT = f"""
WITH {MADE.replace(") RETURNING id", ") ON CONFLICT DO NOTHING RETURNING id")}
SELECT person_id FROM keyed
"""  # noqa: S608 - our own words
_FIND = """
SELECT id, phone_index, email_index, account_index,
    name IS NULL OR address IS NULL
    OR phone_index IS NULL OR email_index IS NULL OR account_index IS NULL AS unfinished
FROM accounts_person WHERE phone_index = %s OR email_index = %s OR account_index = %s
"""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The person a contact belongs to; `columns` are what MADE writes when it is a new one."""

    id: int
    given: Contact
    columns: Mapping[str, Any]
    unfinished: bool = False


def recognise(contact: Contact, at: datetime) -> Recognised:
    """Whose contact this is: of somebody known, or of a new person not yet written.

    An account matches before a phone, a phone before a mail address. Two persons are never
    made one. Raises Invalid.
    """
    given = cleaned(contact)
    if found := _find(given):
        return Recognised(found[0], given, {}, unfinished=found[1])
    columns = _columns(given, identities(given), "none", at)
    return Recognised(columns["made_id"], given, columns)


def register_person(*, contact: Contact, at: datetime) -> int:
    """登记用户：the person this contact belongs to, found again or made; its id.

    What nobody vouches for is not added to somebody who is known. Raises what `recognise` does.
    """
    with transaction.atomic():
        who = recognise(contact, at)
        if who.columns and not statements.run(_INSERT, who.columns):
            who = recognise(contact, at)  # somebody else was first
            if who.columns:
                raise Conflict(state="contact_taken")
        if who.unfinished:
            complete(who)
    return who.id


def find(given: Contact) -> int | None:
    """The person a cleaned contact belongs to."""
    found = _find(given)
    return found[0] if found else None


def _find(given: Contact) -> tuple[int, bool] | None:
    """The id, and whether anything of the person is missing or only claimed."""
    indexes = {field: index_of(field, getattr(given, field)) for field in INDEXED}
    if not any(indexes.values()):
        return None
    rows = statements.run(_FIND, [indexes["phone"], indexes["email"], indexes["account"]])
    for field, column in (("account", 3), ("phone", 1), ("email", 2)):
        for row in rows:
            if indexes[field] and row[column] and bytes(row[column]) == indexes[field]:
                return int(row[0]), bool(row[4])
    return None


def index_of(field: str, value: str) -> bytes | None:
    """The blind index of a cleaned value; None of an empty one."""
    return secrets.blind(TABLE, field, value) if value else None


def insert(
    given: Contact, known_by: tuple[str, ...], *, level: str = "none", at: datetime
) -> int | None:
    """Write a person with a key of its own; None when one of `known_by` is somebody's already."""
    columns = _columns(given, known_by, level, at)
    return int(columns["made_id"]) if statements.run(_INSERT, columns) else None


def _columns(given: Contact, known_by: tuple[str, ...], level: str, at: datetime) -> dict[str, Any]:
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
        values[field] = _sealed(person_id, field, getattr(given, field))
    for field in INDEXED:
        known = field in known_by
        values[f"{field}_index"] = index_of(field, getattr(given, field)) if known else None
    return values


def _first_way(given: Contact) -> str:
    return "email" if given.email else "sms" if given.phone else "inbox"


def _sealed(person_id: int, field: str, value: str) -> bytes | None:
    return secrets.seal(person_id, TABLE, field, person_id, value) if value else None


def complete(who: Recognised) -> None:
    """Add what was missing, when it may be; drop a claim that was not repeated.

    A mail address that somebody once gave beside a phone, and nobody proved, would otherwise
    be told of every later case of that phone.
    """
    person_id, given = who.id, who.given
    person = Person.objects.select_for_update().get(id=person_id)
    if person.erased_at:
        return
    changed: list[str] = []
    for field in ("name", "address"):
        if getattr(given, field) and not getattr(person, field):
            setattr(person, field, _sealed(person_id, field, getattr(given, field)))
            changed.append(field)
    for field in INDEXED:
        value = getattr(given, field)
        if given.account and value and not getattr(person, f"{field}_index"):
            changed += _identify(person, field, value)
        elif getattr(person, field) and not getattr(person, f"{field}_index"):
            kept = secrets.open_(person_id, TABLE, field, person_id, getattr(person, field))
            if kept != value:
                setattr(person, field, None)
                changed.append(field)
    if changed:
        person.save(update_fields=changed)


def _identify(person: Person, field: str, value: str) -> list[str]:
    """Let this person be found by this value, if nobody is yet; which columns changed."""
    index = index_of(field, value)
    if Person.objects.filter(**{f"{field}_index": index}).exclude(id=person.id).exists():
        return []
    setattr(person, field, _sealed(person.id, field, value))
    setattr(person, f"{field}_index", index)
    return [field, f"{field}_index"]


@transaction.atomic
def update_contact(
    *, person_id: int, contact: Contact, proved: bool = False, by: Actor, at: datetime
) -> Person:
    """更正联系方式：replace what is given, keep what is empty (3.3, the right to correct).

    `proved`: a code reached the person there, so it becomes a way to sign in and is refused
    with Conflict when it is another's. What is not proved is only used to send. Raises Invalid,
    NotFound.
    """
    person = _own(person_id, by)
    given = cleaned(contact)
    columns: list[str] = []
    for field in SEALED:
        value = getattr(given, field)
        if not value:
            continue
        if proved and field in INDEXED:
            changed = _identify(person, field, value)
            if not changed:
                raise Conflict(field=field)
            columns += changed
            continue
        setattr(person, field, _sealed(person_id, field, value))
        columns.append(field)
        if field in INDEXED:
            # an old address must not stay a way in once it is no longer this person's
            index = index_of(field, value)
            kept = getattr(person, f"{field}_index")
            if kept is not None and bytes(kept) != index:
                setattr(person, f"{field}_index", None)
                columns.append(f"{field}_index")
    if proved and person.identity_level == "none":
        person.identity_level = "contact"
        columns.append("identity_level")
    try:
        with transaction.atomic():
            person.save(update_fields=columns)
    except IntegrityError:  # somebody else was first
        raise Conflict(field="contact") from None
    return person


@transaction.atomic
def set_preferences(
    *, person_id: int, locale: str = "", tell_by: str = "", by: Actor, at: datetime
) -> Person:
    """设置：the language, and how to be told beside the inbox (2.4.1). Raises Invalid, NotFound."""
    person = _own(person_id, by)
    if locale:
        person.locale = inputs.one_of(locale, list(LOCALES), field="locale")
    if tell_by:
        person.tell_by = inputs.one_of(tell_by, list(TOLD_BY), field="tell_by")
    person.save(update_fields=["locale", "tell_by"])
    return person


def _own(person_id: int, by: Actor) -> Person:
    """The locked row, for the person itself, for staff and for the house."""
    allowed = by.is_staff or Role.SYSTEM in by.roles or by.id == person_id
    rows = Person.objects.select_for_update().filter(id=person_id, erased_at=None)
    person = rows.first() if allowed else None
    if person is None:
        raise NotFound()
    return person
