"""Mark the handling steps of a group of issues: done, left out with a reason, open again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.cases import commands as cases
from bihuan.cases import queries as case_queries
from bihuan.complaints import queries
from bihuan.complaints.models import HandlingMark
from bihuan.core import inputs, personal
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible
from bihuan.events import log
from bihuan.store.blocks import new_id

CLAUSE = "6.1"
STATES = ["done", "skipped", "open"]


@transaction.atomic
def mark_step(
    *, number: str, step: str, state: str, reason: str = "", by: Actor, at: datetime
) -> None:
    """办理步骤：no gate, so that nothing is ticked only to get on; what is open is named (6.1).

    NotPossible when it says already what it should say: pressed twice is done once.
    """
    case = case_queries.locked(number, by)
    if not cases.may_work(case, by):
        raise NotPermitted(CLAUSE, action="mark_step", department=case.department)
    if not case.is_open:
        raise NotPossible(CLAUSE, state=case.state, action="mark_step", possible=[])
    found = next((one for one in queries.handling(case, at) if one.step.id == step), None)
    if found is None:
        raise Invalid({"step": "not_known"}, CLAUSE)
    inputs.one_of(state, STATES, field="state")
    now = "open" if found.mark is None else "skipped" if found.mark.skipped else "done"
    if now == state:
        raise NotPossible(CLAUSE, state=now, action="mark_step", possible=[])
    words = ""
    if state == "skipped":
        words = inputs.words(reason, field="reason", least=2, most=300, lines=False)
        cases.note(number=number, text=words, by=by, at=at)
    if found.mark is not None:
        found.mark.delete()
    if state != "open":
        HandlingMark.objects.create(
            id=new_id(at), case_id=case.id, round=case.round, step=step, by_id=by.id, at=at,
            skipped=state == "skipped", reason=personal.mask(words),
        )  # fmt: skip
    log.append(
        {"done": "handling.done", "skipped": "handling.skipped", "open": "handling.undone"}[state],
        stream=case.id, by=by, at=at, clause=CLAUSE, number=case.number,
        round=case.round, step=step,
    )  # fmt: skip
