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
    """Whom a token acts as, and what it is for: read, write, webhooks."""

    actor: Actor
    scopes: frozenset[str]


def by_token(bearer: str, at: datetime) -> Actor | None:
    """Whom this token acts as; None when it is unknown, revoked, expired or theirs no longer."""
    found = bearer_of(bearer, at)
    return found.actor if found else None


#: until when it is remembered, when it expires, whose it is
Kept = tuple[float, datetime | None, Bearer]
_tokens: dict[tuple[str, bytes], Kept] = {}


def bearer_of(bearer: str, at: datetime) -> Bearer | None:
    """As `by_token`, with what the token may be used for. Remembered for five seconds."""
    place = database(), token_digest(bearer)
    kept = _tokens.get(place)
    if kept is None or kept[0] < time.monotonic():
        kept = _read_token(place[1])
        _remember(place, kept)
    if kept is None or (kept[1] and kept[1] <= at):
        return None
    return kept[2]


def was_known(bearer: str) -> bool:
    """Whether this process has known this token; it may be revoked or have expired since."""
    return (database(), token_digest(bearer)) in _tokens


def _remember(place: tuple[str, bytes], kept: Kept | None) -> None:
    if kept is None:
        _tokens.pop(place, None)
        return
    if len(_tokens) >= _MOST:
        _tokens.clear()
    _tokens[place] = kept


def _read_token(digest: bytes) -> Kept | None:
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
