"""What may be done in this room: the only modules of it that write."""

from bihuan.improvement.commands.decisions import Proposal, decide, finish, publish
from bihuan.improvement.commands.meetings import (
    attend,
    call,
    call_off,
    close,
    put_item,
    recuse,
)
from bihuan.improvement.commands.seats import appoint, end_seat
from bihuan.improvement.commands.triage import triage

__all__ = [
    "Proposal",
    "appoint",
    "attend",
    "call",
    "call_off",
    "close",
    "decide",
    "end_seat",
    "finish",
    "publish",
    "put_item",
    "recuse",
    "triage",
]
