"""What time brings to persons: a verified identity lapses, a link is over."""

from __future__ import annotations

from datetime import datetime

from bihuan.accounts import commands


def lapse(at: datetime) -> int:
    """Every hour: what was verified so long ago is destroyed (1.2 ①)."""
    return commands.lapse_identities(at=at)


def forget_links(at: datetime) -> int:
    """Every hour: links that are over open nothing, and need not be kept."""
    return commands.forget_links(at=at)
