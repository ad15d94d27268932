"""The only way to write messages: queue them, send them, read them, try them again."""

from __future__ import annotations

from bihuan.notify.commands.arriving import reported, settle_arrival, trace
from bihuan.notify.commands.bouncing import bounced
from bihuan.notify.commands.reading import mark_read, resend
from bihuan.notify.commands.sending import BATCH, LEASE, batch_of, sweep
from bihuan.notify.commands.telling import Telling, tell, tell_all

__all__ = [
    "BATCH",
    "LEASE",
    "Telling",
    "batch_of",
    "bounced",
    "mark_read",
    "reported",
    "resend",
    "settle_arrival",
    "sweep",
    "tell",
    "tell_all",
    "trace",
]
