"""The shares of a complaint: who owes what to its lead, and by when (2.2.3)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from bihuan.cases import queries as cases
from bihuan.complaints.models import SubTask
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import NotFound
from bihuan.events.models import Event

RUNNING = Q(done_at=None, dropped_at=None)


def share(id: int, by: Actor) -> SubTask:
    """That share, of a case this actor may see; NotFound otherwise."""
    row = SubTask.objects.filter(id=id).first() if by.is_staff else None
    if row is None:
        raise NotFound()
    cases.get(row.number, by)
    return row


def locked_share(id: int) -> SubTask:
    """That row, held until the transaction ends. For commands, which have locked its case."""
    return SubTask.objects.select_for_update().get(id=id)


def shares(case_id: int) -> list[SubTask]:
    """All shares of a case, in the order in which they were given."""
    return list(SubTask.objects.filter(case_id=case_id).order_by("id"))


def open_shares(case_id: int, *, lock: bool = False) -> list[SubTask]:
    """Those that are still owed."""
    rows = SubTask.objects.filter(RUNNING, case_id=case_id).order_by("id")
    return list(rows.select_for_update() if lock else rows)


def dropped_shares(case_id: int, at: datetime) -> list[SubTask]:
    """Those that were dropped at this very moment; held until the transaction ends."""
    rows = SubTask.objects.select_for_update().filter(case_id=case_id, dropped_at=at)
    return list(rows.order_by("id"))


def shares_of(by: Actor, most: int = 200) -> list[SubTask]:
    """What this actor owes, and what nobody of the department holds; supervisors see all of it."""
    rows = SubTask.objects.filter(RUNNING)
    if Role.SUPERVISOR in by.roles:
        rows = rows.filter(Q(department=by.department) | Q(owner_id=by.id))
    else:
        rows = rows.filter(Q(owner_id=by.id) | Q(department=by.department, owner_id=0))
    return list(rows.order_by("due_at", "id")[:most])


def shares_owed(by: Actor, most: int) -> int:
    """How many this actor owes himself; as far as the rail says it."""
    return SubTask.objects.filter(RUNNING, owner_id=by.id)[:most].count() if by.id else 0


def late_shares(at: datetime, most: int) -> list[SubTask]:
    """Whose time is over and of whom nobody has said so; locked, for the command that says it."""
    rows = SubTask.objects.select_for_update(skip_locked=True).filter(
        RUNNING, late_at=None, due_at__lt=at
    )
    return list(rows.order_by("due_at")[:most])


def ended_before(event: Event) -> datetime:
    """When the case was merged that this event of its stream takes out again (2.2.3)."""
    merges = Event.objects.filter(
        stream=event.stream, kind="case.merged", seq__lt=event.seq, data__has_key="from"
    )
    return merges.latest("seq").at
