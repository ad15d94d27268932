"""Raise a case to those who answer for its department (2.2.2)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.cases import rules
from bihuan.cases.commands.steps import begin, say
from bihuan.cases.commands.words import say as speak
from bihuan.cases.models import Case
from bihuan.core.actors import Actor


@transaction.atomic
def escalate(
    *, number: str, reason: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """上报主管：with a reason; at least important from now on, and its supervisors are told.

    Dues stay as they are: priority is the place in the queue, no clock (7.2).
    """
    case, step = begin(number, "escalate", by, expected_version)
    before = {"priority": case.priority}
    if case.priority == "general":
        case.priority = "important"
    case.rank = rules.rank(kind=case.kind, category=case.category, priority=case.priority)
    said = speak(case, reason, kind="note", by=by, at=at, internal=True)
    after = {"priority": case.priority}
    return say(case, step, by, at, before=before, after=after, department=case.department, **said)
