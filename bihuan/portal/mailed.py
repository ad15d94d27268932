"""What came by mail, as its person is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bihuan.mail import queries, wordings

if TYPE_CHECKING:
    from bihuan.cases.models import Case

#: Whose mail was not the person's own as far as the house knows.
STRANGE = "other_address"


def lost(case: Case) -> str:
    """The attachments of the person's own mails that were not kept, each with why; "" for none."""
    mails = (mail for mail in queries.of_case(case.id) if mail.trust != STRANGE)
    return wordings.lost(part for mail in mails for part in mail.parts)


def from_elsewhere(case: Case) -> frozenset[int]:
    """Entries that came by a right token from another address: nobody knows whose they are."""
    mails = queries.of_case(case.id)
    return frozenset(mail.entry for mail in mails if mail.entry and mail.trust == STRANGE)
