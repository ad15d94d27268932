"""What every step does alike: lock what you may see, ask the table, change, say."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bihuan.cases import deadlines, queries
from bihuan.cases.lifecycle import CASE
from bihuan.cases.models import Case
from bihuan.core.actors import Actor, Role
from bihuan.core.handbook import Handbook
from bihuan.core.lifecycle import Step
from bihuan.core.refusals import NotPermitted, Stale
from bihuan.events import log
from bihuan.events.catalog import KIND_OF
from bihuan.policy import queries as policy
from bihuan.store import statements

#: Anybody on the staff may note, add a finding, or take a case over; the rest is for its people.
FREE = frozenset({"note", "find", "assign"})


def begin(number: str, action: str, by: Actor, expected_version: int | None) -> tuple[Case, Step]:
    """The locked row and the step, or NotFound, Stale, NotPossible, NotPermitted."""
    case = queries.locked(number, by)
    if expected_version is not None and expected_version != case.version:
        raise Stale(version=case.version, state=case.state, number=case.number)
    step = CASE.step(case.state, action, by.roles)
    if by.is_staff and action not in FREE and not works_on(case, by):
        raise NotPermitted(step.clause, action=action, department=case.department)
    vars(case)["as_locked"] = vars(case).copy()
    return case, step


def works_on(case: Case, by: Actor) -> bool:
    """Its owner, its department's people, and supervisors may act on a case (2.2.2)."""
    return (
        by.id == case.owner_id
        or by.department == case.department
        or bool(by.roles & {Role.SUPERVISOR, Role.SYSTEM})
    )


def handbook(case: Case) -> Handbook:
    """The text the case was filed under."""
    return policy.pinned(case.policy_id)


def silent_until(case: Case, at: datetime) -> datetime:
    """When silence counts as consent, from this word on (X-28)."""
    return at + timedelta(days=handbook(case).defaults["silence"].amount)


def heard(case: Case, by: Actor, at: datetime) -> dict[str, str]:
    """Who writes is not silent: after the result their days, and the reminder, begin anew.

    What the event says of it, {} where nothing waits for their word.
    """
    return {} if by.is_staff else days_anew(case, at)


def days_anew(case: Case, at: datetime) -> dict[str, str]:
    """The same, whoever brought it about; the caller saves `waits_until` and `reminded_round`."""
    if case.state != "notified" or case.confirmed_at:
        return {}
    case.waits_until, case.reminded_round = silent_until(case, at), 0
    return {"waits_until": case.waits_until.isoformat()}


def finish(case: Case, step: Step, by: Actor, at: datetime, **data: Any) -> Case:
    """Reach the step's milestones, move, save and say so: the end of every command."""
    deadlines.reach(case, step.reaches, by, at)
    return say(case, step, by, at, **data)


def say(case: Case, step: Step, by: Actor, at: datetime, kind: str = "", **data: Any) -> Case:
    """Move, save and log a step; clocks are the caller's."""
    before, case.state = case.state, step.target or case.state
    case.version += 1
    statements.update(case, vars(case)["as_locked"])
    vars(case)["as_locked"] = vars(case).copy()
    log.append(
        kind or KIND_OF[step.action],
        stream=case.id,
        by=by,
        at=at,
        clause=step.clause,
        number=case.number,
        round=case.round,
        version=case.version,
        **{"from": before, "to": case.state},
        **data,
    )
    return case
