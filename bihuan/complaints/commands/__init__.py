"""The only way to change what the house owes itself on a complaint (2.2.3, 2.2.4, 2.3.3)."""

from __future__ import annotations

from bihuan.complaints.commands.records import WORDS_LEAST, WORDS_MOST, explain, open_record, sign
from bihuan.complaints.commands.sharing import drop, end_all, finish, give, hand_over, miss_shares

__all__ = [
    "WORDS_LEAST",
    "WORDS_MOST",
    "drop",
    "end_all",
    "explain",
    "finish",
    "give",
    "hand_over",
    "miss_shares",
    "open_record",
    "sign",
]
