"""What chat says of itself to whoever watches the channels (6.2, 6.4)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max, Min

from bihuan.chat.models import Attendance, Conversation
from bihuan.chat.queries.queue import there, wait_of_next
from bihuan.chat.rules import WAITING
from bihuan.core.ports import Contacts, Standing

CHANNEL = "chat"


def channel_standing(at: datetime) -> Standing:
    """Open while an agent is there; it never shuts, for what is left becomes a case at once.

    It fails while somebody waits for a line at which nobody is there: 6.2 promises people, day
    and night.
    """
    now = wait_of_next(at)
    waiting = Conversation.objects.filter(state=WAITING).order_by().values_list("line")
    oldest = waiting.annotate(since=Min("queued_at"))
    failing = min((since for line, since in oldest if not there(at, line)), default=None)
    seen = Attendance.objects.aggregate(at=Max("seen_at"))["at"]
    return Standing(
        CHANNEL, alive_at=seen, failing_since=failing, reason="nobody_there" if failing else "",
        open_now=bool(now.there), always=True, wait_seconds=now.wait, waiting=now.ahead,
    )  # fmt: skip


def contacts(since: datetime, until: datetime) -> Contacts:
    """Chats that were begun, and those of them that a person answered."""
    came = Conversation.objects.filter(asked_at__gte=since, asked_at__lt=until)
    return Contacts(CHANNEL, came.count(), came.filter(answered_at__isnull=False).count())
