"""Sort a case: assign, severity, tier, priority, each kept apart with its reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.cases import queries, replacing, rules
from bihuan.cases.commands.handling import known_staff, say_missed
from bihuan.cases.commands.mentioning import call, mentioned
from bihuan.cases.commands.steps import begin, handbook, heard, say
from bihuan.cases.commands.words import say as speak
from bihuan.cases.lifecycle import CASE
from bihuan.cases.models import SEVERITIES, Case
from bihuan.core.actors import Actor, Role
from bihuan.core.lifecycle import Step
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible
from bihuan.policy import queries as policy


@transaction.atomic
def assign(
    *,
    number: str,
    owner_id: int = 0,
    department: str = "",
    reason: str = "",
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """分派：to a person, or to a department whose least loaded person takes it (2.2.2)."""
    case, step = begin(number, "assign", by, expected_version)
    if not owner_id and not department:
        raise Invalid({"owner_id": "neither"}, clause="2.2.2")
    before = {"owner": case.owner_id, "department": case.department}
    if owner_id:
        colleague = known_staff(owner_id, "owner_id")
        case.owner_id = owner_id
        # who belongs to none takes the case, and not the department's people away from it
        case.department = colleague.department or case.department
    elif department not in handbook(case).departments:
        raise Invalid({"department": "not_known"}, clause="2.2.2")
    else:
        case.department = department
        case.owner_id = queries.lightest(department, at)
    said = speak(case, reason, kind="note", by=by, at=at, internal=True)
    return say(
        case, step, by, at, owner=case.owner_id, department=case.department, before=before, **said
    )


@transaction.atomic
def set_severity(
    *,
    number: str,
    severity: str,
    reason: str,
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """定级：lowering counts at once; raising waits for a second person, dues stay (X-07)."""
    case, step = begin(number, "set_severity", by, expected_version)
    if severity == case.severity:
        raise Invalid({"severity": "no_change"}, clause="2.3.1")
    before = {"severity": case.severity, "tier": case.tier}
    if SEVERITIES.index(severity) > SEVERITIES.index(case.severity):
        case.proposed_severity, case.proposed_by = severity, by.id
        said = speak(case, reason, kind="note", by=by, at=at, internal=True)
        return say(case, step, by, at, kind="case.severity_proposed", severity=severity, **said)
    case.severity, case.proposed_severity, case.proposed_by = severity, "", 0
    return recounted(case, step, reason, by, at, before=before)


@transaction.atomic
def approve_severity(
    *, number: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """复核定级：a second person raises it; dues of 2.3.1 are replaced from the same start."""
    case, step = begin(number, "approve_severity", by, expected_version)
    if not case.proposed_severity:
        raise not_now(case, step, by)
    if case.proposed_by == by.id:
        raise NotPermitted(step.clause, action="approve_severity", why="second_person")
    before = {"severity": case.severity, "tier": case.tier}
    case.severity, case.proposed_severity, case.proposed_by = case.proposed_severity, "", 0
    least = handbook(case).severities[case.severity].tier_at_least
    case.tier = max(case.tier, least)  # severity lifts the tier, never the other way
    return recounted(case, step, "", by, at, before=before)


@transaction.atomic
def keep_severity(
    *, number: str, reason: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """维持原严重程度：its proposer takes it back, or a second person says no (X-07)."""
    case, step = begin(number, "keep_severity", by, expected_version)
    if not case.proposed_severity:
        raise not_now(case, step, by)
    severity, asker = case.proposed_severity, case.proposed_by
    may_turn_down(step, by, asker)
    case.proposed_severity, case.proposed_by = "", 0
    said = speak(case, reason, kind="note", by=by, at=at, internal=True)
    return say(case, step, by, at, severity=severity, told=[asker], **said)


def may_turn_down(step: Step, by: Actor, asker: int) -> None:
    """Whoever asked may take it back; to turn it down is for those who could have agreed."""
    if by.id != asker and Role.SUPERVISOR not in by.roles:
        raise NotPermitted(step.clause, action=step.action, why="asker_or_supervisor")


@transaction.atomic
def set_tier(
    *,
    number: str,
    tier: str,
    reason: str,
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """响应级别：a lower one replaces the promises of 4.2; above, what runs runs on (X-07)."""
    case, step = begin(number, "set_tier", by, expected_version)
    if int(tier) < handbook(case).severities[case.severity].tier_at_least:
        raise Invalid({"tier": "below_severity"}, clause="4.2")
    if int(tier) == case.tier:
        raise Invalid({"tier": "no_change"}, clause="4.2")
    before = {"tier": case.tier}
    case.tier = int(tier)
    return recounted(case, step, reason, by, at, before=before)


@transaction.atomic
def set_priority(
    *,
    number: str,
    priority: str,
    reason: str,
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """优先级：the place in the queue, no clock (7.2)."""
    case, step = begin(number, "set_priority", by, expected_version)
    before = {"priority": case.priority}
    case.priority = priority
    return _placed(case, step, reason, by, at, before=before)


def recounted(
    case: Case, step: Step, reason: str, by: Actor, at: datetime, before: dict[str, Any]
) -> Case:
    """Replace what no longer holds; what was late by now is said before its row is void."""
    say_missed(case, by, at)
    moved = replacing.replace(case, handbook(case), policy.workdays(), step.action, at)
    return _placed(case, step, reason, by, at, before=before, dues=moved)


def _placed(
    case: Case,
    step: Step,
    reason: str,
    by: Actor,
    at: datetime,
    before: dict[str, Any],
    **more: Any,
) -> Case:
    """Give the case its place in the inbox, and say what it was and is."""
    case.rank = rules.rank(kind=case.kind, category=case.category, priority=case.priority)
    said = speak(case, reason, kind="note", by=by, at=at, internal=True)
    after = {name: getattr(case, name) for name in before}
    return say(case, step, by, at, before=before, after=after, **more, **said)


def not_now(case: Case, step: Step, by: Actor) -> NotPossible:
    possible = [other.action for other in CASE.offered(case.state, by.roles)]
    possible.remove(step.action)
    return NotPossible(step.clause, state=case.state, action=step.action, possible=possible)


@transaction.atomic
def note(
    *, number: str, text: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """内部备注：the person does not see it; colleagues named with an @ are told of it."""
    case, step = begin(number, "note", by, expected_version)
    called = mentioned(case, text, by)
    said = speak(case, text, kind="note", by=by, at=at, internal=True)
    say(case, step, by, at, **said)
    call(case, called, said.get("entry"), by, at)
    return case


@transaction.atomic
def message(
    *,
    number: str,
    text: str,
    channel: str = "",
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """留言：the person writes to whoever handles the case, by a channel other than the page."""
    case, step = begin(number, "message", by, expected_version)
    said = speak(case, text, kind="message", channel=channel, by=by, at=at)
    return say(case, step, by, at, **heard(case, by, at), **said)
