"""Acts without a way back, and why; those that another test walks; what is nobody's act on a case.

A word that reached its person cannot be unsaid. Its way back is before: the eight seconds in which
a reply is held (UI rule 9), and for all that ends a matter the round that comes after it.
"""

from __future__ import annotations

TOLD = "the person was told: the eight seconds before it went are the way back, later a next word"
KEPT = "part of the record: a wrong word is followed by a right one, and both stay"
SEEN = "what was seen cannot be unseen; that it was seen, by whom and why, stays in the log"
OWN = "one's own tool, no act on a case; it is set anew the same way"
DRAFT = "nothing was done yet: a draft is written anew"
END = "its end is judged and stays; the matter is taken up again as a new one"

NO_WAY: dict[str, str] = {
    "file_appeal": "an appeal taken down on somebody's word is theirs: they withdraw it",
    "add_to_appeal": "what was said of an appeal was told to the other side",
    "accept_appeal": "told at once; the reviewer may still step aside",
    "ask_appellant": "a question was told; another may follow",
    "decline_appeal": "told at once: the person goes to the next level or outside",
    "decide_appeal": "told at once: the next level decides anew, and the log keeps both",
    "recuse": "whoever stepped aside reviews this no more (3.2); others are named",
    "appoint_reviewer": "another is named by the same command",
    "declare_interest": "ended by end_interest, by somebody who is not concerned",
    "end_interest": "declared anew by declare_interest",
    # ---- the lifecycle
    "accept": TOLD, "answer": TOLD, "confirm_problem": TOLD, "propose": TOLD, "tell": TOLD,
    "repair": TOLD, "plan": TOLD,
    "notify": "the person was told the result: theirs is the objection, a new round the way on",
    "reopen": "the person was told that work goes on: it is handled to its end, in its own round",
    "review": KEPT, "find": KEPT, "note": KEPT, "add_material": KEPT,
    "ask_identity": "the person was asked; a supervisor's waiver makes the answer unnecessary",
    "waive_identity": "nothing is owed by it: the case need not be accepted, and the person may "
    "still prove who they are",
    # ---- beside it
    "add_evidence": KEPT, "add_file": KEPT, "add_files": KEPT, "bring": KEPT,
    "reveal_words": SEEN, "look": SEEN, "reveal": SEEN, "open_identity": SEEN, "open_file": SEEN,
    "note_export": SEEN, "print_draft": SEEN,
    "hand_over_all": "each move is an assignment, taken back as one: assign",
    "rebalance": "each move is an assignment, taken back as one: assign",
    "take_back_bulk": "nothing was done: it is ordered anew",
    "drop_routing_draft": DRAFT, "move_rule": DRAFT, "remove_rule": DRAFT,
    "begin_file": DRAFT, "append_part": DRAFT, "end_file": DRAFT, "material_draft": DRAFT,
    "take_back": DRAFT, "drop_held": DRAFT,
    "end_absence": "whoever is away again says so: be_absent",
    "mark_absent": "as be_absent, which is the act of the desk",
    "save_macro": OWN, "delete_macro": OWN, "save_view": OWN, "change_view": OWN,
    "delete_view": OWN, "move_view": OWN, "start_with": OWN, "set_keys": OWN,
    "ask_refund": "money asked back is not called back: it is read once more before it is sent",
    # ---- complaints
    "finish": "its finding is part of the record; another share asks once more: give",
    "answer_inquiry": "a record of what somebody outside has said; a next inquiry asks once more",
    "open_incident": "an incident without cases is closed: close_incident",
    "close_incident": END,
    "change_incident": "changed once more the same way, the old in the log",
    "note_incident": "an empty note hides it: note_incident",
    "tell_incident": TOLD, "tell_rest": TOLD, "mend_incident": TOLD,
    "raise_incident": "only proposes: each case is kept by keep_severity, or set back by set_tier",
    "explain": "explained once more the same way until it is signed",
    "sign": "signed is signed: against it stands the appeal",
    "appeal": "a person's right, once; the decision on it answers it",
    "decide": "decided by a third person, so that it ends",
    "set_measure": "reported done with what shows that it was not needed",
    "verify_measure": END,
    "write_report": "a next version, the earlier stay",
    "return_report": "submitted once more by its writer: submit_report",
    "return_measure": "reported once more by its owner: finish_measure",
    "sign_report": "signed and sent to the management: the paper stands",
    "ask_loop": "only looks",
    # ---- mail
    "open_by_hand": "the sender is told of the case: it is handled or declined as any other",
    "open_original": SEEN,
    # ---- counter
    "change_point": "changed once more the same way, the fields in the log",
    "recall": "a number called once more: nothing is to be undone",
    "transfer": "sent on once more the same way, or put back: put_back",
    "serve": "back in the queue: put_back, as from every other state of a visit",
    "register": "a case was filed: it ends as cases do, by its own steps",
    "print_slip": "only prints",
    "tell_in_person": TOLD,
    # ---- notify
    "resend": "a message that went cannot be called back; how often it may go is limited",
    "set_staff_wishes": OWN,
    # ---- accounts
    "create_staff": "somebody who leaves is no longer active; what they did keeps its name",
    "create_department": "named in the log: it is not used any more, and stays",
    "create_merchant": "named in the log: it is not used any more, and stays",
    "give_link": "its link is used up, or lapses",
    "revoke_token": "what may be known to others is not given back: create_token makes another",
    "set_on_duty": "set back the same way", "set_shifts": "set back the same way",
    "set_demands": "set back the same way",
    "verify_identity": "its number is destroyed with the verdict: the person declares anew",
    # ---- integrations
    "change": "changed once more the same way, the old in the log but for the path",
    "rotate": "both secrets sign for a day; a next change gives another",
    "remove": "asked once more before; another one is made, with a secret of its own: add",
    "ping": "about no case, and what was sent is sent",
    "replay": "the receiver knows it by its id, and what was sent is sent",
    "replay_since": "the receiver knows each by its id, and what was sent is sent",
    "refuse_identity": "its number is destroyed with the verdict: the person declares anew",
    # ---- chats
    "speak": TOLD, "note_chat": KEPT, "reveal_chat": SEEN,
    "open_case": "a case was filed: it ends as cases do, by its own steps",
    "set_limit": "set back the same way",
    # ---- calls
    "note_call": KEPT, "reveal_call": SEEN,
    "hand_back": "handed on the same way, also back to whoever had it",
}  # fmt: skip

#: act: the command that goes back, and the test that walks there
WALKED_IN: dict[str, tuple[str, str]] = {
    "pause": ("resume", "bihuan/cases/tests/test_pausing.py"),
    "approve_pause": ("resume", "bihuan/cases/tests/test_pausing.py"),
    "resume": ("pause", "bihuan/cases/tests/test_pausing.py"),
    "take_or_hold": ("take_back", "bihuan/cases/tests/test_holding.py"),
    "submit_report": ("return_report", "bihuan/complaints/tests/test_reports.py"),
    "finish_measure": ("return_measure", "bihuan/complaints/tests/test_measures.py"),
    "dismiss": ("open_by_hand", "bihuan/mail/tests/test_deciding.py"),
    "switch_off": ("switch_on", "bihuan/integrations/tests/test_reach.py"),
    "switch_on": ("switch_off", "bihuan/integrations/tests/test_reach.py"),
    "add": ("remove", "bihuan/integrations/tests/test_deliveries.py"),
    "add_point": ("close_point", "bihuan/counter/tests/test_points.py"),
    "close_point": ("reopen_point", "bihuan/counter/tests/test_points.py"),
    "reopen_point": ("close_point", "bihuan/counter/tests/test_points.py"),
    "set_day": ("clear_day", "bihuan/counter/tests/test_points.py"),
    "clear_day": ("set_day", "bihuan/counter/tests/test_points.py"),
    "take_number": ("drop_number", "bihuan/counter/tests/test_ways_back.py"),
    "check_in": ("drop_number", "bihuan/counter/tests/test_queue.py"),
    "drop_number": ("put_back", "bihuan/counter/tests/test_ways_back.py"),
    "call_next": ("put_back", "bihuan/counter/tests/test_ways_back.py"),
    "no_show": ("put_back", "bihuan/counter/tests/test_queue.py"),
    "finish_visit": ("put_back", "bihuan/counter/tests/test_queue.py"),
    "put_back": ("call_next", "bihuan/counter/tests/test_ways_back.py"),
    "call_off_booking": ("restore_booking", "bihuan/counter/tests/test_booking.py"),
    "restore_booking": ("call_off_booking", "bihuan/counter/tests/test_booking.py"),
    "announce_outage": ("take_back_outage", "bihuan/channels/tests/test_ways.py"),
    "take_back_outage": ("announce_outage", "bihuan/channels/tests/test_ways.py"),
    "set_contact": ("take_back_contact", "bihuan/channels/tests/test_ways.py"),
    "take_back_contact": ("set_contact", "bihuan/channels/tests/test_ways.py"),
    "set_wishes": ("unset_wishes", "bihuan/notify/tests/test_wishes.py"),
    "unset_wishes": ("set_wishes", "bihuan/notify/tests/test_wishes.py"),
    "create_token": ("revoke_token", "bihuan/accounts/tests/test_staff.py"),
    "link": ("unlink", "bihuan/phone/tests/test_noting.py"),
    "unlink": ("link", "bihuan/phone/tests/test_noting.py"),
    "promise_back": ("drop_back", "bihuan/phone/tests/test_backs.py"),
    "try_back": ("reopen_back", "bihuan/phone/tests/test_backs.py"),
    "drop_back": ("reopen_back", "bihuan/phone/tests/test_backs.py"),
    "reopen_back": ("drop_back", "bihuan/phone/tests/test_backs.py"),
    "attend": ("stop_attending", "bihuan/chat/tests/test_giving.py"),
    "stop_attending": ("attend", "bihuan/chat/tests/test_giving.py"),
    "take_over": ("hand_over", "bihuan/chat/tests/test_giving.py"),
    "change_line": ("change_line", "bihuan/chat/tests/test_giving.py"),
    "end": ("reopen", "bihuan/chat/tests/test_giving.py"),
    "tie": ("untie", "bihuan/chat/tests/test_casing.py"),
    "untie": ("tie", "bihuan/chat/tests/test_casing.py"),
    "set_extension": ("remove_extension", "bihuan/phone/tests/test_lines.py"),
    "remove_extension": ("set_extension", "bihuan/phone/tests/test_lines.py"),
}

#: Of the person, of the house's clock, of intake; and what only looks, or takes any step.
NOT_STAFF = frozenset(
    {
        *(
            "check_refund",
            "may_refund",
            "confirm",
            "dispute",
            "withdraw",
            "complain",
            "rate",
            "message",
            "urge",
            "update_contact",
        ),
        *("set_preferences", "declare_identity", "withdraw_identity", "save_draft", "drop_draft"),
        *("join_draft", "remove_file", "silence", "close", "archive", "remind", "chase", "judge"),
        *("chase_higher",),
        *("recount", "recount_now", "rise", "need", "meet", "alarm_unrouted", "end_all", "follow"),
        *("end_inquiries", "ask_for_report", "send_report", "file", "file_once", "be_here"),
        *("reported", "settle_arrival"),  # by whoever delivers
        *("bind_wechat", "unbind_wechat", "wechat_left", "new_code", "unbind"),
        *("take_up_all", "take_up_inquiries", "mail_failed", "mail_works", "speaks"),
        *("book", "move", "cancel"),  # appointments, by whoever holds their link
        *("leave", "leave_contact", "may_work", "take", "take_all", "hold", "check_absence"),
        *(
            "adopt_files",
            "hear_result",
            "keep_conversation",
            "plans",
            "call_person",
            "prove",
            "typing",
            "read",
            "be_there",
            "beat",
        ),  # of a chat
        *("give_next", "lapse", "forget_chats"),
        *("mark_read", "bounced"),  # by its reader; by the mail server
        *("overturn", "keep_said"),  # by what was decided or said in a room above
        *("withdraw_appeal", "object_to_reviewer", "lapse_appeal", "draw_reviewer", "move_need"),
        *("let_go",),
        *("hear", "settle", "forget", "end_all_but", "may_manage"),
    }
)
