"""What is counted of calls: how many were answered, how long people waited, by the hour (1.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound
from bihuan.phone.models import Source
from bihuan.store import statements

_BY_HOUR = """
SELECT extract(hour FROM started_at AT TIME ZONE 'Asia/Shanghai')::int AS hour, count(*),
    count(*) FILTER (WHERE outcome = 'answered'),
    count(*) FILTER (WHERE outcome IN ('missed', 'abandoned', 'voicemail'))
FROM phone_call
WHERE direction = 'in' AND started_at >= %(since)s AND started_at < %(until)s AND outcome <> ''
GROUP BY hour ORDER BY hour
"""
_WAIT = """
SELECT percentile_disc(0.5) WITHIN GROUP (
    ORDER BY greatest(0, extract(epoch FROM answered_at - started_at))::int
)
FROM phone_call
WHERE direction = 'in' AND started_at >= %(since)s AND started_at < %(until)s
    AND outcome = 'answered'
"""


@dataclass(frozen=True, slots=True)
class Hour:
    """Calls that began in one hour of the day (0 to 23, Shanghai)."""

    hour: int
    calls: int
    answered: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Incoming calls of a period that are over or answered.

    `wait_seconds` is the median of those that were answered; None when none was. `per_cent` of
    all that came, None when none did.
    """

    calls: int
    answered: int
    unanswered: int
    wait_seconds: int | None
    hours: tuple[Hour, ...]

    @property
    def per_cent(self) -> int | None:
        return (200 * self.answered + self.calls) // (2 * self.calls) if self.calls else None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """When a telephone system last told of a call, and last had a line; `fault` "" while it has."""

    source: str
    heard_at: datetime | None
    seen_at: datetime | None
    fault: str


def figures(by: Actor, *, since: datetime, until: datetime) -> Figures:
    """From `since` until before `until`. NotFound for outsiders."""
    if not by.is_staff:
        raise NotFound()
    period = {"since": since, "until": until}
    hours = tuple(Hour(*row) for row in statements.run(_BY_HOUR, period))
    wait = statements.run(_WAIT, period)[0][0]
    return Figures(
        calls=sum(hour.calls for hour in hours),
        answered=sum(hour.answered for hour in hours),
        unanswered=sum(hour.unanswered for hour in hours),
        wait_seconds=wait,
        hours=hours,
    )


def heartbeats(by: Actor) -> list[Heartbeat]:
    """Every telephone system that ever said something, or should. NotFound for outsiders."""
    if not by.is_staff:
        raise NotFound()
    rows = Source.objects.order_by("name")
    return [Heartbeat(row.name, row.heard_at, row.seen_at, row.fault) for row in rows]
