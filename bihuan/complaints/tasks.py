"""What happens to a case reaches what the house owes itself: records and shares (2.3.3, 2.2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from bihuan.complaints import commands, rules
from bihuan.core.actors import SYSTEM
from bihuan.events.models import Event


def end_shares(events: Sequence[Event]) -> None:
    """Subscriber to what ends a case before its decision: nobody waits for its shares any more."""
    for event in events:
        if "from" in event.data:  # not of a case that only took another in
            commands.end_all(case_id=event.stream, by=SYSTEM, at=event.at)


def tend(at: datetime) -> int:
    """Every minute: shares whose time is over."""
    return commands.miss_shares(at=at)


def hold_to_account(events: Sequence[Event]) -> None:
    """Subscriber to clock.missed, which is said of hard deadlines only, once for each."""
    for at, said in groupby(events, key=lambda event: event.at):
        commands.open_record([rules.breach(one.stream, one.data) for one in said], at=at)
