"""Give a department its share of a complaint, and take the result back (2.2.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.cases import commands as cases
from bihuan.cases import queries as case_queries
from bihuan.complaints import queries
from bihuan.complaints.models import SubTask
from bihuan.core import inputs, personal
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible
from bihuan.events import log
from bihuan.policy import queries as policy
from bihuan.store.blocks import new_id

CLAUSE = "2.2.3"
NEED = "sub_task"
WHAT_MOST, RESULT_LEAST, RESULT_MOST = 500, 5, 4000


@transaction.atomic
def give(
    *, number: str, what: str, department: str, due_at: datetime, owner_id: int = 0,
    by: Actor, at: datetime,
) -> SubTask:  # fmt: skip
    """交办子任务：the case waits for it before it can be decided, and the time is its owner's.

    NotPossible when the case has ended or is decided; Invalid for a due that is over, or later
    than the case itself is owed. A second department lifts the tier (4.2).
    """
    case = case_queries.locked(number, by)
    if not cases.may_work(case, by):
        raise NotPermitted(CLAUSE, action="give", department=case.department)
    words = inputs.words(what, field="what", least=2, most=WHAT_MOST)
    row = SubTask(
        id=new_id(at), case_id=case.id, number=case.number, what=personal.mask(words),
        department=department, owner_id=_owner(department, owner_id, at), opened_by=by.id,
        opened_at=at, due_at=_in_time(due_at, case.next_due_at, at),
    )  # fmt: skip
    cases.need(number=number, code=NEED, before="resolve", ref=row.id, due_at=row.due_at, by=by)
    row.save(force_insert=True)
    _say("sub_task.opened", row, by, at, due_at=row.due_at.isoformat(), told=_theirs(row))
    if department != case.department:
        cases.rise(number=number, why="departments", by=SYSTEM, at=at)
    return row


def _owner(department: str, owner_id: int, at: datetime) -> int:
    """Who is named, of that department; else whoever has least to do there."""
    if department not in policy.current(at).departments:
        raise Invalid({"department": "not_known"}, CLAUSE)
    if not owner_id:
        return case_queries.lightest(department, at)
    colleague = people.staff(owner_id)
    if colleague is None or not colleague.active or colleague.department != department:
        raise Invalid({"owner_id": "not_of_this_department"}, CLAUSE)
    return owner_id


def _in_time(due_at: datetime, case_due: datetime | None, at: datetime) -> datetime:
    """A share ends before the whole is owed; what is late already only has to lie ahead."""
    if due_at <= at:
        raise Invalid({"due_at": "is_over"}, CLAUSE)
    if case_due and case_due > at and due_at > case_due:
        raise Invalid({"due_at": "after_the_case"}, CLAUSE, latest=case_due.isoformat())
    return due_at


@transaction.atomic
def hand_over(
    *, id: int, department: str, reason: str, owner_id: int = 0, by: Actor, at: datetime
) -> SubTask:
    """改派子任务：to somebody else, who holds it from now on; the due stays."""
    row = _open(id, "hand_over", by)
    inputs.words(reason, field="reason", least=2, most=300, lines=False)
    row.department, row.owner_id = department, _owner(department, owner_id, at)
    row.save(update_fields=["department", "owner_id"])
    cases.note(number=row.number, text=reason, by=by, at=at)
    _say("sub_task.assigned", row, by, at, due_at=row.due_at.isoformat(), told=_theirs(row))
    return row


@transaction.atomic
def finish(*, id: int, result: str, by: Actor, at: datetime) -> SubTask:
    """完成子任务：what was found goes to the lead as this department's finding."""
    row = _open(id, "finish", by)
    words = inputs.words(result, field="result", least=RESULT_LEAST, most=RESULT_MOST)
    row.result, row.done_by, row.done_at = personal.mask(words), by.id, at
    row.save(update_fields=["result", "done_by", "done_at"])
    cases.find(number=row.number, finding=words, department=row.department, by=by, at=at)
    case = cases.meet(number=row.number, ref=row.id, by=by, at=at)
    _say("sub_task.done", row, by, at, told=[case.owner_id] if case.owner_id else [])
    return row


@transaction.atomic
def drop(*, id: int, reason: str, by: Actor, at: datetime) -> SubTask:
    """撤销子任务：by the lead; it is no longer waited for."""
    row = _open(id, "drop", by)
    case = case_queries.locked(row.number, by)
    if not cases.may_work(case, by):
        raise NotPermitted(CLAUSE, action="drop", department=case.department)
    inputs.words(reason, field="reason", least=2, most=300, lines=False)
    row.dropped_at = at
    row.save(update_fields=["dropped_at"])
    cases.note(number=row.number, text=reason, by=by, at=at)
    cases.meet(number=row.number, ref=row.id, by=by, at=at)
    _say("sub_task.dropped", row, by, at, told=_theirs(row))
    return row


def _open(id: int, action: str, by: Actor) -> SubTask:
    """That share, locked after its case, which every command locks first."""
    number = queries.share(id, by).number
    case = case_queries.locked(number, by)
    row = queries.locked_share(id)
    if not row.is_open:
        state = "done" if row.done_at else "dropped"
        raise NotPossible(CLAUSE, state=state, action=action, possible=[])
    if not case.is_open:
        raise NotPossible(CLAUSE, state=case.state, action=action, possible=[])
    mine = by.id == row.owner_id or by.department == row.department
    if not mine and not cases.may_work(case, by):
        raise NotPermitted(CLAUSE, action=action, department=row.department)
    return row


@transaction.atomic
def end_all(*, case_id: int, by: Actor, at: datetime) -> int:
    """The case ended another way: nobody waits for its shares any more, nor does a later round."""
    rows = queries.open_shares(case_id, lock=True)
    for row in rows:
        row.dropped_at = at
        row.save(update_fields=["dropped_at"])
        cases.meet(number=row.number, ref=row.id, by=by, at=at)
        _say("sub_task.dropped", row, by, at, told=_theirs(row))
    return len(rows)


@transaction.atomic
def take_up_all(*, case_id: int, ended_at: datetime, by: Actor, at: datetime) -> int:
    """撤销并案：the shares that ended with the case are owed again, with their old dues (2.2.3)."""
    rows = queries.dropped_shares(case_id, ended_at)
    for row in rows:
        row.dropped_at = None
        row.save(update_fields=["dropped_at"])
        cases.need(
            number=row.number, code=NEED, before="resolve", ref=row.id, due_at=row.due_at, by=by
        )
        _say("sub_task.revived", row, by, at, due_at=row.due_at.isoformat(), told=_theirs(row))
    return len(rows)


@transaction.atomic
def miss_shares(*, at: datetime, most: int = 200) -> int:
    """Of shares whose time is over: said once, to their owner, the lead and their supervisors."""
    rows = queries.late_shares(at, most)
    log.hold({row.case_id for row in rows})
    for row in rows:
        row.late_at = row.due_at
        row.save(update_fields=["late_at"])
        lead = case_queries.get(row.number, SYSTEM).owner_id
        told = [*_theirs(row), lead, *people.ladder("supervisor", row.department)]
        _say(
            "sub_task.late", row, SYSTEM, at, due_at=row.due_at.isoformat(),
            told=[id for id in dict.fromkeys(told) if id],
        )  # fmt: skip
    return len(rows)


def _theirs(row: SubTask) -> list[int]:
    """Whom it concerns: its owner, or the supervisors of a department in which nobody has it."""
    return [row.owner_id] if row.owner_id else people.ladder("supervisor", row.department)


def _say(kind: str, row: SubTask, by: Actor, at: datetime, **more: object) -> None:
    log.append(
        kind, stream=row.case_id, by=by, at=at, clause=CLAUSE, number=row.number,
        sub_task=row.id, owner=row.owner_id, department=row.department, **more,
    )  # fmt: skip
