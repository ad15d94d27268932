"""How the counters stand together: whether any is open, and the shortest wait among the open."""

from __future__ import annotations

from datetime import datetime

from bihuan.core import opening
from bihuan.core.ports import Contacts, Standing
from bihuan.counter.models import Visit
from bihuan.counter.queries.points import Standing as Now
from bihuan.counter.queries.points import points, standings
from bihuan.counter.queries.queue import queues

CHANNEL = "counter"


def channel_standing(at: datetime) -> Standing | None:
    """None while no point is configured. A counter does not fail: it is open, or it is not."""
    rows = [row for row in points() if row.is_configured]
    if not rows:
        return None
    now = standings(rows, at)
    open_ = queues([row for row in rows if now[row.id].is_open], at)
    waits = [(one.wait_of_next, len(one.waiting)) for one in open_]
    shortest, waiting = min(waits, default=(None, 0))
    opens = [found for row in rows if (found := _opens(now[row.id], at))]
    return Standing(
        CHANNEL, alive_at=at, open_now=bool(open_), opens_at=min(opens, default=None),
        wait_seconds=None if shortest is None else 60 * shortest, waiting=waiting,
    )  # fmt: skip


def _opens(now: Now, at: datetime) -> datetime | None:
    """When it opens next."""
    starts = [opening.moment(now.day, first) for first, _ in now.spans] if now.day else []
    return next((start for start in starts if start > at), None)


def contacts(since: datetime, until: datetime) -> Contacts:
    """Numbers that were taken, and those of them that were served."""
    came = Visit.objects.filter(taken_at__gte=since, taken_at__lt=until)
    return Contacts(CHANNEL, came.count(), came.filter(served_at__isnull=False).count())
