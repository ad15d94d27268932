"""What time brings to chats: the next one is given, silent ones move on, nothing is lost."""

from __future__ import annotations

from datetime import datetime

from bihuan.chat import commands
from bihuan.core.actors import SYSTEM


def give(at: datetime) -> int:
    """Every second: whoever waits is given to whoever has room."""
    return commands.give_next(at=at)


def tend(at: datetime) -> int:
    """Every five seconds: chats nobody answers go back, idle ones end, lone ones become cases."""
    return commands.lapse(by=SYSTEM, at=at)


def forget(at: datetime) -> int:
    """Every hour: the words of old chats are kept no longer (3.3)."""
    return commands.forget_chats(by=SYSTEM, at=at)
