"""Hand a batch to one subscriber, each event once; split on failure, park what follows poison."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min

from bihuan.events.models import DeadLetter, Event
from bihuan.events.wires import called, wired
from bihuan.store import statements

logger = logging.getLogger(__name__)

MOST_TRIES = 5
FIRST_WAIT = timedelta(seconds=30)  # doubled at each try
_LOCKS = 0x62686468  # the first half of our advisory locks' keys; the second is the subscriber

Place = tuple[int, int]  # stream, seq

_HEARD = """
WITH fresh AS (
    INSERT INTO events_heard (subscriber, stream, seq)
    SELECT %s, * FROM unnest(%s::bigint[], %s::int[]) ON CONFLICT DO NOTHING
    RETURNING stream, seq
)
SELECT stream, seq, kind, at, actor_id, actor_role, clause, data, previous, hash
FROM fresh JOIN events_event USING (stream, seq) ORDER BY stream, seq
"""
_UNHEARD = """
SELECT DISTINCT ON (subscriber, stream) subscriber, stream, seq, event.at, tries, error,
    count(*) OVER (PARTITION BY subscriber, stream) - 1
FROM events_deadletter JOIN events_event AS event USING (stream, seq)
ORDER BY subscriber, stream, seq
"""
_BLOCKED = "SELECT stream FROM events_deadletter WHERE subscriber = %s AND stream = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A function by its dotted name, and the kinds of events it is told.

    It is called `heard(event)` for each, or with `whole` once with the list of them, in order:
    for a subscriber that reads the rows behind a hundred events as cheaply as behind one.
    """

    name: str
    kinds: frozenset[str]
    whole: bool = False


def subscribers() -> Sequence[Subscriber]:
    """All of them, in the order of the switchboard."""
    found: Sequence[Subscriber] = wired("SUBSCRIBERS", ())
    return found


def handle(subscriber: str, places: Sequence[Place], at: datetime) -> None:
    """Give these events to the subscriber, in order, in one transaction if it takes them all.

    A batch that fails is halved until the poison stands alone: it becomes a dead letter, later
    events of its stream are parked behind it, neighbours pass. `at` is noted on dead letters.
    """
    try:
        with transaction.atomic():
            _hand_over(subscriber, places, at)
    except Exception as error:
        if len(places) == 1:
            _bury(subscriber, places[0], error, at)
            return
        half = len(places) // 2
        handle(subscriber, places[:half], at)
        handle(subscriber, places[half:], at)


def _hand_over(subscriber: str, places: Sequence[Place], at: datetime) -> None:
    _lock(subscriber)
    asked = [subscriber, [stream for stream, _ in places]]
    blocked = {stream for (stream,) in statements.run(_BLOCKED, asked)}
    parked = [
        DeadLetter(subscriber=subscriber, stream=stream, seq=seq, parked=True, tries=0, at=at)
        for stream, seq in places
        if stream in blocked
    ]
    DeadLetter.objects.bulk_create(parked, ignore_conflicts=True)
    _tell(subscriber, [place for place in places if place[0] not in blocked])


def _tell(subscriber: str, places: Sequence[Place]) -> None:
    """Call the subscriber for those it has not heard yet, and note that it has."""
    asked = [subscriber, [stream for stream, _ in places], [seq for _, seq in places]]
    fresh = statements.fetch(Event, _HEARD, asked)
    hear: Callable[..., object] = called(subscriber)
    if fresh and any(one.whole for one in subscribers() if one.name == subscriber):
        hear(fresh)
        return
    for event in fresh:
        hear(event)


def _lock(subscriber: str) -> None:
    """One at a time for each subscriber: a delivery and a retry must not pass each other."""
    statements.run("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCKS, subscriber])


def _bury(subscriber: str, place: Place, error: Exception, at: datetime) -> None:
    stream, seq = place
    where = _where(error)
    logger.error("%s could not take event %s/%s: %s", subscriber, stream, seq, where)
    with transaction.atomic():
        _lock(subscriber)
        letter, fresh = DeadLetter.objects.get_or_create(
            subscriber=subscriber, stream=stream, seq=seq, defaults={"error": where, "at": at}
        )
        if not fresh:
            letter.parked, letter.error, letter.at = False, where, at
            letter.tries += 1
            letter.save(update_fields=["parked", "error", "at", "tries"])


def _where(error: Exception) -> str:
    """What failed and in which line; not its message, which may quote somebody's words (I10)."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "site-packages" not in f.filename] or list(frames)
    last = ours[-1]
    name = last.filename.rpartition("/")[2]
    return f"{type(error).__qualname__} in {last.name}, {name}:{last.lineno}"


def retry(subscriber: str, stream: int, at: datetime) -> int:
    """Try the dead letter of this stream again and, when it passes, those parked behind it.

    Returns how many passed. The first that fails stays, with one more try.
    """
    passed = 0
    while True:
        with transaction.atomic():
            _lock(subscriber)
            letters = DeadLetter.objects.filter(subscriber=subscriber, stream=stream)
            letter = letters.order_by("seq").first()
            if letter is None:
                return passed
            place = (letter.stream, letter.seq)
            try:
                with transaction.atomic():
                    _tell(subscriber, [place])
                    letter.delete()
            except Exception as error:
                _bury(subscriber, place, error, at)
                return passed
        passed += 1


def retry_all(at: datetime) -> int:
    """Try the first dead letter of every stream again, whatever was tried; how many passed."""
    heads = DeadLetter.objects.values_list("subscriber", "stream").distinct()
    return sum(retry(subscriber, stream, at) for subscriber, stream in list(heads))


@dataclass(frozen=True, slots=True)
class Unheard:
    """Where a subscriber stands still: the event it failed at, and how many wait behind it."""

    subscriber: str
    stream: int
    seq: int
    since: datetime
    tries: int
    error: str
    behind: int


def unheard() -> list[Unheard]:
    """Every stream that waits, by its oldest event; `since` is when that was said."""
    rows = statements.run(_UNHEARD, [])
    return [Unheard(*row) for row in rows]


def retry_due(at: datetime) -> int:
    """Every half minute: try again what has waited long enough, five times at most.

    Returns how many events passed. After the last try somebody must look: `bihuan unheard`.
    """
    heads = DeadLetter.objects.values("subscriber", "stream").annotate(first=Min("seq"))
    passed = 0
    for head in heads:
        letter = DeadLetter.objects.filter(
            subscriber=head["subscriber"], stream=head["stream"], seq=head["first"]
        ).first()
        if letter and letter.tries < MOST_TRIES and at >= letter.at + FIRST_WAIT * 2**letter.tries:
            passed += retry(head["subscriber"], head["stream"], at)
    return passed
