"""What may be done with chats: the only modules of this room that write."""

from bihuan.chat.commands.asking import ask, call_person, prove, rate
from bihuan.chat.commands.attending import attend, beat, set_limit, stop_attending
from bihuan.chat.commands.casing import leave_contact, open_case, tie, untie
from bihuan.chat.commands.ending import end, finish, forget_chats, lapse, leave, reopen
from bihuan.chat.commands.giving import (
    change_line,
    give_next,
    hand_over,
    put_back,
    take,
    take_over,
)
from bihuan.chat.commands.revealing import reveal_chat
from bihuan.chat.commands.saying import Said, be_there, note_chat, read, speak, typing
from bihuan.chat.rules import plans

__all__ = [
    "Said",
    "ask",
    "attend",
    "be_there",
    "beat",
    "call_person",
    "change_line",
    "end",
    "finish",
    "forget_chats",
    "give_next",
    "hand_over",
    "lapse",
    "leave",
    "leave_contact",
    "note_chat",
    "open_case",
    "plans",
    "prove",
    "put_back",
    "rate",
    "read",
    "reopen",
    "reveal_chat",
    "set_limit",
    "speak",
    "stop_attending",
    "take",
    "take_over",
    "tie",
    "typing",
    "untie",
]
