"""The link a new member of staff starts with: signed, for a day, spent by setting a password."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing

from bihuan.core.refusals import NotFound

LIFE = timedelta(hours=24)
_SALT = "bihuan.accounts.start"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says: whose it is, its end in Unix seconds, which password it may replace."""

    user_id: int
    until: int
    state: str

    def is_good(self, *, password: str, at: datetime) -> bool:
        """Whether the user with this password column may still use it."""
        return self.until > at.timestamp() and self.state == _state(password)


def sign(*, user_id: int, password: str, at: datetime) -> str:
    """A token for an address; `password` is the user's column, not a password."""
    until = int((at + LIFE).timestamp())
    return signing.dumps([user_id, until, _state(password)], salt=_SALT)


def read(token: str) -> Link:
    """What we signed. NotFound for anything else."""
    try:
        user_id, until, state = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, TypeError, ValueError):
        raise NotFound() from None
    return Link(int(user_id), int(until), str(state))


def _state(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()[:16]
