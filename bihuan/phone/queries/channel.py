"""How the telephone stands: whether its systems live, and how long whoever calls now may wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from bihuan.core.ports import Contacts, Standing
from bihuan.phone.models import Call, Source
from bihuan.phone.queries.seen import is_there
from bihuan.phone.rules.facts import LONGEST
from bihuan.store import statements

CHANNEL = "phone"
LATELY = timedelta(hours=2)  # the calls from which the wait of the next is taken
LEAST = 3  # of them
LET_GO = timedelta(minutes=1)  # a line that nobody asked for so long is kept by nobody
_WAITED = """
SELECT count(*), percentile_disc(0.5) WITHIN GROUP (
    ORDER BY greatest(0, extract(epoch FROM answered_at - started_at))::int
)
FROM phone_call
WHERE direction = 'in' AND started_at >= %s AND started_at < %s AND outcome = 'answered'
"""
_COUNTED = """
SELECT count(*), count(*) FILTER (WHERE outcome = 'answered') FROM phone_call
WHERE direction = 'in' AND started_at >= %s AND started_at < %s AND outcome <> ''
"""


def channel_standing(at: datetime) -> Standing | None:
    """None where no telephone system is named. One that lost its line fails the whole channel."""
    if not is_there():
        return None
    rows = list(Source.objects.all())
    broken = [found for row in rows if (found := _broken(row, at))]
    if settings.PHONE.ari_url and not any(row.until for row in rows):
        broken.append((at, "no_line"))
    since, reason = min(broken, default=(None, ""))
    signs = [sign for row in rows for sign in (row.heard_at, row.seen_at) if sign]
    count, wait = statements.run(_WAITED, [at - LATELY, at])[0]
    waiting = Call.objects.filter(
        direction="in", ended_at=None, answered_at=None, started_at__gt=at - LONGEST
    )
    return Standing(
        CHANNEL, alive_at=max(signs, default=None), failing_since=since, reason=reason,
        wait_seconds=wait if count >= LEAST else None, waiting=waiting.count(),
    )  # fmt: skip


def _broken(row: Source, at: datetime) -> tuple[datetime, str] | None:
    """Since when this system has no line, and why; silence alone is no sign of it."""
    if row.fault:
        return row.seen_at or row.heard_at or at, row.fault
    if row.until and row.until < at - LET_GO:
        return row.until, "no_line"
    return None


def contacts(since: datetime, until: datetime) -> Contacts:
    """Calls that came in, and those of them that somebody took."""
    return Contacts(CHANNEL, *statements.run(_COUNTED, [since, until])[0])
