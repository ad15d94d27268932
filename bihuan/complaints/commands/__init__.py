"""The only way to change what the house owes itself on a complaint (2.2.3, 2.2.4, 2.3.3)."""

from __future__ import annotations

from bihuan.complaints.commands.papers import print_draft
from bihuan.complaints.commands.records import WORDS_LEAST, WORDS_MOST, explain, open_record, sign
from bihuan.complaints.commands.reports import (
    ask_for_report,
    follow,
    return_report,
    send_report,
    sign_report,
    submit_report,
    write_report,
)
from bihuan.complaints.commands.sharing import drop, end_all, finish, give, hand_over, miss_shares

__all__ = [
    "WORDS_LEAST",
    "WORDS_MOST",
    "ask_for_report",
    "drop",
    "end_all",
    "explain",
    "finish",
    "follow",
    "give",
    "hand_over",
    "miss_shares",
    "open_record",
    "print_draft",
    "return_report",
    "send_report",
    "sign",
    "sign_report",
    "submit_report",
    "write_report",
]
