"""The ways to reach the house as people are shown them: what works first (6.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from bihuan.channels import rules, wires
from bihuan.channels.models import Outage, Published, Seen, Tally
from bihuan.channels.queries.rows import outages, published
from bihuan.channels.rules import State
from bihuan.core import opening
from bihuan.core.clocks import SHANGHAI
from bihuan.core.opening import Span
from bihuan.core.ports import Standing
from bihuan.policy import queries as policy


@dataclass(frozen=True, slots=True)
class Way:
    """One way in. `address` is a number, an account or a mail address; "" where none is needed.

    `outage` runs now, `next_outage` will. `answers` and `satisfied` are of the last days.
    """

    channel: str
    state: State
    address: str = ""
    link: str = ""
    week: Mapping[int, Sequence[Span]] | None = None
    always: bool = False
    opens_at: datetime | None = None
    wait_seconds: int | None = None
    waiting: int = 0
    failing_since: datetime | None = None
    outage: Outage | None = None
    next_outage: Outage | None = None
    answers: int = 0
    satisfied: int = 0
    clauses: tuple[str, ...] = ()

    @property
    def works(self) -> bool:
        """Whether trying it is of use now or later today; what is closed or dead says why not."""
        return self.state in ("open", "unknown", "shut")


def ways(at: datetime, *, asks: bool = True) -> list[Way]:
    """Those that are configured, in the order to try them; four queries while they are watched.

    Where nobody watches, the channels themselves are asked, unless there is no time for it.
    """
    rows = {row.channel: row for row in Seen.objects.filter(outward=False, gone_at=None)}
    watched = bool(rows) and all(at - row.seen_at <= rules.BLINK for row in rows.values())
    found: Mapping[str, Seen | Standing] = rows
    if asks and not watched:
        found = {one.channel: one for one in wires.standings(at)[0] if not one.outward}
    planned = outages(at)
    tallies = {row.channel: row for row in Tally.objects.all()}
    listed = [
        _way(channel, standing, row, [one for one in planned if one.channel == channel],
             tallies.get(channel), at)
        for channel, standing, row in _configured(found, published())
    ]  # fmt: skip
    return sorted(listed, key=lambda way: rules.ORDER[way.state])


def _configured(
    found: Mapping[str, Seen | Standing], known: Mapping[str, Published]
) -> Iterator[tuple[str, Seen | Standing | None, Published | None]]:
    """A way without an address is not shown, however well it works (X-26)."""
    for channel in rules.SHOWN:
        standing, row = found.get(channel), known.get(channel)
        if channel in rules.PUBLISHED:
            if row and (row.address or row.link):
                yield channel, standing, row
        elif standing:
            yield channel, standing, None


def _way(
    channel: str, standing: Seen | Standing | None, row: Published | None,
    planned: list[Outage], counted: Tally | None, at: datetime,
) -> Way:  # fmt: skip
    running = next((one for one in planned if one.starts_at <= at), None)
    hours = row.week if row and row.week else None
    open_now, opens_at = _hours(hours, standing, at)
    failing = standing.failing_since if standing else None
    always = bool(standing and standing.always and not hours)
    term = policy.current(at).channels.get(channel)
    return Way(
        channel=channel,
        state=rules.state(
            failing=bool(failing), planned=bool(running), open_now=open_now, always=always
        ),
        address=_address(channel, row),
        link=row.link if row else "",
        week=hours,
        always=always,
        opens_at=opens_at,
        wait_seconds=standing.wait_seconds if standing else None,
        waiting=standing.waiting if standing else 0,
        failing_since=failing,
        outage=running,
        next_outage=next((one for one in planned if one.starts_at > at), None),
        answers=counted.answers if counted else 0,
        satisfied=counted.satisfied if counted else 0,
        clauses=term.clauses if term else (),
    )


def _address(channel: str, row: Published | None) -> str:
    if channel == "email":
        return str(settings.MAIL_ADDRESSES[0])
    return row.address if row else ""


def _hours(
    week: Mapping[int, Sequence[Span]] | None, standing: Seen | Standing | None, at: datetime
) -> tuple[bool | None, datetime | None]:
    """By the published hours where there are some, else by the channel's own word."""
    if week:
        days, today = policy.workdays(), at.astimezone(SHANGHAI).date()
        spans = opening.spans_on(today, week=week, special={}, days=days)
        opens = opening.opens_next(at, week=week, special={}, days=days)
        return opening.is_open(spans, at), opens
    return (standing.open_now, standing.opens_at) if standing else (None, None)


def footer(at: datetime) -> list[Way]:
    """What a letter ends with: the few ways that somebody can use from where it is read."""
    wanted = ("phone", "email")
    return [way for way in ways(at, asks=False) if way.channel in wanted and way.works]
