"""What a link in a text message opens."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from bihuan.accounts.case_link import CaseLink
from bihuan.accounts.queries.people import contact
from bihuan.core.refusals import NotFound
from bihuan.store import secrets


@dataclass(frozen=True, slots=True)
class Lent:
    """Whose link it is, and the one case it opens."""

    person_id: int
    case_id: int


def lent(token: str, at: datetime) -> Lent:
    """What this link opens. NotFound, all alike: unknown, over, or sent to a number given up."""
    row = CaseLink.objects.filter(digest=token_digest(token), expires_at__gt=at).first()
    if row is None:
        raise NotFound()
    now = contact(row.person_id, "sms")
    if not now or not hmac.compare_digest(contact_digest(now), bytes(row.contact)):
        raise NotFound()
    return Lent(row.person_id, row.case_id)


def token_digest(token: str) -> bytes:
    """What is kept of a token."""
    return secrets.digest("case link", token)


def contact_digest(number: str) -> bytes:
    """What is kept of the number a link was sent to."""
    return secrets.digest("case link contact", number)
