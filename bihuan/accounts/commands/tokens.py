"""Bearer tokens of the API: shown once, kept as a hash, revoked at any time."""

from __future__ import annotations

import secrets as random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from bihuan.accounts import queries
from bihuan.accounts.models import Staff, Token
from bihuan.core import inputs
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid, NotFound
from bihuan.events import log
from bihuan.store.blocks import new_id

ORDINARY = ("read", "write")
SCOPES = (*ORDINARY, "webhooks")
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Made:
    """The row, and the token itself, which nobody can read again."""

    token: Token
    bearer: str = field(repr=False)


@transaction.atomic
def create_token(
    *,
    name: str,
    staff_id: int,
    scopes: Iterable[str] = ORDINARY,
    expires_at: datetime | None = None,
    by: Actor,
    at: datetime,
) -> Made:
    """A token that acts as this member of staff; made by themselves or by an administrator.

    NotFound for another's id; Invalid: name, scopes, expires_at.
    """
    _own_or_administrator(staff_id, by)
    if not Staff.objects.filter(id=staff_id, user__is_active=True).exists():
        raise NotFound()
    wanted, until = _known_scopes(scopes), expires_at.isoformat() if expires_at else ""
    if expires_at is not None and inputs.moment(expires_at, field="expires_at") <= at:
        raise Invalid({"expires_at": "in_the_past"})
    bearer = "bh_" + random.token_urlsafe(_BYTES)
    row = Token.objects.create(
        id=new_id(at),
        name=inputs.words(name, field="name", least=1, most=80, lines=False),
        digest=queries.token_digest(bearer),
        staff_id=staff_id,
        scopes=wanted,
        created_at=at,
        expires_at=expires_at,
    )
    said = {"token": row.id, "staff": staff_id, "scopes": wanted, "expires_at": until}
    log.append("token.created", stream=staff_id, clause="3.3", by=by, at=at, **said)
    return Made(row, bearer)


def _own_or_administrator(staff_id: int, by: Actor) -> None:
    allowed = by.is_staff and by.id == staff_id
    if not allowed and not by.roles & {Role.ADMINISTRATOR, Role.SYSTEM}:
        raise NotFound()


def _known_scopes(scopes: Iterable[str]) -> list[str]:
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(SCOPES):
        raise Invalid({"scopes": "not_known" if wanted else "missing"}, allowed=list(SCOPES))
    return wanted


@transaction.atomic
def revoke_token(*, token_id: int, by: Actor, at: datetime) -> Token:
    """From now on it opens nothing; in other processes within five seconds. NotFound."""
    row = Token.objects.select_for_update().filter(id=token_id, revoked_at=None).first()
    allowed = row and (row.staff_id == by.id or bool(by.roles & {Role.ADMINISTRATOR, Role.SYSTEM}))
    if row is None or not allowed:
        raise NotFound()
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    queries.forget_token(bytes(row.digest))
    log.append(
        "token.revoked",
        stream=row.staff_id,
        token=row.id,
        staff=row.staff_id,
        clause="3.3",
        by=by,
        at=at,
    )
    return row
