"""What time and cases bring to the counter: reminders, appointments not kept, results to tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bihuan.counter import commands
from bihuan.events.models import Event


def tend(at: datetime) -> int:
    """Every minute: who has an appointment tomorrow is reminded, who has not come is marked."""
    return commands.remind_all(at=at) + commands.miss_all(at=at)


def owe(events: Sequence[Event]) -> None:
    """Subscriber to case.result_notified: what the person wants to hear at the counter (2.4.1)."""
    for event in events:
        if event.data.get("channel") == "counter":
            commands.owe(
                case_id=event.stream, entry_id=event.data["entry"], round=event.data["round"],
                at=event.at,
            )  # fmt: skip
