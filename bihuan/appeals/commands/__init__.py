"""The only way to change an appeal (3.2)."""

from bihuan.appeals.commands.filing import (
    LEAST,
    MOST,
    WISH_MOST,
    add_to_appeal,
    file_appeal,
    lapse_appeal,
    object_to_reviewer,
    withdraw_appeal,
)
from bihuan.appeals.commands.following import (
    declare_interest,
    end_interest,
    let_go,
    miss_appeals,
    move_need,
)
from bihuan.appeals.commands.reviewing import (
    DECLINES,
    PARTS,
    accept_appeal,
    appoint_reviewer,
    ask_appellant,
    decide_appeal,
    decline_appeal,
    draw_reviewer,
    recuse,
)

__all__ = [
    "DECLINES",
    "LEAST",
    "MOST",
    "PARTS",
    "WISH_MOST",
    "accept_appeal",
    "add_to_appeal",
    "appoint_reviewer",
    "ask_appellant",
    "decide_appeal",
    "declare_interest",
    "decline_appeal",
    "draw_reviewer",
    "end_interest",
    "file_appeal",
    "lapse_appeal",
    "let_go",
    "miss_appeals",
    "move_need",
    "object_to_reviewer",
    "recuse",
    "withdraw_appeal",
]
