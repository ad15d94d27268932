"""A missed deadline opens the record of who answers for it (2.3.3)."""

from __future__ import annotations

from bihuan.complaints import commands, rules
from bihuan.events.models import Event


def hold_to_account(event: Event) -> None:
    """Subscriber to clock.missed, which is said of hard deadlines only, once for each."""
    commands.open_record(rules.breach(event.stream, event.data), at=event.at)
