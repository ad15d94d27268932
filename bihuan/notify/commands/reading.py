"""What people do about messages: read them, or have a failed one tried again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound, NotPossible, Unreachable
from bihuan.notify import queries, rules
from bihuan.notify.models import FAILED, Message


@transaction.atomic
def resend(*, message_id: int, by: Actor, at: datetime) -> Message:
    """Try a failed message again from the start, under the same Message-ID (2.4.1).

    NotFound when `by` may not see it, NotPossible when it has not failed, Unreachable when the
    person has no contact on that channel any more.
    """
    message = queries.failed_one(message_id, by)
    if message.state not in FAILED:
        raise NotPossible("2.4.1", state=message.state, action="resend", possible=[])
    if message.channel != rules.INBOX and not queries.contact(
        message.person_id, message.staff_id, message.channel
    ):
        raise Unreachable("2.4.1", channel=message.channel)
    message.state, message.tries, message.next_try_at = "queued", 0, at
    message.save(update_fields=["state", "tries", "next_try_at"])
    return message


@transaction.atomic
def mark_read(*, message_id: int = 0, case_id: int = 0, by: Actor, at: datetime) -> int:
    """The reader has seen this message, or all of them when no id is given; how many were new.

    `case_id` limits a guest to one case. NotFound when the message is not the reader's.
    """
    mine = queries.mine(by, case_id)
    if message_id:
        mine = mine.filter(id=message_id)
        if not mine.exists():
            raise NotFound()
    return mine.filter(read_at__isnull=True).update(read_at=at)
