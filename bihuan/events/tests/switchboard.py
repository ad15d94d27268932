"""A switchboard for tests: two subscribers that write rows, and may be told to fail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bihuan.core.actors import SYSTEM
from bihuan.events import log
from bihuan.events.delivery import Subscriber
from bihuan.events.models import Event
from bihuan.events.worker import Periodic

POISON: set[tuple[int, int]] = set()  # what echo and together cannot take
BATCHES: list[list[tuple[int, int]]] = []  # what together took at once
# added to a stream: where each writes what it heard
ECHO, COUNT, TOGETHER = 1_000_000, 2_000_000, 3_000_000


def echo(event: Event) -> None:
    """Write down what was heard, then perhaps fail: the row must go with the failure."""
    _write(event, ECHO)
    if (event.stream, event.seq) in POISON:
        raise ValueError("phone 13900002718 is not for the log")


def count(event: Event) -> None:
    _write(event, COUNT)


def together(events: Sequence[Event]) -> None:
    """Hear all of a batch at once, and write down how many there were."""
    for event in events:
        _write(event, TOGETHER)
    if any((event.stream, event.seq) in POISON for event in events):
        raise ValueError("not this one")
    BATCHES.append([(event.stream, event.seq) for event in events])


def beat(at: datetime) -> None:
    from django.db import transaction

    with transaction.atomic():
        log.append("case.reminded", stream=ECHO + COUNT, by=SYSTEM, at=at)


def _write(event: Event, to: int) -> None:
    log.append("case.noted", stream=event.stream + to, by=SYSTEM, at=event.at, version=event.seq)


SUBSCRIBERS = [
    Subscriber(f"{__name__}.echo", frozenset({"case.message_added", "clock.missed"})),
    Subscriber(f"{__name__}.count", frozenset({"case.message_added"})),
    Subscriber(f"{__name__}.together", frozenset({"case.archived"}), whole=True),
]
PERIODIC = [Periodic("beat", f"{__name__}.beat", 0.1)]
