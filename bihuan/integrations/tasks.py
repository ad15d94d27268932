"""Hear what happens to cases, and run the sending in a thread of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from bihuan.events.models import Event
from bihuan.integrations import commands


def hear(events: Sequence[Event]) -> None:
    """Subscriber: what an endpoint asked for is queued for it, once for each event."""
    commands.queue(events)


def send(at: datetime) -> None:
    """Periodic, every second, in a thread of its own: a slow endpoint delays no notice.

    While endpoints are waited for the clock goes on from `at`.
    """
    began = clock()

    def now() -> datetime:
        return at + max(clock() - began, timedelta(0))

    commands.sweep(now)


def forget(at: datetime) -> int:
    """Every hour: secrets that sign no more, and deliveries of long ago."""
    return commands.forget(at)


def clock() -> datetime:
    """What the clock says."""
    return timezone.now()
