"""What is asked of the order system by the clock, outside any transaction."""

from __future__ import annotations

from datetime import datetime

from bihuan.orders import commands


def look_up(at: datetime) -> int:
    """Every 2 s: numbers that were typed for a case."""
    return commands.look_up(at=at)


def carry(at: datetime) -> int:
    """Every 2 s: refunds that are due, new or on their way."""
    return commands.carry_refunds(at=at)
