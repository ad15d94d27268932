"""What a link in a short message opens."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from bihuan.accounts.case_link import CaseLink
from bihuan.accounts.queries.people import contact
from bihuan.core.refusals import NotFound
from bihuan.store import secrets

#: The ways by which a link is sent, since what they carry may say nothing of the case (3.3).
SENT_BY = ("sms", "wechat", "push")


@dataclass(frozen=True, slots=True)
class Lent:
    """Whose link it is, and the one case it opens."""

    person_id: int
    case_id: int


def lent(token: str, at: datetime) -> Lent:
    """What this link opens. NotFound, all alike: unknown, over, or sent to a contact given up."""
    row = CaseLink.objects.filter(digest=token_digest(token), expires_at__gt=at).first()
    if row is None:
        raise NotFound()
    reached = (contact(row.person_id, way) for way in SENT_BY)
    if not any(
        hmac.compare_digest(contact_digest(now), bytes(row.contact)) for now in reached if now
    ):
        raise NotFound()
    return Lent(row.person_id, row.case_id)


def token_digest(token: str) -> bytes:
    """What is kept of a token."""
    return secrets.digest("case link", token)


def contact_digest(number: str) -> bytes:
    """What is kept of the contact a link was sent to."""
    return secrets.digest("case link contact", number)
