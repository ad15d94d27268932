"""What events and time bring: records of breaches, measures chased, reports kept up to date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from bihuan.complaints import commands, rules
from bihuan.events.models import Event

BATCHES = 50_000  # cases of one go; the next goes on where it ended


def hold_to_account(events: Sequence[Event]) -> None:
    """Subscriber to clock.missed, which is said of hard deadlines only, once for each (2.3.3)."""
    for at, said in groupby(events, key=lambda event: event.at):
        commands.open_record([rules.breach(one.stream, one.data) for one in said], at=at)


def chase(at: datetime) -> int:
    """Every minute: say of rectification tasks whose day is over that they are late."""
    return commands.chase_measures(at=at)


def mark(events: Sequence[Event]) -> None:
    """Subscriber to whatever may decide a due: its cases are reckoned anew (2.3.2)."""
    commands.mark({one.stream for one in events})


def reckon(at: datetime) -> int:
    """Every 20 s: bring the sums of the reports up to date; returns how many cases."""
    done = some = commands.reckon(at=at)
    while some == commands.AT_ONCE:
        some = commands.reckon(at=at)
        done += some
    return done


def tell_month(at: datetime) -> int:
    """Every ten minutes: on the first working day tell of last month's report (2.2.4)."""
    return commands.tell_month(at=at)


def look_at_loop(at: datetime) -> int:
    """Every 3 s: go on with the look that was asked for, or is due; returns how many cases."""
    done = some = commands.look_at_loop(at=at)
    while some and done < BATCHES:
        some = commands.look_at_loop(at=at)
        done += some
    return done
