"""One-time codes: sent to a contact, hashed, short-lived, few tries, used once."""

from __future__ import annotations

import hmac
import secrets as random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from django.db import connection, transaction
from django.db.models import QuerySet

from bihuan.accounts.commands import people, recognising
from bihuan.accounts.models import OneTimeCode
from bihuan.accounts.rules import Contact, reached_by
from bihuan.core import inputs
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid, TooMany
from bihuan.events import log
from bihuan.store import secrets
from bihuan.store.blocks import new_id

Purpose = Literal["signin", "contact", "case"]
DIGITS = 6
LIFE = timedelta(minutes=10)
TRIES = 5
PAUSE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
MOST_AN_HOUR = 5


@dataclass(frozen=True, slots=True)
class Issued:
    """A code to be sent. `person_id` is 0 for a contact nobody is known by."""

    code: str = field(repr=False)
    person_id: int


@transaction.atomic
def issue_code(
    *,
    purpose: Purpose,
    contact: str,
    asker: str = "",
    person_id: int = 0,
    case_id: int = 0,
    at: datetime,
) -> Issued:
    """A fresh code for this contact. The rows of known and unknown are alike.

    `asker` marks the browser that asks: its own earlier codes end, and nobody else's. For `case`,
    `contact` is the case number, and `person_id` whom it belongs to (0: no such case).
    TooMany with `retry_after` in seconds: one a minute, five an hour. Invalid: contact.
    """
    kind, plain = _plain(purpose, contact)
    index, mark = _index(purpose, plain), _mark(asker)
    _alone(index)
    _refuse_too_many(index, at)
    if purpose == "signin":
        person_id = recognising.find(Contact(**{kind: plain})) or 0
    _open(index, at).filter(asked_by=mark).update(expires_at=at)
    row_id, code = new_id(at), f"{random.randbelow(10**DIGITS):0{DIGITS}d}"
    OneTimeCode.objects.create(
        id=row_id,
        purpose=purpose,
        contact_index=index,
        person_id=person_id,
        case_id=case_id,
        asked_by=mark,
        digest=_digest(row_id, code),
        created_at=at,
        expires_at=at + LIFE,
    )
    return Issued(code, person_id)


def use_code(
    *, purpose: Purpose, contact: str, code: str, asker: str = "", at: datetime
) -> OneTimeCode:
    """The code's row, used up; its `person_id` is who has shown to read what is sent there.

    For `signin` a contact nobody is known by registers a person (1.2 ①). Invalid: code, one
    answer for wrong, used and expired, another for a code that was tried too often; the try is
    counted either way.
    """
    kind, plain = _plain(purpose, contact)
    tried = inputs.words(code, field="code", most=40, lines=False)
    # not inside the transaction: a refusal must not take the counted try back
    index, mark = _index(purpose, plain), _mark(asker)
    row = _try(index, mark, "".join(c for c in tried if c.isdecimal()), at)
    if row is None:
        raise Invalid({"code": "code_spent" if _is_spent(index, mark, at) else "wrong_code"})
    if purpose == "signin":
        _sign_in(row, Contact(**{kind: plain}), at)
    return row


@transaction.atomic
def _try(index: bytes, mark: bytes, code: str, at: datetime) -> OneTimeCode | None:
    _alone(index)
    row = _meant(index, mark, at)
    if row is None or getattr(row, counted := _counter(row, mark)) >= TRIES:
        return None
    setattr(row, counted, getattr(row, counted) + 1)
    ascii_code = "".join(str(int(c)) for c in code[: DIGITS + 1])
    if hmac.compare_digest(bytes(row.digest), _digest(row.id, ascii_code)):
        row.used_at = at
        # whoever reads what is sent there is in, and needs no code that lies about
        _open(index, at).exclude(id=row.id).update(expires_at=at)
    row.save(update_fields=[counted, "used_at"])
    return row if row.used_at else None


def _is_spent(index: bytes, mark: bytes, at: datetime) -> bool:
    """Whether the code that is meant is of no more use, however right the next try is."""
    row = _meant(index, mark, at)
    return row is not None and int(getattr(row, _counter(row, mark))) >= TRIES


def _meant(index: bytes, mark: bytes, at: datetime) -> OneTimeCode | None:
    """The last code this browser asked for; without one, the last that anybody did."""
    rows = list(_open(index, at).order_by("-created_at", "-id"))
    own = (row for row in rows if bytes(row.asked_by) == mark)
    return next(own, rows[0] if rows else None)


def _counter(row: OneTimeCode, mark: bytes) -> str:
    """Which tries are counted: a stranger spends only what is left to strangers."""
    return "tries" if bytes(row.asked_by) == mark else "tries_elsewhere"


def _open(index: bytes, at: datetime) -> QuerySet[OneTimeCode]:
    return OneTimeCode.objects.filter(contact_index=index, used_at=None, expires_at__gt=at)


def _alone(index: bytes) -> None:
    """Nobody else asks for or tries a code of this contact until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(index[:7])])


def _mark(asker: str) -> bytes:
    return secrets.digest("asker of a code", asker) if asker else b""


@transaction.atomic
def _sign_in(row: OneTimeCode, contact: Contact, at: datetime) -> None:
    person_id = recognising.find(contact)
    if person_id is None:
        known_by = ("phone",) if contact.phone else ("email",)
        person_id = recognising.insert(contact, known_by, level="contact", at=at)
        if person_id is None:  # somebody else was first
            person_id = people.register_person(contact=contact, at=at)
        else:
            by = Actor(person_id, frozenset({Role.CUSTOMER}))
            log.append(
                "person.registered",
                stream=person_id,
                person=person_id,
                channel="web",
                clause="1.2",
                by=by,
                at=at,
            )
    people.proved_first(person_id, at)
    row.person_id = person_id
    row.save(update_fields=["person_id"])


def _plain(purpose: Purpose, contact: str) -> tuple[str, str]:
    if purpose == "case":
        return "case", inputs.words(contact, field="number", most=40, least=1, lines=False)
    return reached_by(contact)


def _index(purpose: Purpose, plain: str) -> bytes:
    return secrets.blind("accounts_onetimecode", purpose, plain)


def _digest(row_id: int, code: str) -> bytes:
    # keyed and bound to its row: a million codes are soon tried against a plain hash
    return secrets.digest("one-time code", f"{row_id}|{code}")


def _refuse_too_many(index: bytes, at: datetime) -> None:
    recent = OneTimeCode.objects.filter(contact_index=index, created_at__gt=at - HOUR)
    times = list(recent.order_by("-created_at").values_list("created_at", flat=True))
    free_at = at
    if times:
        free_at = max(free_at, times[0] + PAUSE)
    if len(times) >= MOST_AN_HOUR:
        free_at = max(free_at, times[MOST_AN_HOUR - 1] + HOUR)
    if free_at > at:
        raise TooMany(retry_after=int((free_at - at).total_seconds()) + 1)
