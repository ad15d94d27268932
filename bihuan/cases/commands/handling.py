"""Work a case: answer, accept, review, propose, find, tell, repair, resolve, notify (HOUSE §6b)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.cases import deadlines, queries
from bihuan.cases.commands.identity import admit
from bihuan.cases.commands.steps import begin, finish, handbook, say, silent_until
from bihuan.cases.commands.words import say as speak
from bihuan.cases.models import Case, Finding, FollowUp
from bihuan.core import personal
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI, due, is_late
from bihuan.core.handbook import Limit
from bihuan.core.refusals import Invalid, NotReady
from bihuan.policy import queries as policy
from bihuan.store.blocks import new_id


@transaction.atomic
def answer(
    *, number: str, text: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """响应：the first substantive answer ends the response clock (1.4), later ones are messages."""
    case, step = begin(number, "answer", by, expected_version)
    return finish(case, step, by, at, **speak(case, text, kind="answer", by=by, at=at))


@transaction.atomic
def accept(
    *, number: str, text: str = "", expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """受理：take a filed case into work; its handler is named with it (1.4). NotReady: 1.2 ①."""
    case, step = begin(number, "accept", by, expected_version)
    admit(case, at)
    case.owner_id = case.owner_id or by.id
    said = speak(case, text, kind="accept", by=by, at=at)
    return finish(case, step, by, at, owner=case.owner_id, **said)


@transaction.atomic
def decline(
    *,
    number: str,
    reason: str,
    basis: str,
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """不予受理：with a reason and its basis, told to the person, open to appeal."""
    case, step = begin(number, "decline", by, expected_version)
    said = speak(case, f"{reason}\n依据：{basis}", kind="decline", by=by, at=at)
    deadlines.reach(case, step.reaches, by, at)
    say_missed(case, by, at)
    deadlines.end(case, "declined", at)
    case.ended_at = case.told_at = at
    case.waits_until = archive_on(at)
    return say(case, step, by, at, **said)


@transaction.atomic
def confirm_problem(
    *, number: str, problem: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """确认问题：a person names the concrete problem within 15 minutes (6.3)."""
    case, step = begin(number, "confirm_problem", by, expected_version)
    return finish(case, step, by, at, **speak(case, problem, kind="problem", by=by, at=at))


@transaction.atomic
def review(
    *,
    number: str,
    reason: str,
    investigation: bool = False,
    lead_id: int = 0,
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """初步审核：internal investigation or not, and why; a major case names who leads it (3.2)."""
    case, step = begin(number, "review", by, expected_version)
    if case.severity != "general" and not lead_id:
        raise Invalid({"lead_id": "major_needs_a_lead"}, clause="3.2")
    if lead_id:
        known_staff(lead_id, "lead_id")
    said = speak(case, reason, kind="review", by=by, at=at, internal=True)
    return finish(case, step, by, at, investigation=investigation, lead=lead_id, **said)


@transaction.atomic
def propose(
    *, number: str, solution: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """初步解决方案：what could settle it, sent to the person (4.2)."""
    case, step = begin(number, "propose", by, expected_version)
    return finish(case, step, by, at, **speak(case, solution, kind="solution", by=by, at=at))


@transaction.atomic
def find(
    *,
    number: str,
    finding: str,
    measure: str = "",
    department: str = "",
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """初步处理：what this department found, and the measure it proposes (2.2.3)."""
    case, step = begin(number, "find", by, expected_version)
    unit = department or by.department or case.department
    if unit not in handbook(case).departments:
        raise Invalid({"department": "not_known"}, clause="2.2.2")
    text = f"{finding}\n拟采取的措施：{measure}" if measure else finding
    said = speak(case, text, kind="finding", by=by, at=at, internal=True)
    Finding.objects.create(
        id=new_id(at),
        case_id=case.id,
        round=case.round,
        department=unit,
        kind="finding",
        text=personal.mask(text),  # the numbers are sealed with the entry
        author_id=by.id,
        at=at,
    )
    return finish(
        case,
        step,
        by,
        at,
        department=unit,
        category=case.category,
        severity=case.severity,
        **said,
    )


@transaction.atomic
def tell(
    *, number: str, text: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """反馈初步处理结果：told to the person (2.2.3)."""
    case, step = begin(number, "tell", by, expected_version)
    return finish(case, step, by, at, **speak(case, text, kind="preliminary", by=by, at=at))


@transaction.atomic
def repair(
    *,
    number: str,
    failed: str,
    restored_at: datetime,
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """排查与修复：what failed and when it worked again (4.2, tier 3)."""
    case, step = begin(number, "repair", by, expected_version)
    if restored_at > at:
        raise Invalid({"restored_at": "in_the_future"}, clause="4.2")
    text = f"{failed}\n恢复时间：{restored_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    said = speak(case, text, kind="repair", by=by, at=at)
    return finish(case, step, by, at, restored_at=restored_at.isoformat(), **said)


@transaction.atomic
def resolve(
    *,
    number: str,
    outcome: str,
    reason: str,
    basis: str,
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """作出处理：decided and carried out as far as the platform can (1.2, 1.4).

    NotReady names the milestones still owed before it, a finding when there is none (2.2.4),
    and what else the case waits for, such as the share of another department (2.2.3).
    """
    case, step = begin(number, "resolve", by, expected_version)
    missing = queries.owed_before(case, "case.handling_done")
    if case.kind == "complaint" and not queries.has_finding(case):
        missing.append("finding")
    missing += queries.needed(case, "resolve")
    if missing:
        raise NotReady(step.clause, missing=missing)
    said = speak(case, f"{reason}\n依据：{basis}", kind="decision", by=by, at=at, internal=True)
    case.outcome = outcome
    deadlines.reach(case, step.reaches, by, at)
    deadlines.start_from(case, "case.handling_done", handbook(case), policy.workdays(), at)
    return say(case, step, by, at, outcome=outcome, **said)


@transaction.atomic
def notify(
    *,
    number: str,
    progress: str,
    result: str,
    follow_ups: Sequence[Mapping[str, Any]],
    channel: str = "",
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """告知处理结果：progress, result and what will still be done, by whom, by when (1.2 ④, 1.4).

    The person may then confirm or dispute; silence closes after the policy's days (X-28).
    """
    case, step = begin(number, "notify", by, expected_version)
    if not follow_ups:
        raise Invalid({"follow_ups": "missing"}, clause="1.2")
    for plan in follow_ups:
        known_staff(plan["owner_id"], "follow_ups.owner_id")
        not_past(plan["due_on"], "follow_ups.due_on", at)
    text = f"处理过程：{progress}\n处理结果：{result}"
    said = speak(case, text, kind="result", by=by, at=at, channel=channel)
    FollowUp.objects.bulk_create(measure(case, **plan, at=at) for plan in follow_ups)
    case.told_at = at
    case.waits_until = silent_until(case, at)
    return finish(
        case, step, by, at, follow_ups=len(follow_ups), outcome=case.outcome,
        waits_until=case.waits_until.isoformat(), **({"channel": channel} if channel else {}),
        **said,
    )  # fmt: skip


@transaction.atomic
def plan(
    *,
    number: str,
    owner_id: int,
    due_on: date,
    text: str,
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """安排反馈：a suggestion or praise gets an owner, a date and an answer too (7.2)."""
    case, step = begin(number, "plan", by, expected_version)
    known_staff(owner_id, "owner_id")
    not_past(due_on, "due_on", at)
    case.owner_id = owner_id
    if case.state != "notified":  # there it is the day on which silence closes the case
        case.waits_until = datetime.combine(due_on + timedelta(days=1), time.min, SHANGHAI)
    said = speak(case, text, kind="plan", by=by, at=at)
    measure(case, what=text[:300], owner_id=owner_id, due_on=due_on, at=at).save(force_insert=True)
    return finish(case, step, by, at, owner=owner_id, due_on=due_on.isoformat(), **said)


def measure(case: Case, *, what: str, owner_id: int, due_on: date, at: datetime) -> FollowUp:
    """后续措施：what will still be done, without anybody's numbers in it, not yet written (1.2)."""
    return FollowUp(
        id=new_id(at), case_id=case.id, round=case.round, what=personal.mask(what),
        owner_id=owner_id, due_on=due_on,
    )  # fmt: skip


def known_staff(id: int, field: str) -> people.Colleague:
    """The staff row, or Invalid at the field that named somebody unknown or gone."""
    found = people.staff(id)
    if found is None or not found.active:
        raise Invalid({field: "not_known"})
    return found


def not_past(day: date, field: str, at: datetime) -> None:
    """Invalid at the field when the day is over; today can still be kept."""
    if day < at.astimezone(SHANGHAI).date():
        raise Invalid({field: "in_the_past"})


def say_missed(case: Case, by: Actor, at: datetime) -> None:
    """A due that has passed was missed, though its row is about to end another way (2.3.3)."""
    for clock in deadlines.running(case):
        if is_late(due_at=clock.due_at, done_at=None, at=at):
            deadlines.miss(case, clock, by=by, at=at)


def archive_on(at: datetime) -> datetime:
    """Archived by the end of the next working day after the end (X-27, not of the handbook)."""
    return due(Limit(1, "workdays"), at, policy.workdays()).at
