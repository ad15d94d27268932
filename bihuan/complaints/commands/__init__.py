"""The only way to change what the house owes itself on a complaint (2.2.3, 2.2.4, 2.3.3)."""

from __future__ import annotations

from bihuan.complaints.commands.appeals import OUTCOMES, appeal, decide
from bihuan.complaints.commands.exports import FORMATS, REASON_MOST, WHAT, note_export
from bihuan.complaints.commands.handling import mark_step
from bihuan.complaints.commands.incident_words import (
    RAISED,
    WRITTEN,
    mend_incident,
    note_told,
    raise_incident,
    tell_incident,
    tell_rest,
)
from bihuan.complaints.commands.incidents import (
    add_to_incident,
    change_incident,
    close_incident,
    note_incident,
    open_incident,
    remove_from_incident,
)
from bihuan.complaints.commands.inquiries import (
    answer_inquiry,
    ask,
    drop_inquiry,
    end_inquiries,
    miss_inquiries,
    take_up_inquiries,
)
from bihuan.complaints.commands.loop import ask_loop, look_at_loop
from bihuan.complaints.commands.measures import (
    RECORDS_MOST,
    WHAT_MOST,
    chase_measures,
    finish_measure,
    return_measure,
    set_measure,
    verify_measure,
)
from bihuan.complaints.commands.monthly import tell_month
from bihuan.complaints.commands.ontime import AT_ONCE, mark, reckon, sum_up
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
from bihuan.complaints.commands.sharing import (
    drop,
    end_all,
    finish,
    give,
    hand_over,
    miss_shares,
    take_up_all,
)

__all__ = [
    "AT_ONCE",
    "FORMATS",
    "OUTCOMES",
    "RAISED",
    "REASON_MOST",
    "RECORDS_MOST",
    "WHAT",
    "WHAT_MOST",
    "WORDS_LEAST",
    "WORDS_MOST",
    "WRITTEN",
    "add_to_incident",
    "answer_inquiry",
    "appeal",
    "ask",
    "ask_for_report",
    "ask_loop",
    "change_incident",
    "chase_measures",
    "close_incident",
    "decide",
    "drop",
    "drop_inquiry",
    "end_all",
    "end_inquiries",
    "explain",
    "finish",
    "finish_measure",
    "follow",
    "give",
    "hand_over",
    "look_at_loop",
    "mark",
    "mark_step",
    "mend_incident",
    "miss_inquiries",
    "miss_shares",
    "note_export",
    "note_incident",
    "note_told",
    "open_incident",
    "open_record",
    "print_draft",
    "raise_incident",
    "reckon",
    "remove_from_incident",
    "return_measure",
    "return_report",
    "send_report",
    "set_measure",
    "sign",
    "sign_report",
    "submit_report",
    "sum_up",
    "take_up_all",
    "take_up_inquiries",
    "tell_incident",
    "tell_month",
    "tell_rest",
    "verify_measure",
    "write_report",
]
