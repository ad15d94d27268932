"""A request becomes a complaint because its person says so, without magic words (1.2, 2.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.cases import replacing, rules
from bihuan.cases.commands.ending import again
from bihuan.cases.commands.handling import say_missed
from bihuan.cases.commands.steps import begin, handbook, say
from bihuan.cases.commands.words import say as speak
from bihuan.cases.models import Case, KindChange
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotPossible
from bihuan.policy import queries as policy

#: The result was told: what is complained of is handled anew, in a round of its own.
TOLD = frozenset({"notified", "closed"})


@transaction.atomic
def complain(
    *, number: str, text: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """我要投诉这件事：counted from these words; what was promised before goes on (HOUSE §6b, Kind).

    A decision nobody was told of is taken back; its notice stays owed. NotPossible when it is a
    complaint already.
    """
    case, step = begin(number, "complain", by, expected_version)
    if case.kind == "complaint":
        raise NotPossible(step.clause, state=case.state, action="complain", possible=[])
    KindChange.objects.filter(case_id=case.id, ended_at=None).update(ended_at=at)
    before = {"kind": case.kind}
    case.kind, case.complained_at = "complaint", at
    case.rank = rules.rank(kind=case.kind, category=case.category, priority=case.priority)
    changed: dict[str, Any] = {"before": before, "after": {"kind": case.kind}}
    if case.state in TOLD:
        return again(case, step, text, "complaint", by, at, **changed)
    case.outcome = ""
    say_missed(case, by, at)
    moved = replacing.replace(case, handbook(case), policy.workdays(), step.action, at)
    said = speak(case, text, kind="complaint", by=by, at=at)
    return say(case, step, by, at, dues=moved, **changed, **said)
