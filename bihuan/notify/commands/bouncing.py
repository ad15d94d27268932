"""A letter came back: its fate is corrected, and its address no longer counted on (2.4.1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.accounts import commands as accounts
from bihuan.core.actors import Actor
from bihuan.notify import rules
from bihuan.notify.commands.arriving import UNDER_WAY, lost
from bihuan.notify.models import Message

BOUNCED = "bounced"


@transaction.atomic
def bounced(
    *, message_id: int, permanent: bool, status: str, by: Actor, at: datetime
) -> Message | None:
    """退信：this letter did not reach its reader. None when it is none of ours, or that is known.

    A delay changes nothing: the other server still tries. `status` is the enhanced code (RFC 3463),
    "" when the report has none; where it says that there is no such address, nothing more is sent
    there.
    """
    letters = Message.objects.select_for_update().filter(id=message_id, channel=rules.EMAIL)
    message = letters.filter(state__in=UNDER_WAY).first()
    if message is None or not permanent:
        return None
    if message.person_id and rules.no_such_address(status):
        accounts.mail_failed(person_id=message.person_id, case_id=message.case_id, by=by, at=at)
    lost(message, error=f"{BOUNCED} {status}".strip(), code=BOUNCED, by=by, at=at)
    return message
