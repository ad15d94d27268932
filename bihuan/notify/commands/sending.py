"""Hand queued messages to their provider, and record how it went."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from bihuan.accounts import commands as accounts
from bihuan.core import personal
from bihuan.core.actors import SYSTEM
from bihuan.core.ports import Notifier, Outgoing, Undeliverable
from bihuan.events import log
from bihuan.notify import queries, rules, wires
from bihuan.notify.commands.falling_back import fall_back
from bihuan.notify.commands.steps import news, note_all, step
from bihuan.notify.models import Message, Step
from bihuan.notify.outgoing import worded
from bihuan.notify.providers import NoAnswer, ReplyLost
from bihuan.store import statements

BATCH = 20
#: What the row itself delivers needs no patience: many at once, in a few statements.
INBOX_BATCH = 500
#: No letter is begun in its second half: a server that answers each time just in time (10 s)
#: takes two minutes for one.
LEASE = timedelta(minutes=15)
REPLY_LOST = "reply_lost"
#: state, next try, sent at, receipt, error
End = tuple[str, datetime | None, datetime | None, str, str]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try went: the state it leads to, the provider's words, a short code for the log."""

    state: str
    said: str = ""
    code: str = ""
    stops_batch: bool = False


NO_WAY = Outcome("dead", queries.NO_WAY_IN, queries.NO_WAY_IN)


def batch_of(channel: str) -> int:
    """How many messages of a channel one sweep takes at most."""
    return INBOX_BATCH if channel == rules.INBOX else BATCH


def sweep(channel: str, now: Callable[[], datetime]) -> int:
    """Hand what is due on one channel to its provider; how many were tried.

    The lease and the results are short transactions of their own; nothing is open while a
    provider is waited for. What leaves the house is settled one by one: a fault may send one
    letter twice, never a batch. A provider that does not answer ends the batch, so that a dead
    server costs one time-out, and the messages behind it none of their tries. So does a slow
    one that uses up the lease. `now` tells the moment, which goes on meanwhile.
    """
    at = now()
    provider = wires.notifier(channel, at)
    if provider is None:
        return 0  # what waits is sent when there is a way again
    batch = _lease(channel, at, _room(channel, at))
    nobody = queries.unreachable(batch) if channel == rules.INBOX else frozenset()
    tried: list[tuple[Message, Outcome]] = []
    for place, message in enumerate(batch):
        if now() - at > LEASE / 2:
            _release(batch[place:])
            break
        outcome = NO_WAY if message.person_id in nobody else _hand_over(provider, message, at)
        tried.append((message, outcome))
        if channel != rules.INBOX:
            _settle(message, outcome, now())
        if outcome.stops_batch:
            _release(batch[place + 1 :])
            break
    if channel == rules.INBOX and tried:
        _settle_all(tried, now())
    return len(tried)


_LEASE = """
WITH free AS (
    SELECT id FROM notify_message
    WHERE state = 'queued' AND channel = %(channel)s AND next_try_at <= %(at)s
        AND (leased_until IS NULL OR leased_until <= %(at)s)
    ORDER BY next_try_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE notify_message AS message SET
    tries = tries + 1,
    leased_until = %(until)s,
    error = CASE WHEN leased_until IS NULL THEN error ELSE %(lost)s END
FROM free WHERE message.id = free.id RETURNING message.*
"""


def _room(channel: str, at: datetime) -> int:
    """How many may be sent now: a batch, or what the supplier's limit a minute leaves of it."""
    rate = wires.rate(channel)
    if not rate:
        return batch_of(channel)
    left = Message.objects.filter(channel=channel, sent_at__gt=at - timedelta(minutes=1))
    return min(batch_of(channel), max(rate - left.count(), 0))


def _lease(channel: str, at: datetime, most: int) -> list[Message]:
    """Take the longest waiting for this sweep alone; `tries` is the fence against a slow twin.

    Whoever held one of them before is gone: it may have been handed over.
    """
    values = {
        "channel": channel, "at": at, "until": at + LEASE, "most": most,
        "lost": REPLY_LOST,
    }  # fmt: skip
    taken = statements.fetch(Message, _LEASE, values)
    return sorted(taken, key=lambda one: (one.next_try_at or at, one.id))


def _hand_over(provider: Notifier, message: Message, at: datetime) -> Outcome:
    try:
        made = _outgoing(message, at)
        if message.channel != rules.INBOX:
            statements.let_go()  # a provider that hangs keeps a thread waiting, and nothing else
        receipt = provider.send(made)
    except Undeliverable as refused:
        said = personal.mask(str(refused))
        return Outcome("dead", said, said.split(" ")[0][:40])
    except ReplyLost as lost:
        return Outcome("queued", REPLY_LOST, REPLY_LOST, stops_batch=isinstance(lost, NoAnswer))
    except OSError as fault:
        said = personal.mask(f"{type(fault).__name__} {fault}")
        return Outcome("queued", said, "no_answer", stops_batch=isinstance(fault, NoAnswer))
    except Exception as fault:
        return _fault(message, fault)
    state = "delivered" if message.channel == rules.INBOX else "sent"
    return Outcome(state, personal.mask(receipt))


def _fault(message: Message, fault: Exception) -> Outcome:
    """What is wrong with one message, or with us, is a failed try of it and holds up no other."""
    where = traceback.extract_tb(fault.__traceback__)[-1]
    kind = type(fault).__name__
    # not what the fault says: it may hold what is personal
    _log.error("message %d: %s in %s, line %s", message.id, kind, where.name, where.lineno)
    return Outcome("queued", kind, "fault")


def _outgoing(message: Message, at: datetime) -> Outgoing:
    """What the provider is given. A link for one case is made only now."""
    to, again, token = address_of(message), message.error == REPLY_LOST, ""
    if message.channel in rules.LINKED:
        token = accounts.lend(
            person_id=message.person_id, case_id=message.case_id, contact=to, at=at
        )
    return worded(message, to=to, at=at, token=token, again=again)


def address_of(message: Message) -> str:
    """Where to: looked up only now, kept nowhere. Undeliverable when there is no such contact."""
    if message.channel == rules.INBOX:
        return str(message.person_id or message.staff_id)
    contact = queries.contact(message.person_id, message.staff_id, message.channel)
    if not contact:
        raise Undeliverable("no_contact")
    return contact


def _settle_all(tried: Sequence[tuple[Message, Outcome]], at: datetime) -> None:
    """Record many tries at once; those whose rows somebody holds just now one by one.

    So nobody waits for a second row while holding a first.
    """
    with transaction.atomic():
        settled = _record(tried, at, skip=True)
    for message, outcome in tried:
        if message.id not in settled:
            _settle(message, outcome, at)


@transaction.atomic
def _settle(message: Message, outcome: Outcome, at: datetime) -> None:
    """Record the try, unless another sweep has taken the message over since."""
    _record([(message, outcome)], at)


_SETTLE = """
UPDATE notify_message AS message SET
    state = tried.state, leased_until = NULL, next_try_at = tried.next_try_at,
    sent_at = tried.sent_at, receipt = tried.receipt, error = tried.error
FROM (
    SELECT tried.* FROM notify_message AS held JOIN unnest(
        %s::bigint[], %s::int[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[],
        %s::text[]
    ) AS tried (id, tries, state, next_try_at, sent_at, receipt, error) USING (id)
    WHERE held.state = 'queued' AND held.tries = tried.tries FOR UPDATE OF held {skip}
) AS tried
WHERE message.id = tried.id RETURNING message.id
"""


def _record(
    tried: Sequence[tuple[Message, Outcome]], at: datetime, *, skip: bool = False
) -> set[int]:
    """The ids of those that were still ours to settle."""
    ends = _at_night({message.id: _end(message, outcome, at) for message, outcome in tried}, tried)
    rows = [(message.id, message.tries, *ends[message.id]) for message, _ in tried]
    statement = _SETTLE.format(skip="SKIP LOCKED" if skip else "")
    columns = [list(column) for column in zip(*rows, strict=True)]
    settled = {id for (id,) in statements.run(statement, columns)}
    note_all(_steps([m for m, _ in tried if m.id in settled], ends, at))
    ended = [m for m, _ in tried if m.id in settled and ends[m.id][0] == "dead"]
    _address_gone(ended, ends, at)
    fall_back(ended, at)
    facts = [
        fact
        for message, outcome in tried
        if message.id in settled
        for fact in _said(message, ends[message.id][0], outcome)
    ]
    log.append_all(facts, by=SYSTEM, at=at)
    return settled


def _address_gone(ended: Sequence[Message], ends: Mapping[int, End], at: datetime) -> None:
    """A server that refuses an address at once says of it what a report would say (2.4.1)."""
    for one in ended:
        status = ends[one.id][4].partition(" ")[2]
        if one.channel == rules.EMAIL and one.person_id and rules.no_such_address(status):
            accounts.mail_failed(person_id=one.person_id, case_id=one.case_id, by=SYSTEM, at=at)


def _at_night(ends: dict[int, End], tried: Sequence[tuple[Message, Outcome]]) -> dict[int, End]:
    """A next try waits for the end of the reader's quiet hours, as the first did."""
    again = [(m, when) for m, _ in tried if (when := ends[m.id][1]) is not None]
    for id, when in queries.goes_at(again).items():
        state, _next, sent, receipt, error = ends[id]
        ends[id] = (state, when, sent, receipt, error)
    return ends


def _steps(tried: Sequence[Message], ends: Mapping[int, End], at: datetime) -> Iterator[Step]:
    """What each try came to; what is told in the app has come when its row is there."""
    for message in tried:
        state, again, _sent, receipt, error = ends[message.id]
        if message.channel != rules.INBOX:
            what = {"queued": "failed", "dead": "gave_up", "unknown": "gave_up"}.get(state, state)
            yield step(message.id, what, at, said=error or receipt, until=again)


def _end(message: Message, outcome: Outcome, at: datetime) -> End:
    """What this try makes of the message: state, next try, sent at, receipt, error."""
    lost = REPLY_LOST in (message.error, outcome.code)
    state = outcome.state
    if state == "queued" and rules.in_vain(
        tries=message.tries, created_at=message.created_at, at=at
    ):
        state = "dead"
    if state == "dead" and lost:
        state = "unknown"  # an earlier try may have arrived: never call that a failure
    if state in ("sent", "delivered"):
        return state, None, at, outcome.said[:200], ""
    again = at + rules.wait(message.tries) if state == "queued" else None
    return state, again, None, "", REPLY_LOST if lost else outcome.said[:300]


def _said(message: Message, state: str, outcome: Outcome) -> list[log.Fact]:
    """What the case's log says of a try, when it was the last."""
    if state in ("dead", "unknown"):
        _log.warning("message %d ended %s after %d tries", message.id, state, message.tries)
    if state == "queued":
        return []
    if state in ("sent", "delivered"):
        return news("message.delivered", message)
    code = outcome.code if state == "dead" else REPLY_LOST
    return news("message.failed", message, error_code=code)


@transaction.atomic
def _release(batch: list[Message]) -> None:
    """Untried messages go back as they were, their tries uncounted."""
    for message in batch:
        Message.objects.filter(id=message.id, state="queued", tries=message.tries).update(
            leased_until=None, tries=message.tries - 1
        )
