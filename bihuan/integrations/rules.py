"""What goes out, when it is tried again, and when trying is in vain."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from bihuan.core.actors import Actor, Role
from bihuan.core.clocks import SHANGHAI
from bihuan.events.catalog import CATALOG

EVERY = "*"
PING = "ping"
SECRET_BYTES = 32
#: How long a replaced secret signs too, so that a receiver may change over when it likes.
BOTH_SIGN = timedelta(hours=24)
#: Waits between two tries of one delivery, as Standard Webhooks proposes: ten tries in 75 hours.
WAITS = (
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2),
    timedelta(hours=5), timedelta(hours=10), timedelta(hours=14), timedelta(hours=20),
    timedelta(hours=24),
)  # fmt: skip
JITTER = 0.1  # of a wait at most: what failed together does not come back together
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=5)
GIVE_UP, LEAST_FAILURES = timedelta(days=5), 10
KEEP = timedelta(days=30)
#: What befalls a case and its clocks. Not what is told of it, nor who is held to account.
ROOMS = frozenset({"case", "clock", "follow_up", "sub_task", "inquiry", "handling", "feedback"})
#: Which colleagues look at a case is no program's business (3.3).
WITHIN = frozenset({
    "case.mentioned", "case.restricted", "case.unrestricted", "case.reader_added",
    "case.reader_removed",
})  # fmt: skip
#: The kinds that an endpoint may name, in the order of the catalogue.
OFFERED = tuple(k for k in CATALOG if k.partition(".")[0] in ROOMS and k not in WITHIN)


def may_manage(by: Actor) -> bool:
    """What leaves the house is the administrators' business alone."""
    return Role.ADMINISTRATOR in by.roles


def wants(kinds: Collection[str], kind: str) -> bool:
    """Whether an endpoint of these kinds is told of this one."""
    return kind in kinds or EVERY in kinds


def may_go(owner_id: int, named: frozenset[int] | None) -> bool:
    """Whether this owner's endpoint may hear of a case that is closed to all but these.

    That an administrator can open any case is no reason to have it sent out (3.3).
    """
    return named is None or owner_id in named


def body(kind: str, at: datetime, data: Mapping[str, object]) -> bytes:
    """What is sent, the same bytes at every try; `at` is when it happened."""
    said = {"type": kind, "timestamp": at.astimezone(SHANGHAI).isoformat(), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def wait(tries: int, spread: float) -> timedelta | None:
    """How long to wait after so many tries, None when there is no next; `spread` from 0 to 1."""
    if tries > len(WAITS):
        return None
    return WAITS[tries - 1] * (1 + JITTER * spread)


def rest(failures: int) -> timedelta:
    """How long an endpoint is left alone after so many failures in a row, whatever waits for it."""
    return min(FIRST_REST * (1 << min(failures - 1, 20)), LONGEST_REST)


def in_vain(*, failures: int, failing_since: datetime, at: datetime) -> bool:
    """Five days without one success, and not for want of trying: our own rest is no reason."""
    return failures >= LEAST_FAILURES and at - failing_since >= GIVE_UP
