"""What waits is taken again: what a fault of ours held up, and pictures that are still fetched."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.db import InterfaceError, OperationalError

from bihuan.wechat import commands, queries, wires
from bihuan.wechat.models import Received
from bihuan.wechat.rules import envelope
from bihuan.wechat.rules import said as rules

_log = logging.getLogger(__name__)


def take(at: datetime) -> int:
    """Every second, in a thread of its own: what is due; how many were done."""
    if not settings.WECHAT.connected:
        return 0
    return sum(_take(row, at) for row in commands.lease(at))


def _take(row: Received, at: datetime) -> bool:
    """A fault stands in the log and holds up no other; it is tried again when its lease is over."""
    try:
        said = rules.read(envelope.fields(queries.raw_of(row)))
        if row.state == "waiting":
            commands.settle(row_id=row.id, said=said, at=at)
            return True
        return commands.fetch(row, said, wires.line(at), at)
    except (OperationalError, InterfaceError):  # the database, not the message, is at fault
        raise
    except Exception as fault:  # not what it says: it may hold what is personal
        _log.error("a message by WeChat, %d, try %d: %s", row.id, row.tries, type(fault).__name__)
        return False


def forget(at: datetime) -> int:
    """Every hour."""
    return commands.forget(at)
