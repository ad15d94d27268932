"""Stand still for a reason the policy lists, and count on; the unheld due is kept (2.3, X-12)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bihuan.cases import queries, replacing
from bihuan.cases.commands.handling import say_missed
from bihuan.cases.commands.steps import begin, handbook, say
from bihuan.cases.commands.words import say as speak
from bihuan.cases.models import Case, Pause
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.lifecycle import Step
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible
from bihuan.policy import queries as policy
from bihuan.store.blocks import new_id

CLAUSE = "2.3"


@transaction.atomic
def pause(
    *,
    number: str,
    reason_id: str,
    until_at: datetime,
    reason: str,
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """暂停计时：for a listed reason and no longer than its cap; long ones wait for another's word.

    Invalid names `reason_id` with what is listed, which in the handbook of 2025 is nothing.
    """
    case, step = begin(number, "pause", by, expected_version)
    listed = handbook(case).holds
    if reason_id not in listed:
        raise Invalid({"reason_id": "not_listed"}, CLAUSE, allowed="、".join(listed) or "—")
    cap = listed[reason_id]
    if not at < until_at <= at + timedelta(days=cap.cap_days):
        raise Invalid({"until_at": "beyond_the_cap"}, CLAUSE, days=cap.cap_days)
    if queries.pause_of(case):
        raise NotPossible(CLAUSE, state="paused", action="pause", possible=["resume"])
    row = Pause(
        id=new_id(at), case_id=case.id, round=case.round, reason_id=reason_id, asked_by=by.id,
        asked_at=at, until_at=until_at,
    )  # fmt: skip
    said = speak(case, reason, kind="note", by=by, at=at, internal=True)
    if until_at - at > timedelta(hours=cap.second_person_above_hours):
        row.save(force_insert=True)
        return say(case, step, by, at, kind="case.pause_asked", **_facts(row), **said)
    row.started_at = at
    row.save(force_insert=True)
    return _recounted(case, step, row, by, at, **said)


@transaction.atomic
def approve_pause(
    *, number: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """同意暂停：by a second person; it begins now, not when it was asked for."""
    case, step = begin(number, "approve_pause", by, expected_version)
    row = queries.pause_of(case)
    if row is None or row.started_at or row.until_at <= at:
        raise NotPossible(CLAUSE, state=case.state, action="approve_pause", possible=[])
    if row.asked_by == by.id:
        raise NotPermitted(CLAUSE, action="approve_pause", why="second_person")
    row.approved_by, row.started_at = by.id, at
    row.save(update_fields=["approved_by", "started_at"])
    return _recounted(case, step, row, by, at)


@transaction.atomic
def resume(
    *, number: str, reason: str = "", expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """恢复计时：earlier than planned, or by itself; dues move by what was really stood still."""
    case, step = begin(number, "resume", by, expected_version)
    row = queries.pause_of(case)
    if row is None:
        raise NotPossible(CLAUSE, state=case.state, action="resume", possible=["pause"])
    row.ended_at = min(at, row.until_at)
    row.save(update_fields=["ended_at"])
    said = speak(case, reason, kind="note", by=by, at=at, internal=True)
    return _recounted(case, step, row, by, at, **said)


def end_pauses(*, at: datetime) -> int:
    """Those whose planned end has passed, each in a transaction of its own."""
    return sum(_ended(row, at) for row in queries.pauses_over(at))


@transaction.atomic
def _ended(row: Pause, at: datetime) -> bool:
    case = Case.objects.select_for_update().get(id=row.case_id)
    if not Pause.objects.filter(id=row.id, ended_at=None).update(ended_at=row.until_at):
        return False
    if not case.is_open or row.started_at is None or row.round != case.round:
        return True  # nothing of it is counted any more
    vars(case)["as_locked"] = vars(case).copy()
    step = Step(case.state, "resume", case.state, frozenset(SYSTEM.roles), CLAUSE)
    say(case, step, SYSTEM, at, **_facts(row))
    return True


def _recounted(case: Case, step: Step, row: Pause, by: Actor, at: datetime, **more: str) -> Case:
    say_missed(case, by, at)
    moved = replacing.replace(case, handbook(case), policy.workdays(), "pause", at)
    return say(case, step, by, at, dues=moved, **_facts(row), **more)


def _facts(row: Pause) -> dict[str, Any]:
    return {"pause": row.id, "reason_code": row.reason_id, "until_at": row.until_at.isoformat()}
