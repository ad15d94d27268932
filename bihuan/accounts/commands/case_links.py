"""Lend a link that opens one case to whoever holds what it is sent to (2.4.1, 3.3)."""

from __future__ import annotations

import secrets as random
from datetime import datetime, timedelta

from bihuan.accounts.case_link import CaseLink
from bihuan.accounts.queries.case_links import contact_digest, token_digest

#: As long as the handbook gives a result: who is told on a Friday reads it on Sunday.
LIFE = timedelta(hours=72)


def lend(*, person_id: int, case_id: int, contact: str, at: datetime) -> str:
    """The token of a new link: 128 random bits, kept by its hash alone; good for 72 hours.

    Earlier links stay good: messages are read in any order.
    """
    token = random.token_urlsafe(16)
    CaseLink.objects.create(
        digest=token_digest(token), person_id=person_id, case_id=case_id,
        contact=contact_digest(contact), expires_at=at + LIFE,
    )  # fmt: skip
    return token


def forget_links(*, at: datetime) -> int:
    """Remove those that are over; how many."""
    return CaseLink.objects.filter(expires_at__lte=at).delete()[0]
