"""What time brings to persons: a verified identity lapses."""

from __future__ import annotations

from datetime import datetime

from bihuan.accounts import commands


def lapse(at: datetime) -> int:
    """Every hour: what was verified so long ago is destroyed (1.2 ①)."""
    return commands.lapse_identities(at=at)
