"""Hand cases over: of somebody who is away, and from the fullest desk to the emptiest (E.20)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from bihuan.accounts import commands as accounts
from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.cases.commands.sorting import assign
from bihuan.cases.models import Case, QueueAlarm
from bihuan.cases.queries import Handed
from bihuan.cases.rules import UNROUTED
from bihuan.core import inputs
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import NotFound, NotPermitted
from bihuan.events import log


@transaction.atomic
def be_absent(
    *,
    staff_id: int,
    first_on: date,
    last_on: date,
    reason: str,
    hand_over: bool = False,
    by: Actor,
    at: datetime,
) -> list[Handed]:
    """请假：nothing new comes; what is in hand goes to others at once, if asked for.

    Each move is an assignment with its reason. When they are back nothing moves by itself.
    """
    accounts.mark_absent(
        staff_id=staff_id, first_on=first_on, last_on=last_on, reason=reason, by=by, at=at
    )
    queries.forget_loads()
    return hand_over_all(staff_id=staff_id, by=by, at=at) if hand_over else []


@transaction.atomic
def hand_over_all(*, staff_id: int, by: Actor, at: datetime) -> list[Handed]:
    """移交：every open case of somebody to whoever the rules name; theirs or a supervisor's act."""
    if by.id != staff_id and not by.roles & {Role.SUPERVISOR, Role.SYSTEM}:
        raise NotPermitted("2.2.2", action="assign")
    name = people.staff_names([staff_id]).get(staff_id)
    if name is None:
        raise NotFound()
    plan = queries.hand_over_plan(staff_id, by=by, at=at)
    return _handed(plan, f"{name}请假，移交在手案件", by, at)


@transaction.atomic
def rebalance(*, department: str, by: Actor, at: datetime) -> list[Handed]:
    """均衡：from the fullest desk of a department to the emptiest."""
    if not by.roles & {Role.SUPERVISOR, Role.SYSTEM}:
        raise NotPermitted("2.2.2", action="assign")
    known = [one.code for one in people.departments()]
    inputs.one_of(department, known, field="department")
    return _handed(queries.rebalance_plan(department, by=by, at=at), "均衡部门内的在手案件", by, at)


def _handed(plan: Sequence[Handed], reason: str, by: Actor, at: datetime) -> list[Handed]:
    """Each with its event; in the order of ids, so that two who do this never wait in a circle."""
    moves = sorted((one for one in plan if one.to), key=lambda one: one.case.id)
    for one in moves:
        assign(number=one.case.number, owner_id=one.to, reason=reason, by=by, at=at)
    queries.forget_loads()
    return moves


@transaction.atomic
def alarm_unrouted(*, number: str, by: Actor, at: datetime) -> Case:
    """待分派报警：said once of a case that nobody could route and that still waits (2.2.2)."""
    case = queries.locked(number, by)
    if case.department != UNROUTED or not case.is_open:
        raise NotFound(number=number)
    _, new = QueueAlarm.objects.get_or_create(case_id=case.id, defaults={"at": at})
    if new:
        log.append(
            "case.unrouted_long", stream=case.id, by=by, at=at, clause="2.2.2",
            number=case.number, round=case.round, version=case.version, owner=case.owner_id,
            department=case.department, waited=int((at - case.round_at).total_seconds()) // 60,
        )  # fmt: skip
    return case
