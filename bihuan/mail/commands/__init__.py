"""What is done with a mail: kept, taken into a case, decided by a person, forgotten."""

from __future__ import annotations

from bihuan.mail.commands.deciding import (
    UNDECIDED,
    dismiss,
    forget,
    open_by_hand,
    open_original,
)
from bihuan.mail.commands.keeping import Came, keep
from bihuan.mail.commands.taking import lease, take
from bihuan.mail.commands.watching import (
    begin_anew,
    keep_found,
    listen,
    look_failed,
    look_into,
    looked,
)

__all__ = [
    "UNDECIDED",
    "Came",
    "begin_anew",
    "dismiss",
    "forget",
    "keep",
    "keep_found",
    "lease",
    "listen",
    "look_failed",
    "look_into",
    "looked",
    "open_by_hand",
    "open_original",
    "take",
]
