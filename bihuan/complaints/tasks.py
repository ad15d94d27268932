"""A missed deadline opens the record of who answers for it; what is to be put right is chased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from bihuan.complaints import commands, rules
from bihuan.events.models import Event


def hold_to_account(events: Sequence[Event]) -> None:
    """Subscriber to clock.missed, which is said of hard deadlines only, once for each (2.3.3)."""
    for at, said in groupby(events, key=lambda event: event.at):
        commands.open_record([rules.breach(one.stream, one.data) for one in said], at=at)


def chase(at: datetime) -> int:
    """Every minute: say of rectification tasks whose day is over that they are late."""
    return commands.chase_measures(at=at)
