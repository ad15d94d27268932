"""What every step of an appeal does alike: lock, ask the table and the log, change, say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bihuan.accounts import queries as people
from bihuan.appeals import queries
from bihuan.appeals.lifecycle import APPEAL, V
from bihuan.appeals.models import Appeal, AppealClock
from bihuan.appeals.rules import CLAUSE, dues
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.clocks import is_late
from bihuan.core.lifecycle import Step
from bihuan.core.refusals import NotIndependent, NotPermitted, Stale
from bihuan.events import log
from bihuan.policy import queries as policy

#: Steps that only the named reviewer takes, and that somebody independent takes in their stead.
REVIEWERS = frozenset({"accept", "ask", "decide", "recuse"})
JUDGES = REVIEWERS | {"decline", "appoint"}


def begin(
    number: str, action: str, by: Actor, at: datetime, expected_version: int | None = None
) -> tuple[Appeal, Step]:
    """The locked row and the step, or NotFound, Stale, NotPossible, NotPermitted, NotIndependent.

    Whoever judges is checked against the log now, whatever was known when they were named: they
    may have touched the case since, by any way (3.2).
    """
    row = queries.locked(number, by)
    if expected_version is not None and expected_version != row.version:
        raise Stale(version=row.version, state=row.state, number=row.number)
    step = APPEAL.step(row.state, action, by.roles)
    if action in REVIEWERS and by.id != row.reviewer_id:
        raise NotPermitted(step.clause, action=action, why="not_the_reviewer")
    if action in JUDGES - {"recuse"} and Role.SYSTEM not in by.roles:
        independent(row, by.id, at)
    return row, step


def independent(row: Appeal, staff_id: int, at: datetime) -> None:
    """NotIndependent names everything that stands against this reviewer (3.2)."""
    if found := queries.check(row, staff_id, at):
        raise NotIndependent(CLAUSE, ties=list(found))


def put_clocks(row: Appeal, case: Any) -> None:
    """The dues of a new complaint of this kind, from the filing of the appeal on (X-41)."""
    book = policy.pinned(row.policy_id)
    promises = book.promises_for(
        kind="complaint", channel="web", category=case.category, severity=case.severity,
        tier=case.tier,
    )  # fmt: skip
    rows = [
        AppealClock(
            appeal_id=row.id, milestone=one.milestone, due_at=one.due_at,
            started_at=one.started_at, hard=one.hard, status=one.status,
            promises=list(one.promises),
        )
        for one in dues(promises, row.filed_at, policy.workdays())
    ]  # fmt: skip
    AppealClock.objects.bulk_create(rows)
    _head(row)


def decided_by(row: Appeal) -> datetime:
    """By when the decision is promised: the earliest hard due of it."""
    dues = [
        one.due_at for one in queries.clocks(row) if one.milestone == "appeal.decided" and one.hard
    ]
    return min(dues)


def _head(row: Appeal) -> None:
    first = queries.headline(queries.clocks(row))
    row.next_due_at = first.due_at if first else None


def finish(row: Appeal, step: Step, kind: str, by: Actor, at: datetime, **data: Any) -> Appeal:
    """Reach the step's milestones, move, save and say so: the end of every command."""
    running = [one for one in queries.clocks(row) if one.done_at is None]
    for clock in running:
        if clock.milestone in step.reaches:
            if clock.hard and is_late(due_at=clock.due_at, done_at=at, at=at):
                miss(row, clock, at)
            clock.done_at = at
            clock.save(update_fields=["done_at"])
    before, row.state = row.state, step.target
    if not row.is_open:
        row.ended_at = at
        AppealClock.objects.filter(appeal_id=row.id, done_at=None).update(void_at=at)
    _head(row)
    row.version += 1
    row.save()
    say(row, kind, by, at, **{"from": before, "to": row.state}, **data)
    return row


def say(row: Appeal, kind: str, by: Actor, at: datetime, **data: Any) -> None:
    """What happened to an appeal, on the stream of its case."""
    log.append(
        kind, stream=row.case_id, by=by, at=at, clause=CLAUSE, appeal=row.id,
        ref=row.number, number=queries.case_number(row), **data,
    )  # fmt: skip


def miss(row: Appeal, clock: AppealClock, at: datetime) -> bool:
    """Say once that a due of an appeal has passed; whether it was not said before (3.2, 2.3.3)."""
    fresh = AppealClock.objects.filter(pk=clock.pk, late_at=None).update(late_at=clock.due_at)
    if fresh:
        clock.late_at = clock.due_at
        say(
            row, "appeal.late", SYSTEM, at, milestone=clock.milestone,
            due_at=clock.due_at.isoformat(), promises=clock.promises, round=row.round,
            owner=row.reviewer_id, told=[row.reviewer_id] if row.reviewer_id else appointers(),
        )  # fmt: skip
    return bool(fresh)


def appointers() -> list[int]:
    """Who may name a reviewer, if they are independent."""
    return [one.id for one in people.everybody() if one.roles & V]
