"""What may be done with calls: the only modules of this room that write."""

from bihuan.phone.commands.backs import (
    drop_back,
    hand_back,
    promise_back,
    reopen_back,
    try_back,
)
from bihuan.phone.commands.hearing import hear
from bihuan.phone.commands.lines import (
    end_all_but,
    forget,
    hold_line,
    may_manage,
    remove_extension,
    set_extension,
)
from bihuan.phone.commands.missed import settle
from bihuan.phone.commands.noting import link, note_call, reveal_call, unlink
from bihuan.phone.rules.facts import Fact

__all__ = [
    "Fact",
    "drop_back",
    "end_all_but",
    "forget",
    "hand_back",
    "hear",
    "hold_line",
    "link",
    "may_manage",
    "note_call",
    "promise_back",
    "remove_extension",
    "reopen_back",
    "reveal_call",
    "set_extension",
    "settle",
    "try_back",
    "unlink",
]
