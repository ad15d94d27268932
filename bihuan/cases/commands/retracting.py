"""Take a decision back before its notice: the case is handled on, by the dues it had (1.2)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.cases import deadlines
from bihuan.cases.commands.handling import say_missed
from bihuan.cases.commands.steps import begin, handbook, say
from bihuan.cases.commands.words import say as speak
from bihuan.cases.lifecycle import HANDLED
from bihuan.cases.models import Case, Clock
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import NotPermitted


@transaction.atomic
def retract(
    *, number: str, reason: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """撤回处理决定：by its owner or a supervisor, and only before the person was told (1.2).

    The handling is owed again by the dues it always had, so that one which has passed meanwhile
    is a breach. What was counted from the decision ends; the next decision counts it anew.
    """
    case, step = begin(number, "retract", by, expected_version)
    if by.id != case.owner_id and Role.SUPERVISOR not in by.roles:
        raise NotPermitted(step.clause, action="retract", why="owner_or_supervisor")
    said = speak(case, reason, kind="note", by=by, at=at, internal=True)
    say_missed(case, by, at)
    outcome, case.outcome = case.outcome, ""
    dues = _owed_again(case, at)
    return say(case, step, by, at, outcome=outcome, dues=dues, **said)


def _owed_again(case: Case, at: datetime) -> dict[str, list[str]]:
    """Void what was counted from the decision; the dues that it met run again as they were.

    Returns both by milestone, for the log.
    """
    moved: dict[str, list[str]] = {}
    rows = Clock.objects.filter(case_id=case.id, round=case.round, void_at=None)
    for clock in rows.filter(done_at=None):
        if all(handbook(case).promise(id).start in HANDLED for id in clock.promises):
            rows.filter(pk=clock.pk).update(void_at=at, void_reason="retracted")
            moved.setdefault(clock.milestone, []).append(f"-{clock.due_at.isoformat()}")
    for clock in rows.filter(milestone__in=HANDLED, done_at__isnull=False):
        rows.filter(pk=clock.pk).update(done_at=None)
        moved.setdefault(clock.milestone, []).append(f"+{clock.due_at.isoformat()}")
    case.next_due_at, case.next_milestone = deadlines.head(deadlines.running(case))
    return moved
