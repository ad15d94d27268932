"""What will still be done after the result: done, open again, and chased when late (1.2)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.cases.commands.steps import works_on
from bihuan.cases.commands.words import say as speak
from bihuan.cases.models import Case, FollowUp
from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound, NotPermitted, NotPossible
from bihuan.core.terms import Rung
from bihuan.events import log

CLAUSE = "1.2"


@transaction.atomic
def finish_follow_up(*, number: str, follow_up_id: int, by: Actor, at: datetime) -> FollowUp:
    """落实跟进措施：done, and the person is told (1.2 ④)."""
    case, row = _begin(number, follow_up_id, "finish_follow_up", by)
    if row.done_at is None:
        row.done_at = at
        row.save(update_fields=["done_at"])
        log.append(
            "follow_up.done", stream=case.id, by=by, at=at, clause=CLAUSE, number=case.number,
            round=row.round, follow_up=row.id,
        )  # fmt: skip
    return row


@transaction.atomic
def undo_follow_up(
    *, number: str, follow_up_id: int, reason: str, by: Actor, at: datetime
) -> FollowUp:
    """改为未落实：it was marked done by mistake; its day stays, and late it is chased anew (1.2 ④).

    NotPossible when it is not done: somebody else was quicker.
    """
    case, row = _begin(number, follow_up_id, "undo_follow_up", by)
    why = inputs.words(reason, field="reason", least=2, most=300, lines=False)
    if row.done_at is None:
        raise NotPossible(CLAUSE, state="not_done", action="undo_follow_up", possible=[])
    row.done_at, row.chased_at, row.rung = None, None, 0
    row.save(update_fields=["done_at", "chased_at", "rung"])
    said = speak(case, why, kind="note", by=by, at=at, internal=True)
    log.append(
        "follow_up.undone", stream=case.id, by=by, at=at, clause=CLAUSE, number=case.number,
        round=row.round, follow_up=row.id, owner=row.owner_id, due_on=row.due_on.isoformat(),
        **said,
    )  # fmt: skip
    return row


def _begin(number: str, follow_up_id: int, action: str, by: Actor) -> tuple[Case, FollowUp]:
    """The case and the measure, both locked, for its owner and whoever works on the case."""
    case = queries.locked(number, by)
    row = FollowUp.objects.select_for_update().filter(id=follow_up_id, case_id=case.id).first()
    if row is None or not by.is_staff:
        raise NotFound(number=number)
    if by.id != row.owner_id and not works_on(case, by):
        raise NotPermitted(CLAUSE, action=action, department=case.department)
    return case, row


@transaction.atomic
def chase(*, follow_up_id: int, by: Actor, at: datetime) -> None:
    """追踪跟进措施：its day is over; its owner, supervisor and person hear of it once."""
    row = FollowUp.objects.select_for_update().get(id=follow_up_id)
    if row.done_at or row.chased_at:
        raise NotPossible("1.2", state="done" if row.done_at else "chased", action="chase")
    row.chased_at = at
    row.save(update_fields=["chased_at"])
    case = Case.objects.get(id=row.case_id)
    _say_late("follow_up.late", case, row, by, at, clause="1.2")


@transaction.atomic
def chase_higher(*, follow_up_id: int, rung: Rung, by: Actor, at: datetime) -> None:
    """再次催办并上报：chased in vain, its owner hears of it again, and whom this rung names."""
    row = FollowUp.objects.select_for_update().get(id=follow_up_id)
    if row.done_at or not row.chased_at or row.rung >= rung.id:
        raise NotPossible(rung.clause, state="done" if row.done_at else "chased", action="chase")
    row.rung = rung.id
    row.save(update_fields=["rung"])
    case = Case.objects.get(id=row.case_id)
    told = dict.fromkeys((row.owner_id, *people.ladder(rung.whom, case.department)))
    _say_late(
        "follow_up.escalated", case, row, by, at, clause=rung.clause, rung=rung.id, told=list(told)
    )


def _say_late(
    kind: str, case: Case, row: FollowUp, by: Actor, at: datetime, *, clause: str, **more: object
) -> None:
    log.append(
        kind, stream=case.id, by=by, at=at, clause=clause, number=case.number, round=row.round,
        follow_up=row.id, owner=row.owner_id, department=case.department,
        due_on=row.due_on.isoformat(), **more,
    )  # fmt: skip
