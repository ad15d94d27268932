"""The tier of 4.2 rises by itself, and never takes a running clock away (4.2, 7.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.cases import queries, replacing, rules
from bihuan.cases.commands.handling import say_missed
from bihuan.cases.commands.steps import handbook, say
from bihuan.cases.models import Case
from bihuan.core.actors import Actor
from bihuan.core.handbook import Handbook
from bihuan.core.lifecycle import Step
from bihuan.policy import queries as policy

CLAUSE = "4.2"


@transaction.atomic
def rise(*, number: str, why: str, by: Actor, at: datetime) -> Case:
    """自动升级响应：to the lowest tier above that this lifts to; a case that is past it stays.

    What the lower tier promised runs on and is judged; what the higher one promises is counted
    from the same start (X-07: nothing that runs becomes longer). Complaints only: nothing else
    has the preliminary handling that the second tier asks for (2.2.3).
    """
    case = queries.locked(number, by)
    risen = rules.risen(case.tier, why, handbook(case))
    if not case.is_open or case.kind != "complaint" or risen == case.tier:
        return case
    vars(case)["as_locked"] = vars(case).copy()
    say_missed(case, by, at)
    before = {"tier": case.tier}
    case.tier = risen
    moved = replacing.replace(case, handbook(case), policy.workdays(), "set_tier", at)
    step = Step(case.state, "set_tier", case.state, frozenset(by.roles), CLAUSE)
    return say(
        case, step, by, at, before=before, after={"tier": risen}, dues=moved, reason_code=why
    )


def lifted(case: Case, why: str, book: Handbook) -> dict[str, Any]:
    """The same for a case whose clocks all begin anew: what the step that says so adds."""
    before = case.tier
    if case.kind == "complaint":
        case.tier = rules.risen(case.tier, why, book)
    if case.tier == before:
        return {}
    return {"before": {"tier": before}, "after": {"tier": case.tier}}
