"""Who somebody is: declared by themselves, checked by another, taken back, lapsed (1.2 ①)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from bihuan.accounts import queries
from bihuan.accounts.commands.revealing import look
from bihuan.accounts.identity import KEPT, REASONS, WAYS, IdentityCheck
from bihuan.accounts.models import Person, Staff
from bihuan.accounts.queries.identity import (
    SEEN,
    TABLE,
    has_seen,
    is_taken,
    may_check,
    opened,
)
from bihuan.core import identity, inputs
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.clocks import SHANGHAI
from bihuan.core.identity import CLAUSE
from bihuan.core.refusals import (
    Conflict,
    Invalid,
    NotFound,
    NotPermitted,
    NotPossible,
    NotReady,
    OwnIdentity,
    TooMany,
)
from bihuan.events import log
from bihuan.policy import queries as policy
from bihuan.store import secrets
from bihuan.store.blocks import new_id

DAY = timedelta(days=1)
MOST_A_DAY = 3  # declarations of one person


@transaction.atomic
def declare_identity(
    *,
    document: str,
    name: str,
    number: str,
    consent: bool,
    purpose: str = "",
    by: Actor,
    at: datetime,
) -> IdentityCheck:
    """申报实名：a person says who they are; from then on they are `declared` (1.2 ①).

    A number is sensitive, so it takes a consent of its own whatever the basis of the purpose
    (PIPL 29). Invalid names every field at once; NotPossible while one waits or is verified;
    TooMany after three in a day.
    """
    plain_name, plain_number = _read(document, name, number, consent, at)
    person = _own(by.id, by)
    _refuse_more(person, at)
    demand = policy.current(at).demands.get(purpose)
    row = IdentityCheck(
        id=new_id(at),
        person_id=person.id,
        document=document,
        purpose=demand.id if demand else "",
        basis=demand.basis if demand else "consent",
        declared_at=at,
        number_index=secrets.blind(TABLE, "number", f"{document}|{plain_number}"),
    )
    row.name = _sealed(row, "name", plain_name)
    row.number = _sealed(row, "number", plain_number)
    row.shown = _sealed(row, "shown", identity.masked(plain_number))
    row.save(force_insert=True)
    _set_level(person, "declared")
    facts = {"document": document, "basis": row.basis, "purpose": row.purpose}
    _say("identity.declared", row, person, by, at, **facts)
    return row


def _refuse_more(person: Person, at: datetime) -> None:
    """One at a time, and so many a day: a number is not guessed by trying."""
    mine = IdentityCheck.objects.filter(person_id=person.id)
    if current := mine.filter(state__in=KEPT).first():
        raise NotPossible(CLAUSE, state=current.state, action="declare", possible=["withdraw"])
    if mine.filter(declared_at__gt=at - DAY).count() >= MOST_A_DAY:
        raise TooMany(retry_after=int(DAY.total_seconds()))


def _read(document: str, name: str, number: str, consent: bool, at: datetime) -> tuple[str, str]:
    """Name and number in plain form, or Invalid with everything that is wrong with them."""
    faults: dict[str, str] = {}
    figures: dict[str, object] = {}
    found = {"name": "", "number": ""}
    today = at.astimezone(SHANGHAI).date()
    if not (known := document in identity.DOCUMENTS):
        faults["document"] = "not_known" if document else "missing"
    reading: dict[str, Callable[[], str]] = {
        "name": lambda: identity.plain_name(name),
        "number": lambda: identity.plain_number(number, document if known else "", today),
    }
    for field, read in reading.items():
        try:
            found[field] = read()
        except Invalid as fault:
            faults |= fault.fields
            figures = {key: fact for key, fact in fault.facts.items() if key != "fields"}
    if consent is not True:
        faults["consent"] = "no_consent"
    if faults:  # the figures of one field would be wrong at another
        raise Invalid(faults, CLAUSE, **(figures if len(faults) == 1 else {}))
    return found["name"], found["number"]


@transaction.atomic
def open_identity(*, id: int, reason: str, by: Actor, at: datetime) -> tuple[str, str]:
    """查看申报：name and number in clear, with the reason kept and the look logged (3.3).

    NotFound when there is none, or nothing of it is left; OwnIdentity; Invalid for the reason.
    """
    row, _ = _given(id, by)
    found = opened(row)
    if not any(found):
        raise NotFound(clause=CLAUSE)
    look(person_id=row.person_id, field=SEEN, reason=reason, by=by, at=at)
    return found


@transaction.atomic
def verify_identity(*, id: int, way: str, by: Actor, at: datetime) -> IdentityCheck:
    """核验通过：by a second person who has looked at it, and says by what it was checked.

    The number itself is destroyed. NotReady for who has not looked; Conflict when the document
    was verified for somebody else.
    """
    row, person = _decidable(id, by)
    row.way = inputs.one_of(way, WAYS, field="way")
    if not has_seen(row, by):
        raise NotReady(CLAUSE, missing=["identity_seen"])
    if is_taken(row):
        raise Conflict(CLAUSE, state="identity_taken")
    days = policy.default("identity_valid", at)
    row.valid_until = at.astimezone(SHANGHAI).date() + timedelta(days=days)
    row.state, row.decided_at, row.decided_by, row.number = "verified", at, by.id, None
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # the other one was verified in the same moment
        raise Conflict(CLAUSE, state="identity_taken") from None
    _set_level(person, "verified")
    until = row.valid_until.isoformat()
    _say("identity.verified", row, person, by, at, way=row.way, valid_until=until)
    return row


@transaction.atomic
def refuse_identity(*, id: int, reason: str, by: Actor, at: datetime) -> IdentityCheck:
    """核验不通过：for a reason out of a list, which the person reads; what was given goes."""
    row, person = _decidable(id, by)
    row.reason = inputs.one_of(reason, REASONS, field="reason")
    row.decided_by = by.id
    _end(row, "refused", at)
    _set_level(person, "contact")
    _say("identity.refused", row, person, by, at, reason_code=row.reason)
    return row


@transaction.atomic
def withdraw_identity(*, person_id: int, by: Actor, at: datetime) -> None:
    """撤回实名信息：as easily as it was given (PIPL 15); also what erasing a person begins with.

    For the person, the house, and a privacy officer who was asked to (3.3). NotPossible when
    nothing is kept.
    """
    person = _own(person_id, by)
    rows = IdentityCheck.objects.select_for_update().filter(person_id=person_id, state__in=KEPT)
    row = rows.first()
    if row is None:
        raise NotPossible(CLAUSE, state=person.identity_level, action="withdraw", possible=[])
    _end(row, "withdrawn", at)
    _set_level(person, "contact")
    _say("identity.withdrawn", row, person, by, at)


def lapse_identities(*, at: datetime) -> int:
    """到期：what was verified so long ago is destroyed; each in a transaction of its own."""
    return sum(_lapse(id, at) for id in queries.lapsed(at.astimezone(SHANGHAI).date()))


@transaction.atomic
def _lapse(id: int, at: datetime) -> int:
    row, person = _locked(id)
    if row.state != "verified":
        return 0
    _end(row, "lapsed", at)
    _set_level(person, "contact")
    _say("identity.lapsed", row, person, SYSTEM, at)
    return 1


def _end(row: IdentityCheck, state: str, at: datetime) -> None:
    row.state, row.decided_at = state, at
    row.name = row.number = row.shown = row.number_index = None
    row.save()


def _locked(id: int) -> tuple[IdentityCheck, Person]:
    """The person before the declaration, as everybody locks them. NotFound."""
    known = IdentityCheck.objects.filter(id=id).values_list("person_id", flat=True).first()
    persons = Person.objects.select_for_update().filter(id=known or 0, erased_at=None)
    person = persons.first()
    row = IdentityCheck.objects.select_for_update().filter(id=id).first()
    if row is None or person is None:
        raise NotFound(clause=CLAUSE)
    return row, person


def _given(id: int, by: Actor) -> tuple[IdentityCheck, Person]:
    if not may_check(by):
        raise NotPermitted(CLAUSE, why="not_a_checker")
    row, person = _locked(id)
    if _is_same(by, person):
        raise OwnIdentity(CLAUSE)
    return row, person


def _decidable(id: int, by: Actor) -> tuple[IdentityCheck, Person]:
    row, person = _given(id, by)
    if row.state != "waiting":
        raise NotPossible(CLAUSE, state=row.state, action="check", possible=[])
    return row, person


def _is_same(by: Actor, person: Person) -> bool:
    """Whether this colleague is that customer: known by the mail address they work with.

    Staff and customers have accounts of their own, so nothing else joins the two.
    """
    mails = Staff.objects.filter(id=by.id).exclude(user__email="")
    mail = mails.values_list("user__email", flat=True).first()
    if not mail or person.email is None:
        return by.id == person.id
    known = secrets.open_(person.id, "accounts_person", "email", person.id, person.email)
    return known is not None and known.casefold() == mail.casefold()


def _own(person_id: int, by: Actor) -> Person:
    """The locked row, for the person, the house, and those who answer for personal data."""
    own = Role.CUSTOMER in by.roles and by.id == person_id
    allowed = own or bool(by.roles & {Role.SYSTEM, Role.PRIVACY_OFFICER})
    rows = Person.objects.select_for_update().filter(id=person_id, erased_at=None)
    person = rows.first() if allowed else None
    if person is None:
        raise NotFound(clause=CLAUSE)
    return person


def _sealed(row: IdentityCheck, column: str, text: str) -> bytes:
    return secrets.seal(row.person_id, TABLE, column, row.id, text)


def _set_level(person: Person, level: str) -> None:
    person.identity_level = level
    person.save(update_fields=["identity_level"])


def _say(
    kind: str, row: IdentityCheck, person: Person, by: Actor, at: datetime, **facts: object
) -> None:
    log.append(
        kind,
        stream=person.id,
        person=person.id,
        check=row.id,
        level=person.identity_level,
        clause=CLAUSE,
        by=by,
        at=at,
        **facts,
    )
