"""The only way to change anything at the counter."""

from bihuan.counter.commands.booking import (
    book,
    call_off_booking,
    cancel,
    miss_all,
    move,
    remind_all,
    restore_booking,
)
from bihuan.counter.commands.points import (
    PointGiven,
    add_point,
    change_point,
    clear_day,
    close_point,
    reopen_point,
    set_day,
)
from bihuan.counter.commands.queue import (
    call_next,
    check_in,
    drop_number,
    finish_visit,
    no_show,
    put_back,
    recall,
    serve,
    take_number,
    transfer,
)
from bihuan.counter.commands.registering import register
from bihuan.counter.commands.slips import print_slip
from bihuan.counter.commands.telling import CHECKED, TO, owe, receipt, tell_in_person

__all__ = [
    "CHECKED",
    "TO",
    "PointGiven",
    "add_point",
    "book",
    "call_next",
    "call_off_booking",
    "cancel",
    "change_point",
    "check_in",
    "clear_day",
    "close_point",
    "drop_number",
    "finish_visit",
    "miss_all",
    "move",
    "no_show",
    "owe",
    "print_slip",
    "put_back",
    "recall",
    "receipt",
    "register",
    "remind_all",
    "reopen_point",
    "restore_booking",
    "serve",
    "set_day",
    "take_number",
    "tell_in_person",
    "transfer",
]
