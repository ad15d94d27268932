"""Persons: registered once, found again, told as they choose, revealed with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from bihuan.accounts.commands.recognising import (
    INDEXED,
    SEALED,
    TABLE,
    Recognised,
    index_of,
    recognise,
    sealed,
    written,
)
from bihuan.accounts.models import Person
from bihuan.accounts.queries.people import TOLD_BY
from bihuan.accounts.rules import Contact, cleaned
from bihuan.core import inputs
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Conflict, NotFound
from bihuan.events import log
from bihuan.store import secrets

LOCALES = ("zh-hans", "en")
_TOLD_AT = {"sms": "phone", "email": "email", "wechat": "wechat", "push": "account"}


def register_person(*, contact: Contact, at: datetime) -> int:
    """登记用户：the person this contact belongs to, found again or made; its id.

    What nobody vouches for is not added to somebody who is known. Raises what `recognise` does.
    """
    with transaction.atomic():
        who = recognise(contact, at)
        if who.columns and not written(who):
            who = recognise(contact, at)  # somebody else was first
            if who.columns:
                raise Conflict(state="contact_taken")
        if who.unfinished:
            complete(who)
    return who.id


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
            setattr(person, field, sealed(person_id, field, getattr(given, field)))
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
    setattr(person, field, sealed(person.id, field, value))
    setattr(person, f"{field}_index", index)
    return [field, f"{field}_index"]


def proved_first(person_id: int, at: datetime) -> None:
    """Whoever this person is known by was reached by a code; what was only claimed before ends.

    Anybody may have filed with this phone and a mail address of his own. What the person gives
    after this stays, and so does every contact by which they can be found.
    """
    rows = Person.objects.select_for_update().filter(identity_level="none", erased_at=None)
    person = rows.filter(id=person_id).first()
    if person is None:
        return
    for field in INDEXED:
        if getattr(person, f"{field}_index") is None:
            setattr(person, field, None)
    ways = [way for way, field in _TOLD_AT.items() if getattr(person, field) is not None]
    if person.tell_by not in (*ways, "inbox"):
        person.tell_by = ways[0] if ways else "inbox"
    person.identity_level = "contact"
    person.save(update_fields=["identity_level", "tell_by", *INDEXED])
    _say_proven(person_id, Actor(person_id, frozenset({Role.CUSTOMER})), at)


def _say_proven(person_id: int, by: Actor, at: datetime) -> None:
    log.append(
        "identity.contact_proven", stream=person_id, person=person_id, level="contact",
        clause="1.2", by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def update_contact(
    *, person_id: int, contact: Contact, proved: bool = False, by: Actor, at: datetime
) -> Person:
    """更正联系方式：replace what is given, keep what is empty (3.3, the right to correct).

    `proved`: a code reached the person there, so it becomes a way to sign in and is refused
    with Conflict when it is another's. What is not proved is only used to send. Raises Invalid,
    NotFound.
    """
    person = own(person_id, by)
    given = cleaned(contact)
    columns: list[str] = []
    if given.email:
        person.email_failed_at = None  # whether letters came back is known of the old one
        columns.append("email_failed_at")
    for field in SEALED:
        value = getattr(given, field)
        if not value:
            continue
        if proved and field in INDEXED:
            changed = _identify(person, field, value)
            if not changed:
                raise Conflict(field=field)
            columns += changed
        else:
            columns += _replace(person, field, value)
    first = proved and person.identity_level == "none"
    if first:
        person.identity_level = "contact"
        columns.append("identity_level")
    try:
        with transaction.atomic():
            person.save(update_fields=columns)
    except IntegrityError:  # somebody else was first
        raise Conflict(field="contact") from None
    if first:
        _say_proven(person_id, by, at)
    return person


def _replace(person: Person, field: str, value: str) -> list[str]:
    """Another value that nobody proved; which columns changed."""
    setattr(person, field, sealed(person.id, field, value))
    if field not in INDEXED:
        return [field]
    # an old address must not stay a way in once it is no longer this person's
    kept = getattr(person, f"{field}_index")
    if kept is None or bytes(kept) == index_of(field, value):
        return [field]
    setattr(person, f"{field}_index", None)
    return [field, f"{field}_index"]


@transaction.atomic
def set_preferences(
    *, person_id: int, locale: str = "", tell_by: str = "", by: Actor, at: datetime
) -> Person:
    """设置：the language, and how to be told beside the inbox (2.4.1). Raises Invalid, NotFound."""
    person = own(person_id, by)
    if locale:
        person.locale = inputs.one_of(locale, list(LOCALES), field="locale")
    if tell_by:
        person.tell_by = inputs.one_of(tell_by, list(TOLD_BY), field="tell_by")
    person.save(update_fields=["locale", "tell_by"])
    return person


def own(person_id: int, by: Actor) -> Person:
    """The locked row, for the person itself, for staff and for the house."""
    allowed = by.is_staff or Role.SYSTEM in by.roles or by.id == person_id
    rows = Person.objects.select_for_update().filter(id=person_id, erased_at=None)
    person = rows.first() if allowed else None
    if person is None:
        raise NotFound()
    return person
