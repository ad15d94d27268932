"""重发: a notice that did not come goes once more, by the same way or another (2.4.1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotPossible, Unreachable
from bihuan.events import log
from bihuan.notify import queries, rules
from bihuan.notify.commands.steps import note_all, step
from bihuan.notify.models import FAILED, Message
from bihuan.store.blocks import new_id

CLAUSE = "2.4.1"
REASON_LEAST, REASON_MOST = 2, 200


@transaction.atomic
def resend(*, message_id: int, way: str = "", reason: str = "", by: Actor, at: datetime) -> Message:
    """重发：a failed message again from the start, or one that went and, they say, never came.

    One that failed keeps its Message-ID, so that nobody gets two. One that was sent, or that goes
    by another way, is a message of its own and needs a reason. At once, for somebody asks for it.
    NotFound when `by` may not see it, NotPossible while it waits anyway or has been resent
    `rules.RESENT_MOST` times, Invalid without a reason, Unreachable where there is no contact.
    """
    message = queries.message_of(message_id, by, hold=True)
    way = way or message.channel
    if message.state == "queued":
        raise NotPossible(CLAUSE, state="still_waits", action="resend", possible=[])
    if queries.times_resent(message) >= rules.RESENT_MOST:
        raise NotPossible(CLAUSE, state="resent_often", action="resend", possible=[])
    if way != rules.INBOX and not queries.contact(message.person_id, 0, way):
        raise Unreachable(CLAUSE, channel=way)
    again = message.state in FAILED and way == message.channel
    least = 0 if again else REASON_LEAST
    why = inputs.words(reason, field="reason", least=least, most=REASON_MOST, lines=False)
    gone = _once_more(message, at) if again else _anew(message, way, at)
    note_all([step(message.id, "resent", at, said=why, way=way, staff_id=by.id)])
    log.append(
        "message.resent", stream=message.case_id or message.person_id, by=by, at=at,
        clause=CLAUSE, message=gone.id, channel=way, template=message.template,
    )  # fmt: skip
    return gone


def _once_more(message: Message, at: datetime) -> Message:
    message.state, message.tries, message.next_try_at = "queued", 0, at
    message.save(update_fields=["state", "tries", "next_try_at"])
    return message


def _anew(message: Message, way: str, at: datetime) -> Message:
    """The words of the same notice under a key of its own."""
    same = queries.same_notice(message)
    said = next((one for one in same if one.channel == rules.INBOX), message)
    taken, key = {one.key for one in same}, f"{rules.occasion(message.key)}:{way}"
    free = next(
        one
        for one in (key, *(f"{key}.{n}" for n in range(1, rules.RESENT_MOST + 1)))
        if one not in taken
    )
    row = Message(
        id=new_id(at), key=free, template=message.template, channel=way,
        person_id=message.person_id, case_id=message.case_id, subject=said.subject,
        body="" if way in rules.SHORT else said.body, next_try_at=at, created_at=at,
        must_by=message.must_by,
    )  # fmt: skip
    row.save(force_insert=True)
    return row
