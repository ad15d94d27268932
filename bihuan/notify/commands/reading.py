"""What people do about messages: they read them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound
from bihuan.notify import queries


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
