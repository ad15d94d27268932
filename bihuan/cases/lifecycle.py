"""The table of HOUSE §6b: state, action, next state, who may, clause, milestones it proves."""

from __future__ import annotations

from bihuan.core.actors import STAFF, Role
from bihuan.core.lifecycle import Lifecycle, Step

C = frozenset({Role.CUSTOMER})
S = STAFF
V = frozenset({Role.SUPERVISOR})
Y = frozenset({Role.SYSTEM})

ANSWERED = ("case.first_response",)
ACCEPTED = ("complaint.accepted",)
CONFIRMED = ("aftersales.problem_confirmed",)
REVIEWED = ("complaint.initial_review_done",)
PROPOSED = ("case.initial_solution_sent",)
FOUND = ("complaint.preliminary_done",)
TOLD = ("complaint.preliminary_result_sent",)
REPAIRED = ("incident.repaired",)
HANDLED = ("case.handling_done",)
NOTIFIED = ("case.result_notice_sent", "complaint.final_feedback_sent")
PLANNED = ("feedback.plan_set",)

#: The order in which milestones are reached (HOUSE §6b); a later step waits for the earlier.
MILESTONES = (
    *ACCEPTED,
    *CONFIRMED,
    *ANSWERED,
    *PROPOSED,
    *REVIEWED,
    *FOUND,
    *TOLD,
    *REPAIRED,
    *HANDLED,
    "complaint.final_feedback_sent",
    "case.result_notice_sent",
    *PLANNED,
)

_STAYS = (
    #   action             who     clause   milestones
    ("answer",             S,      "1.4",   ANSWERED),
    ("confirm_problem",    S,      "6.3",   CONFIRMED),
    ("review",             S,      "3.2",   REVIEWED),
    ("propose",            S,      "4.2",   PROPOSED),
    ("find",               S,      "2.2.3", FOUND),
    ("tell",               S,      "2.2.3", TOLD),
    ("repair",             S,      "4.2",   REPAIRED),
    ("plan",               S,      "7.2",   PLANNED),
    ("pause",              S,      "2.3",   ()),
    ("approve_pause",      V,      "2.3",   ()),
    ("resume",             S,      "2.3",   ()),
    ("note",               S | Y,  "2.2.4", ()),
    ("message",            C,      "2.3.2", ()),
    ("add_material",       C | S,  "2.2.1", ()),
    ("assign",             S | Y,  "2.2.2", ()),
    ("classify",           S,      "2.1.2", ()),
    ("approve_kind",       V,      "2.1.2", ()),
    ("keep_kind",          S,      "2.1.2", ()),
    ("set_severity",       S,      "2.3.1", ()),
    ("approve_severity",   V,      "2.3.1", ()),
    ("keep_severity",      S,      "2.3.1", ()),
    ("set_tier",           S,      "4.2",   ()),
    ("set_priority",       S,      "7.2",   ()),
    ("split",              S,      "2.2.3", ()),
    ("escalate",           S,      "2.2.2", ()),
    ("tag",                S,      "2.1.2", ()),
)  # fmt: skip

CASE = Lifecycle(
    start="filed",
    steps=[
        #    from         action       to           who     clause   milestones
        Step("filed",     "accept",    "accepted",  S,      "1.4",   ACCEPTED),
        Step("filed",     "decline",   "declined",  S,      "1.4",   ACCEPTED),
        Step("filed",     "ask_identity",   "filed", S,     "1.2"),
        Step("filed",     "waive_identity", "filed", V,     "1.2"),
        Step("filed",     "withdraw",  "withdrawn", C,      "3.1"),
        Step("filed",     "merge",     "merged",    S,      "2.2.3"),
        Step("accepted",  "resolve",   "resolved",  S,      "1.2",   HANDLED),
        Step("accepted",  "withdraw",  "withdrawn", C,      "3.1"),
        Step("accepted",  "merge",     "merged",    S,      "2.2.3"),
        Step("resolved",  "notify",    "notified",  S,      "1.4",   NOTIFIED),
        Step("resolved",  "retract",   "accepted",  S,      "1.2"),
        Step("resolved",  "withdraw",  "withdrawn", C,      "3.1"),
        Step("resolved",  "merge",     "merged",    S,      "2.2.3"),
        Step("notified",  "confirm",   "closed",    C,      "2.4.3"),
        Step("notified",  "dispute",   "accepted",  C,      "2.4.3"),
        Step("notified",  "silence",   "closed",    Y,      "2.4.3"),
        Step("notified",  "close",     "closed",    Y,      "2.2.4"),
        Step("notified",  "merge",     "merged",    S,      "2.2.3"),
        Step("notified",  "overturn",  "accepted",  Y,      "3.2"),
        Step("closed",    "overturn",  "accepted",  Y,      "3.2"),
        Step("declined",  "overturn",  "accepted",  Y,      "3.2"),
        Step("archived",  "overturn",  "accepted",  Y,      "3.2"),
        Step("closed",    "reopen",    "accepted",  C | S,  "2.4.3"),
        Step("closed",    "archive",   "archived",  Y,      "2.2.4"),
        Step("declined",  "reopen",    "accepted",  C | V,  "2.4.3"),
        Step("declined",  "waive_identity", "declined", V,  "1.2"),
        Step("declined",  "archive",   "archived",  Y,      "2.2.4"),
        Step("withdrawn", "archive",   "archived",  Y,      "2.2.4"),
        Step("merged",    "unmerge",   "",          V,      "2.2.3"),
        Step("filed",     "complain",  "filed",     C,      "2.1"),
        Step("accepted",  "complain",  "accepted",  C,      "2.1"),
        Step("resolved",  "complain",  "accepted",  C,      "2.1"),
        Step("notified",  "complain",  "accepted",  C,      "2.1"),
        Step("closed",    "complain",  "accepted",  C,      "2.1"),
        Step("notified",  "rate",      "notified",  C,      "1.4"),
        Step("closed",    "rate",      "closed",    C,      "1.4"),
        *(
            Step(state, action, state, who, clause, reaches)
            for state in ("filed", "accepted", "resolved", "notified")
            for action, who, clause, reaches in _STAYS
        ),
    ],
)  # fmt: skip
