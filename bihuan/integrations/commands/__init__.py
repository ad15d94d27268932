"""The only way to write endpoints and deliveries: keep them, queue for them, send."""

from __future__ import annotations

from bihuan.integrations.commands.keeping import (
    Made,
    add,
    change,
    forget,
    remove,
    rotate,
    switch_off,
    switch_on,
)
from bihuan.integrations.commands.queueing import ping, queue, replay, replay_since
from bihuan.integrations.commands.sending import sweep

__all__ = [
    "Made",
    "add",
    "change",
    "forget",
    "ping",
    "queue",
    "remove",
    "replay",
    "replay_since",
    "rotate",
    "sweep",
    "switch_off",
    "switch_on",
]
