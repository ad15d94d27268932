"""The only way to write messages: queue them, send them, read them, try them again."""

from __future__ import annotations

from bihuan.notify.commands.arriving import reported, settle_arrival, trace
from bihuan.notify.commands.bouncing import bounced
from bihuan.notify.commands.reading import mark_read
from bihuan.notify.commands.resending import resend
from bihuan.notify.commands.sending import BATCH, LEASE, batch_of, sweep
from bihuan.notify.commands.telling import Telling, tell, tell_all
from bihuan.notify.commands.wishing import (
    Wished,
    keep_to_app,
    set_staff_wishes,
    set_wishes,
    unset_wishes,
)
from bihuan.notify.wishes import Quiet

__all__ = [
    "BATCH",
    "LEASE",
    "Quiet",
    "Telling",
    "Wished",
    "batch_of",
    "bounced",
    "keep_to_app",
    "mark_read",
    "reported",
    "resend",
    "set_staff_wishes",
    "set_wishes",
    "settle_arrival",
    "sweep",
    "tell",
    "tell_all",
    "trace",
    "unset_wishes",
]
