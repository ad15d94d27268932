"""A missed deadline opens the record of who answers for it (2.3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from bihuan.complaints import commands, rules
from bihuan.events.models import Event


def hold_to_account(events: Sequence[Event]) -> None:
    """Subscriber to clock.missed, which is said of hard deadlines only, once for each."""
    for at, said in groupby(events, key=lambda event: event.at):
        commands.open_record([rules.breach(one.stream, one.data) for one in said], at=at)
