"""What became of a message its supplier took: it arrived, or was lost on its way (2.4.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from bihuan.core import personal
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.ports import Arrival, Traced, Undeliverable
from bihuan.events import log
from bihuan.notify import queries, wires
from bihuan.notify.commands.falling_back import fall_back
from bihuan.notify.commands.sending import address_of
from bihuan.notify.commands.steps import news, note_all, step
from bihuan.notify.models import Message, Reports
from bihuan.notify.outgoing import addressed
from bihuan.store import statements

#: A report that has not come by then is asked for, and again; after days nobody knows any more.
PATIENCE, ASK_AGAIN = timedelta(minutes=10), timedelta(hours=1)
GIVE_UP = timedelta(hours=72)
TRACED_AT_ONCE = 50
UNDER_WAY = ("queued", "sent", "unknown")


@transaction.atomic
def reported(
    *, channel: str, told: Sequence[tuple[str, Arrival]], by: Actor, at: datetime
) -> tuple[int, int]:
    """回执：each report, with the token that went out with its message; how many, and how many of
    none of ours. What came before changes nothing.
    """
    unknown = 0
    for token, arrival in told:
        found = queries.named(token, channel)
        if found is None:
            unknown += 1
        else:
            settle_arrival(message_id=found, arrival=arrival, by=by, at=at)
    Reports.objects.get_or_create(channel=channel, defaults={"last_at": at})
    Reports.objects.filter(channel=channel).update(
        came=F("came") + len(told), unknown=F("unknown") + unknown, last_at=at
    )
    return len(told), unknown


@transaction.atomic
def settle_arrival(*, message_id: int, arrival: Arrival, by: Actor, at: datetime) -> bool:
    """Correct the fate of this message; False when it was known already."""
    rows = Message.objects.select_for_update().filter(id=message_id, state__in=UNDER_WAY)
    message = rows.first()
    if message is None:
        return False
    if not arrival.arrived:
        code = personal.mask(arrival.code)[:40] or "not_delivered"
        lost(message, error=code, code=code, by=by, at=at)
        return True
    message.state, message.error, message.next_try_at = "delivered", "", None
    message.sent_at = message.sent_at or at
    message.save(update_fields=["state", "error", "next_try_at", "sent_at"])
    note_all([step(message.id, "delivered", at)])
    log.append_all(news("message.confirmed", message), by=by, at=at)
    return True


def lost(message: Message, *, error: str, code: str, by: Actor, at: datetime) -> None:
    """It did not reach its reader: the next way is taken, and the case says so."""
    message.state, message.error, message.next_try_at = "dead", error, None
    message.save(update_fields=["state", "error", "next_try_at"])
    note_all([step(message.id, "bounced", at, said=error)])
    fall_back([message], at)
    log.append_all(news("message.failed", message, error_code=code), by=by, at=at)


def trace(channel: str, now: Callable[[], datetime]) -> int:
    """Ask the supplier of this channel about messages of which no report came; how many.

    Nothing is open while it is waited for; who does not answer is asked again later.
    """
    at = now()
    supplier: object = wires.notifier(channel, at)
    if not isinstance(supplier, Traced):
        return 0
    asked = _due(channel, at)
    for message in asked:
        if message.sent_at is None:
            continue
        try:
            made = addressed(message, address_of(message))
            statements.let_go()
            arrival = supplier.fate(made, message.sent_at)
        except Undeliverable:
            continue  # the contact is no more: nobody can be asked
        except OSError:
            break
        if arrival is not None:
            settle_arrival(message_id=message.id, arrival=arrival, by=SYSTEM, at=now())
    return len(asked)


def _due(channel: str, at: datetime) -> list[Message]:
    """Those asked about now, marked so that nobody else asks for an hour."""
    with transaction.atomic():
        rows = _waiting(channel, at).select_for_update(skip_locked=True).order_by("sent_at")
        found = list(rows[:TRACED_AT_ONCE])
        Message.objects.filter(id__in=[one.id for one in found]).update(traced_at=at)
    return found


def _waiting(channel: str, at: datetime) -> QuerySet[Message]:
    quiet = Q(traced_at=None) | Q(traced_at__lte=at - ASK_AGAIN)
    return Message.objects.filter(
        quiet, channel=channel, state="sent", sent_at__range=(at - GIVE_UP, at - PATIENCE)
    )
