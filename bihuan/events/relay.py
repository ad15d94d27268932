"""Drain the outbox in order: one job for each subscriber and batch, one notice to the browsers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import transaction
from procrastinate.contrib.django import app

from bihuan.events import delivery
from bihuan.events.delivery import Place
from bihuan.events.models import Live
from bihuan.store import statements

TASK = "bihuan.events.tasks.deliver"
CHANNEL = "bihuan_live"
AT_ONCE = 1000  # events taken from the outbox in one transaction
BATCH = 100  # events in one job
KEEP_LIVE = 20_000  # rows for browsers that come back
#: The first part of the kinds that change what a page about a case shows.
SHOWN = frozenset({"case", "clock", "follow_up", "message", "accountability", "report", "call"})
_LOCK = (0x62686468, 0x72656C61)  # one relay in the house

_TAKE = """
WITH first AS (
    SELECT stream, seq FROM events_pending ORDER BY stream, seq LIMIT %s
), taken AS (
    DELETE FROM events_pending AS pending USING first
    WHERE pending.stream = first.stream AND pending.seq = first.seq
    RETURNING pending.stream, pending.seq
)
SELECT stream, seq, kind FROM taken JOIN events_event USING (stream, seq) ORDER BY stream, seq
"""
_SHOW = """
WITH shown AS (
    INSERT INTO events_live (stream, seq, kind)
    SELECT * FROM unnest(%s::bigint[], %s::int[], %s::text[])
)
SELECT pg_notify(%s, '')
"""
_WAITING = """
SELECT DISTINCT stream FROM events_pending JOIN events_event USING (stream, seq)
WHERE kind NOT LIKE %s
"""
_UNTOLD = """
SELECT stream FROM events_pending JOIN events_event USING (stream, seq)
WHERE kind = ANY(%(kinds)s)
UNION
SELECT (place ->> 0)::bigint
FROM procrastinate_jobs CROSS JOIN jsonb_array_elements(args -> 'events') AS place
WHERE status IN ('todo', 'doing') AND task_name = %(task)s AND lock = %(subscriber)s
UNION
SELECT stream FROM events_deadletter WHERE subscriber = %(subscriber)s
"""
_WORK = """
DELETE FROM procrastinate_jobs WHERE id = (
    SELECT min(id) FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo' {whose}
) RETURNING args
"""
_ANYBODYS, _ONES = _WORK.format(whose=""), _WORK.format(whose="AND lock = %s")


def relay() -> int:
    """Hand on one batch, all or nothing; 0 when there was none, or another relay is at work."""
    return _hand_on(_defer)


def _hand_on(give: Callable[[str, list[Place]], None]) -> int:
    with transaction.atomic():
        if not statements.run("SELECT pg_try_advisory_xact_lock(%s, %s)", _LOCK)[0][0]:
            return 0
        taken: list[tuple[int, int, str]] = statements.run(_TAKE, [AT_ONCE])
        for subscriber in delivery.subscribers():
            places = [(stream, seq) for stream, seq, kind in taken if kind in subscriber.kinds]
            for start in range(0, len(places), BATCH):
                give(subscriber.name, places[start : start + BATCH])
        shown = [row for row in taken if row[2].partition(".")[0] in SHOWN]
        if shown:
            columns = [list(column) for column in zip(*shown, strict=True)]
            statements.run(_SHOW, [*columns, CHANNEL])
    return len(taken)


def _defer(subscriber: str, places: list[Place]) -> None:
    """Jobs with one lock run one after the other, in the order they were deferred."""
    task = app.configure_task(TASK, lock=subscriber, queue="events")
    task.defer(subscriber=subscriber, events=[list(place) for place in places])


def is_waiting() -> bool:
    """Whether anything is in the outbox: cheap enough to ask five times a second."""
    return bool(statements.run("SELECT EXISTS (SELECT FROM events_pending)")[0][0])


def waiting(*, but: str) -> set[int]:
    """The streams of what is in the outbox, without the news of one room."""
    return {stream for (stream,) in statements.run(_WAITING, [f"{but}.%"])}


def untold(subscriber: str) -> set[int]:
    """The streams with news that this subscriber has not heard yet, wherever they are on the way.

    LookupError for a subscriber that is none.
    """
    kinds = {one.name: one.kinds for one in delivery.subscribers()}[subscriber]
    asked = {"kinds": sorted(kinds), "task": TASK, "subscriber": subscriber}
    return {stream for (stream,) in statements.run(_UNTOLD, asked)}


def forget_old(at: datetime, keep: int = KEEP_LIVE) -> int:
    """Every hour: a browser that missed more than this starts anew anyway."""
    newest = Live.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return Live.objects.filter(id__lte=newest - keep).delete()[0]


def drain(at: datetime) -> int:
    """Relay and deliver everything that waits, here and now, and what that brings about.

    For tests, the demo and commands of the command line that run without a worker: jobs that wait
    for one are done first, and what is handed on now needs none. Returns how many events were.
    """
    while work_off(at):
        pass
    count = 0
    while is_waiting() and (handed_on := _hand_on(partial(delivery.handle, at=at))):
        count += handed_on
    return count


def work_off(at: datetime, subscriber: str = "") -> bool:
    """Do the first of the jobs that wait, or of those of one subscriber; False for none.

    Only whoever is at work on a job of this subscriber: its lock keeps everybody else away.
    """
    with transaction.atomic():
        job = statements.run(*(_ONES, [TASK, subscriber]) if subscriber else (_ANYBODYS, [TASK]))
        if job:
            args = json.loads(job[0][0])
            delivery.handle(args["subscriber"], [tuple(p) for p in args["events"]], at)
    return bool(job)
