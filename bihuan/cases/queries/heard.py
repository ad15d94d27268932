"""Whether what its person said sounds like a complaint, on a case that is none (1.2, 2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bihuan.cases import rules
from bihuan.cases.models import Case, Entry
from bihuan.policy import queries as policy


@dataclass(frozen=True, slots=True)
class Heard:
    """The words that sound like it, and when they were said: a complaint counts from there."""

    cues: tuple[str, ...]
    at: datetime


def kind_of(text: str, at: datetime) -> str:
    """What a message without a form is filed as: a complaint by its words, else an enquiry.

    By the handbook in force then; staff may judge otherwise, and so may the person (2.1).
    """
    return "complaint" if rules.complains(text, policy.current(at)) else "enquiry"


def complaint_heard(case: Case) -> Heard | None:
    """The first message with such words; None where there is none, and for praise."""
    if not case.is_open or case.kind in ("complaint", "praise"):
        return None
    book = policy.pinned(case.policy_id)
    said = Entry.objects.filter(case_id=case.id, voice="user", internal=False).order_by("id")
    for text, at in said.values_list("text", "at"):
        if cues := rules.complains(text, book):
            return Heard(cues, max(at, case.received_at))
    return None
