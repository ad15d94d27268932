"""Bearer tokens: whom they act as, remembered for a few seconds."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import datetime

from bihuan.accounts.models import Staff, Token
from bihuan.accounts.queries.team import colleague
from bihuan.core.actors import Actor
from bihuan.store.statements import database

_LIFE = 5.0  # seconds a revoked token may go on in another process
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a token acts as, and what it is for: read, write."""

    actor: Actor
    scopes: frozenset[str]


def by_token(bearer: str, at: datetime) -> Actor | None:
    """Whom this token acts as; None when it is unknown, revoked, expired or theirs no longer."""
    found = bearer_of(bearer, at)
    return found.actor if found else None


_tokens: dict[tuple[str, bytes], tuple[float, datetime | None, Bearer]] = {}


def bearer_of(bearer: str, at: datetime) -> Bearer | None:
    """As `by_token`, with what the token may be used for. Remembered for five seconds."""
    if found := remembered(bearer, at):
        return found
    digest = token_digest(bearer)
    if (kept := _read_token(digest)) is None:
        return None
    if len(_tokens) >= _MOST:
        _tokens.clear()
    _tokens[database(), digest] = kept
    return remembered(bearer, at)


def remembered(bearer: str, at: datetime) -> Bearer | None:
    """As `bearer_of`, of what was read in the last five seconds, without asking the database."""
    kept = _tokens.get((database(), token_digest(bearer)))
    if kept is None or kept[0] < time.monotonic():
        return None
    _, expires_at, found = kept
    return None if expires_at and expires_at <= at else found


def _read_token(digest: bytes) -> tuple[float, datetime | None, Bearer] | None:
    token = Token.objects.filter(digest=digest, revoked_at=None).first()
    if token is None:
        return None
    row = Staff.objects.select_related("user").filter(id=token.staff_id).first()
    if row is None or not row.user.is_active:
        return None
    found = Bearer(colleague(row).actor, frozenset(token.scopes))
    return time.monotonic() + _LIFE, token.expires_at, found


def token_digest(bearer: str) -> bytes:
    """What is kept of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(b"bihuan.token.1\x00" + bearer.encode()).digest()


def forget_token(digest: bytes) -> None:
    """Ask the database again for this token."""
    _tokens.pop((database(), digest), None)


def tokens_of(staff_id: int) -> list[Token]:
    """The tokens of a member of staff that are not revoked, newest first."""
    return list(Token.objects.filter(staff_id=staff_id, revoked_at=None).order_by("-id"))
