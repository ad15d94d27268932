"""The steps of an appeal: who may take which, by which clause (3.2)."""

from __future__ import annotations

from bihuan.core.actors import STAFF, Role
from bihuan.core.lifecycle import Lifecycle, Step

C = frozenset({Role.CUSTOMER})
S = STAFF
Y = frozenset({Role.SYSTEM})
#: who may sit in an instance, and of these only whoever was named for the appeal
R = frozenset({Role.SUPERVISOR, Role.LEGAL, Role.COMPLIANCE})
V = frozenset({Role.SUPERVISOR, Role.COMPLIANCE})

ANSWERED = ("appeal.answered",)
ACCEPTED = ("appeal.accepted",)
DECIDED = ("appeal.decided",)

APPEAL = Lifecycle(
    "filed",
    [
        #    from         action       to           who      clause  milestones
        Step("filed",     "accept",    "in_review", R,       "3.2",  (*ANSWERED, *ACCEPTED)),
        Step("filed",     "decline",   "declined",  V,       "3.2",  (*ANSWERED, *ACCEPTED)),
        Step("in_review", "ask",       "in_review", R,       "3.2"),
        Step("in_review", "decide",    "decided",   R,       "3.2",  DECIDED),
        *(
            step
            for state in ("filed", "in_review")
            for step in (
                Step(state, "add",      state,       C | S,  "3.2"),
                Step(state, "object",   "filed",     C,      "3.2"),
                Step(state, "recuse",   "filed",     R,      "3.2"),
                Step(state, "appoint",  state,       V | Y,  "3.2"),
                Step(state, "withdraw", "withdrawn", C | Y,  "3.2"),
                Step(state, "lapse",    "lapsed",    Y,      "3.2"),
            )
        ),
    ],
)  # fmt: skip
