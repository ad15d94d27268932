"""The stages of a special report (2.2.4) and of an incident (2.2.3): who may take which step."""

from __future__ import annotations

from collections.abc import Collection

from bihuan.core.actors import STAFF, Actor, Role
from bihuan.core.lifecycle import Lifecycle, Step

W = STAFF  # and of these only whoever answers for the case: `may_write`
R = frozenset({Role.SUPERVISOR, Role.COMPLIANCE, Role.LEGAL})
V = frozenset({Role.SUPERVISOR})
Y = frozenset({Role.SYSTEM})

REPORT = Lifecycle(
    "due",
    [
        #    from         action    to           who  clause
        Step("due",       "write",  "drafted",   W,   "2.2.4"),
        Step("due",       "submit", "in_review", W,   "2.2.4"),
        Step("due",       "lapse",  "lapsed",    Y,   "2.2.4"),
        Step("drafted",   "write",  "drafted",   W,   "2.2.4"),
        Step("drafted",   "submit", "in_review", W,   "2.2.4"),
        Step("drafted",   "lapse",  "lapsed",    Y,   "2.2.4"),
        Step("in_review", "return", "drafted",   R,   "2.2.4"),
        Step("in_review", "sign",   "signed",    V,   "2.2.4"),
        Step("in_review", "lapse",  "lapsed",    Y,   "2.2.4"),
        Step("signed",    "send",   "sent",      Y,   "2.2.4"),
    ],
)  # fmt: skip
#: What the case still waits for.
OPEN = ("due", "drafted", "in_review")
DONE = ("signed", "sent")
STATES = (*OPEN, *DONE, "lapsed")
#: Those to whom reports are sent (2.2.4), beside every supervisor.
MANAGEMENT = "management"
#: Who reads every report, at every stage.
READERS = R | {Role.ADMINISTRATOR}


def may_write(by: Actor, *, author_id: int, owner_id: int) -> bool:
    """The lead that was named for it, or whoever owns the case (3.2)."""
    return bool(by.id) and by.id in (author_id, owner_id)


def is_own(by: Actor, authors: Collection[int]) -> bool:
    """Whoever wrote any version, or was to write it, does not judge it."""
    return by.id in authors


def no_longer(*, asks: bool, kind: str, state: str) -> str:
    """Why no report is needed any more; "" while it is. A withdrawn complaint is still analysed."""
    if state in ("merged", "declined"):
        return state
    if asks:
        return ""
    return "severity_lowered" if kind == "complaint" else "not_a_complaint"


#: Everybody at the desk; which steps only its lead takes is `rules.leads`.
D = STAFF | {Role.ADMINISTRATOR, Role.SYSTEM}

#: An incident: many cases, one cause (2.2.3). Its cases are decided and closed each on its own.
INCIDENT = Lifecycle(
    "open",
    [
        #    from      action    to        who  clause
        Step("open",   "add",    "open",   D,   "2.2.3"),
        Step("open",   "remove", "open",   D,   "2.2.3"),
        Step("open",   "change", "open",   D,   "2.2.3"),
        Step("open",   "tell",   "open",   D,   "2.2.3"),
        Step("open",   "raise",  "open",   D,   "2.3.1"),
        Step("open",   "mend",   "mended", D,   "4.2"),
        Step("open",   "close",  "closed", D,   "2.2.3"),
        Step("mended", "add",    "mended", D,   "2.2.3"),
        Step("mended", "remove", "mended", D,   "2.2.3"),
        Step("mended", "change", "mended", D,   "2.2.3"),
        Step("mended", "tell",   "mended", D,   "2.2.3"),
        Step("mended", "raise",  "mended", D,   "2.3.1"),
        Step("mended", "close",  "closed", D,   "2.2.3"),
    ],
)  # fmt: skip
INCIDENT_STATES = ("open", "mended", "closed")
#: What is said to all its cases, as a step of each.
TELLS = ("answer", "tell", "repair")
