"""How long each channel worked: from the silences that were kept, and the times nobody watched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bihuan.channels import rules
from bihuan.channels.models import Outage, Seen, Silence
from bihuan.channels.queries.rows import silences


@dataclass(frozen=True, slots=True)
class Availability:
    """Of a channel in a period: per cent of the watched time, None where nobody watched.

    `down` is how long it did not work, `times` how often, `planned` how long it was announced.
    """

    per_cent: float | None
    down: timedelta
    times: int
    planned: timedelta


def availability(
    rows: Sequence[Seen], *, since: datetime, until: datetime, at: datetime
) -> dict[tuple[str, bool], Availability]:
    """By channel and direction; two queries for any number. What is yet to come is not counted."""
    end = min(until, at)
    kept = silences(since, end)
    unseen = [(one.began_at, one.ended_at or end) for one in kept if not one.channel]
    planned = Outage.objects.filter(starts_at__lt=end, ends_at__gt=since)
    found = {}
    for row in rows:
        mine = [_span(one, end) for one in kept if _is_of(one, row)]
        before = [(since, row.watched_since)] if row.watched_since > since else []
        announced = [
            (one.starts_at, min(one.ends_at, one.taken_back_at or one.ends_at))
            for one in planned
            if one.channel == row.channel and not row.outward
        ]
        found[row.channel, row.outward] = Availability(
            rules.available(mine, [*unseen, *before], since=since, until=max(end, since)),
            rules.covered(mine, max(since, row.watched_since), max(end, since)),
            len(mine),
            rules.covered(announced, since, max(end, since)),
        )
    return found


def _is_of(one: Silence, row: Seen) -> bool:
    return (one.channel, one.outward) == (row.channel, row.outward)


def _span(one: Silence, end: datetime) -> rules.Span:
    return one.began_at, one.ended_at or end
