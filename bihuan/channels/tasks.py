"""What time brings, somebody looks at the channels; and what is heard of cases, their ratings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bihuan.channels import commands, wires
from bihuan.events.models import Event


def watch(at: datetime) -> int:
    """Every 20 s: ask each channel how it stands, and say what is new (6.4)."""
    found, whole = wires.standings(at)
    news = commands.note_standings(found=found, whole=whole, at=at)
    commands.count_answers(at=at)
    return news


def evaluate(at: datetime) -> int:
    """Every hour: once a quarter, say that the last one can be evaluated (F-6.4)."""
    return commands.remind_evaluation(at=at)


def rated(events: Sequence[Event]) -> None:
    """Subscriber to case.rated: what it says of the channel by which the case came."""
    commands.note_ratings(events)
