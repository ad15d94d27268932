"""Put notices in the queue, hand them to their provider, record how it went."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from bihuan.core import personal
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.ports import Notifier, Outgoing, Undeliverable
from bihuan.core.refusals import NotFound, NotPossible, Unreachable
from bihuan.events import log
from bihuan.notify import queries, rules, wires
from bihuan.notify.models import Message
from bihuan.notify.providers import NoAnswer, ReplyLost
from bihuan.policy import queries as policy
from bihuan.store.blocks import new_id

BATCH = 20
#: Longer than a batch takes with a server that answers each time just in time (10 s).
LEASE = timedelta(minutes=15)
REPLY_LOST = "reply_lost"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try went: the state it leads to, the provider's words, a short code for the log."""

    state: str
    said: str = ""
    code: str = ""
    stops_batch: bool = False


@transaction.atomic
def tell(
    template: str,
    *,
    key: str,
    facts: Mapping[str, str],
    at: datetime,
    person_id: int = 0,
    staff_id: int = 0,
    case_id: int = 0,
    channels: Iterable[str] = (rules.INBOX,),
    locale: str = "zh-hans",
) -> list[Message]:
    """Queue this notice of the handbook for one reader: one message a channel, once a key (2.4.1).

    In the app always; by another channel when the reader has a contact there. `key` names the
    occasion and the reader. KeyError for an unknown template, UnknownVariable for a missing fact.
    """
    notice = policy.current(at).notices[template]
    said = rules.words(notice, facts, locale)
    ways = dict.fromkeys((rules.INBOX, *channels))
    made = [
        Message(
            id=new_id(at),
            key=f"{key}:{channel}",
            template=template,
            channel=channel,
            person_id=person_id,
            staff_id=staff_id,
            case_id=case_id,
            subject=said.subject,
            body=said.body,
            next_try_at=at,
            created_at=at,
        )
        for channel in ways
        if channel == rules.INBOX or queries.contact(person_id, staff_id, channel)
    ]
    Message.objects.bulk_create(made, ignore_conflicts=True)
    return list(Message.objects.filter(key__in=[m.key for m in made]).order_by("id"))


def sweep(channel: str, at: datetime) -> int:
    """Hand what is due on one channel to its provider; how many were tried.

    The lease and each result are short transactions of their own; nothing is open while a
    provider is waited for. A provider that does not answer ends the batch, so that a dead server
    costs one time-out, and the messages behind it none of their tries.
    """
    provider = wires.notifier(channel, at)
    batch = _lease(channel, at)
    for place, message in enumerate(batch):
        outcome = _hand_over(provider, message)
        _settle(message, outcome, at)
        if outcome.stops_batch:
            _release(batch[place + 1 :])
            return place + 1
    return len(batch)


@transaction.atomic
def _lease(channel: str, at: datetime) -> list[Message]:
    """Take the longest waiting for this sweep alone; `tries` is the fence against a slow twin."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    rows = list(
        Message.objects.select_for_update(skip_locked=True)
        .filter(free, state="queued", channel=channel, next_try_at__lte=at)
        .order_by("next_try_at")[:BATCH]
    )
    for row in rows:
        if row.leased_until is not None:
            row.error = REPLY_LOST  # whoever held it is gone: it may have been handed over
        row.tries += 1
        row.leased_until = at + LEASE
    Message.objects.bulk_update(rows, ["tries", "leased_until", "error"])
    return rows


def _hand_over(provider: Notifier, message: Message) -> Outcome:
    try:
        receipt = provider.send(
            Outgoing(to=_address(message), subject=message.subject, body=message.body,
                     key=message.key)
        )  # fmt: skip
    except Undeliverable as refused:
        said = personal.mask(str(refused))
        return Outcome("dead", said, said.split(" ")[0][:40])
    except ReplyLost as lost:
        return Outcome("queued", REPLY_LOST, REPLY_LOST, stops_batch=isinstance(lost, NoAnswer))
    except OSError as fault:
        said = personal.mask(f"{type(fault).__name__} {fault}")
        return Outcome("queued", said, "no_answer", stops_batch=isinstance(fault, NoAnswer))
    state = "delivered" if message.channel == rules.INBOX else "sent"
    return Outcome(state, personal.mask(receipt))


def _address(message: Message) -> str:
    """Where to: looked up only now, kept nowhere. Undeliverable when there is no such contact."""
    if message.channel == rules.INBOX:
        return str(message.person_id or message.staff_id)
    contact = queries.contact(message.person_id, message.staff_id, message.channel)
    if not contact:
        raise Undeliverable("no_contact")
    return contact


@transaction.atomic
def _settle(message: Message, outcome: Outcome, at: datetime) -> None:
    """Record the try, unless another sweep has taken the message over since."""
    lost = REPLY_LOST in (message.error, outcome.code)
    state = outcome.state
    if state == "queued" and rules.in_vain(
        tries=message.tries, created_at=message.created_at, at=at
    ):
        state = "dead"
    if state == "dead" and lost:
        state = "unknown"  # an earlier try may have arrived: never call that a failure
    went = state in ("sent", "delivered")
    ours = Message.objects.filter(id=message.id, state="queued", tries=message.tries)
    settled = ours.update(
        state=state,
        leased_until=None,
        next_try_at=at + rules.wait(message.tries) if state == "queued" else None,
        sent_at=at if went else None,
        receipt=outcome.said[:200] if went else "",
        error="" if went else (REPLY_LOST if lost else outcome.said[:300]),
    )
    if settled and state != "queued":
        _say(message, state, outcome, at)


def _say(message: Message, state: str, outcome: Outcome, at: datetime) -> None:
    """The case's log tells how a notice to its person went; notices among staff are no news."""
    if state in ("dead", "unknown"):
        _log.warning("message %d ended %s after %d tries", message.id, state, message.tries)
    if not message.case_id or not message.person_id:
        return
    if state in ("sent", "delivered"):
        log.append(
            "message.delivered", stream=message.case_id, by=SYSTEM, at=at, clause="2.4.1",
            message=message.id, channel=message.channel, template=message.template,
            tries=message.tries,
        )  # fmt: skip
        return
    log.append(
        "message.failed", stream=message.case_id, by=SYSTEM, at=at, clause="2.4.1",
        message=message.id, channel=message.channel, template=message.template,
        tries=message.tries, error_code=outcome.code if state == "dead" else REPLY_LOST,
    )  # fmt: skip


@transaction.atomic
def _release(batch: list[Message]) -> None:
    """Untried messages go back as they were, their tries uncounted."""
    for message in batch:
        Message.objects.filter(id=message.id, state="queued", tries=message.tries).update(
            leased_until=None, tries=message.tries - 1
        )


@transaction.atomic
def resend(*, message_id: int, by: Actor, at: datetime) -> Message:
    """Try a failed message again from the start, under the same Message-ID (2.4.1).

    NotFound when `by` may not see it, NotPossible when it has not failed, Unreachable when the
    person has no contact on that channel any more.
    """
    message = queries.failed_one(message_id, by)
    if message.state not in queries.FAILED:
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
