"""End a case or take it up again: confirm, dispute, silence, withdraw, reopen, merge, archive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.cases import deadlines, queries
from bihuan.cases.commands.handling import archive_on, say_missed
from bihuan.cases.commands.identity import admit
from bihuan.cases.commands.keeping import kept_until
from bihuan.cases.commands.rising import lifted
from bihuan.cases.commands.steps import begin, days_anew, handbook, say, silent_until
from bihuan.cases.commands.words import say as speak
from bihuan.cases.models import SEVERITIES, Case
from bihuan.core import ids
from bihuan.core.actors import Actor
from bihuan.core.lifecycle import Step
from bihuan.core.refusals import Invalid, NotFound, NotPossible, NotReady
from bihuan.events import log
from bihuan.policy import queries as policy

RETENTION = "trade_3_years"  # 电子商务法 31: at least three years (L-02)


@transaction.atomic
def confirm(*, number: str, expected_version: int | None = None, by: Actor, at: datetime) -> Case:
    """确认：the person accepts the result; the loop is closed (2.4.3).

    What the house owes before the end, such as the report on a major complaint, is not theirs to
    wait for: their word stands, and the case closes when it is there.
    """
    case, step = begin(number, "confirm", by, expected_version)
    if case.confirmed_at:
        raise NotPossible(step.clause, state=case.state, action="confirm", possible=[])
    if needs := queries.needed(case, "close"):
        case.confirmed_at = at
        stays = Step(step.source, step.action, case.state, step.who, step.clause)
        return say(case, stays, by, at, kind="case.result_accepted", needs=needs)
    return end(case, step, by, at)


@transaction.atomic
def silence(*, number: str, expected_version: int | None = None, by: Actor, at: datetime) -> Case:
    """视为认可：no word within the policy's days closes the case, open to reopening (X-28)."""
    case, step = begin(number, "silence", by, expected_version)
    if case.waits_until is None or at < case.waits_until:
        raise NotPossible(step.clause, state=case.state, action="silence", possible=[])
    if needs := queries.needed(case, "close"):
        raise NotReady("2.2.4", missing=needs)
    return end(case, step, by, at)


@transaction.atomic
def hear_result(*, number: str, by: Actor, at: datetime) -> dict[str, str]:
    """听到结果：whoever hears the result only now has their days from now on (2.4.1, X-28).

    What the event that tells of it says, {} where nothing waits for their word.
    """
    case = queries.locked(number, by)
    if said := days_anew(case, at):
        case.save(update_fields=["waits_until", "reminded_round"])
    return said


def end(case: Case, step: Step, by: Actor, at: datetime) -> Case:
    """Closed: what still ran is void, and the days until it is archived begin."""
    void_the_rest(case, "closed", by, at)
    case.ended_at, case.retention = at, RETENTION
    case.waits_until = archive_on(at)
    return say(case, step, by, at)


def void_the_rest(case: Case, reason: str, by: Actor, at: datetime) -> None:
    """What still ran ends as void; what was late by now is said first."""
    say_missed(case, by, at)
    deadlines.end(case, reason, at)


@transaction.atomic
def dispute(
    *, number: str, text: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """不认可：what is wrong with the result opens a new round with its own clocks (2.4.3)."""
    case, step = begin(number, "dispute", by, expected_version)
    return again(case, step, text, "dispute", by, at)


@transaction.atomic
def reopen(
    *, number: str, text: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """重新处理：a closed or declined case is taken up again, with a new round of clocks (2.4.3).

    One that was declined is accepted by that: NotReady as for accepting (1.2), and it has a
    handler from now on (1.4).
    """
    case, step = begin(number, "reopen", by, expected_version)
    if case.state == "declined":
        admit(case, at)
        case.owner_id = case.owner_id or (by.id if by.is_staff else 0)
    return again(case, step, text, "reopen", by, at)


def again(
    case: Case, step: Step, text: str, kind: str, by: Actor, at: datetime, **changed: Any
) -> Case:
    """Round n + 1, counted from now; earlier rounds stay as they were judged.

    `changed`, before and after: what only now became a complaint is not complained of again (4.2).
    """
    void_the_rest(case, "next_round", by, at)
    said = speak(case, text, kind=kind, by=by, at=at)
    case.round += 1
    case.round_at = at
    case.outcome, case.told_at, case.ended_at, case.waits_until = "", None, None, None
    case.confirmed_at = None
    case.retention = ""
    lift = changed if "before" in changed else lifted(case, "again", handbook(case)) | changed
    deadlines.start_round(case, handbook(case), policy.workdays())
    return say(case, step, by, at, **lift, **said)


@transaction.atomic
def withdraw(
    *, number: str, text: str = "", expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """撤回：by the person; the record stays."""
    case, step = begin(number, "withdraw", by, expected_version)
    said = speak(case, text, kind="withdraw", by=by, at=at)
    void_the_rest(case, "withdrawn", by, at)
    case.ended_at, case.retention, case.waits_until = at, RETENTION, archive_on(at)
    return say(case, step, by, at, **said)


@transaction.atomic
def merge(
    *, number: str, into: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """并案：the same matter is worked in one case; rows never move, both streams say so (2.2.3).

    What is promised to the person goes on: a case whose dues still run is merged only into one that
    came no later, is no less of a complaint and no less severe (X-07, X-09). Other people's cases
    of one cause are gathered as an incident instead, each closed on its own (2.2.3).
    """
    numbers = [ids.read_case_number(written) or written for written in (number, into)]
    if numbers[0] == numbers[1]:
        raise Invalid({"into": "itself"}, clause="2.2.3")
    for held in sorted(numbers):  # always in the same order, so that two merges cannot deadlock
        if held == numbers[1]:
            target = _target(held, by)
        else:
            case, step = begin(number, "merge", by, expected_version)
    if not target.is_open:
        raise Invalid({"into": "not_open"}, clause="2.2.3")
    if not _one_matter(case, target):
        raise Invalid({"into": "another_matter"}, clause="2.2.3")
    if (loss := _lost(case, target)) and case.next_due_at:
        raise Invalid({"into": loss}, clause="2.2.3")
    log.hold([case.id, target.id])
    void_the_rest(case, "merged", by, at)
    case.merged_into, case.ended_at = target.id, at
    log.append(
        "case.merged", stream=target.id, by=by, at=at, clause=step.clause,
        number=target.number, round=target.round, version=target.version, other=case.number,
    )  # fmt: skip
    return say(case, step, by, at, other=target.number)


def _one_matter(case: Case, other: Case) -> bool:
    """Whether nobody is left without a case: one person or one order, or somebody unknown in it."""
    return queries.shared(case, other) or bool(
        people.unreachable({case.person_id, other.person_id})
    )


def _lost(case: Case, into: Case) -> str:
    """What a case that is merged into that one would no longer be owed; "" when nothing (X-07)."""
    if into.received_at > case.received_at:
        return "came_later"
    if case.kind == "complaint" != into.kind:
        return "no_complaint"
    if SEVERITIES.index(into.severity) < SEVERITIES.index(case.severity):
        return "less_severe"
    return ""


def _target(number: str, by: Actor) -> Case:
    try:
        return queries.locked(number, by)
    except NotFound:
        raise Invalid({"into": "no_such_case"}, clause="2.2.3") from None


@transaction.atomic
def unmerge(
    *, number: str, reason: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """撤销并案：back to where it was, with the old dues (2.2.3)."""
    case, step = begin(number, "unmerge", by, expected_version)
    target = Case.objects.get(id=case.merged_into)
    said = speak(case, reason, kind="note", by=by, at=at, internal=True)
    merged = log.last(case.id, "case.merged")
    case.merged_into, case.ended_at = 0, None
    back = Step(step.source, step.action, merged.data["from"], step.who, step.clause)
    if back.target == "notified":
        case.waits_until = silent_until(case, at)
        case.reminded_round = 0  # the days begin anew, and so does their reminder
    deadlines.revive(case)
    log.hold([case.id, target.id])
    log.append(
        "case.unmerged", stream=target.id, by=by, at=at, clause=step.clause,
        number=target.number, round=target.round, version=target.version, other=case.number,
    )  # fmt: skip
    return say(case, back, by, at, other=target.number, **said)


@transaction.atomic
def archive(*, number: str, expected_version: int | None = None, by: Actor, at: datetime) -> Case:
    """归档：read-only from now on, kept at least three years (2.2.4)."""
    case, step = begin(number, "archive", by, expected_version)
    case.archived_at, case.waits_until = at, None
    case.retention, case.kept_until = case.retention or RETENTION, kept_until(case)
    until = case.kept_until.isoformat()
    return say(case, step, by, at, retention=case.retention, kept_until=until)


@transaction.atomic
def remind(*, number: str, by: Actor, at: datetime) -> Case:
    """提醒确认：once before silence closes the case (X-28)."""
    case = queries.locked(number, by)
    if case.state != "notified" or case.reminded_round == case.round:
        raise NotPossible("2.4.2", state=case.state, action="remind", possible=[])
    case.reminded_round = case.round
    case.save(update_fields=["reminded_round"])
    log.append(
        "case.reminded", stream=case.id, by=by, at=at, clause="2.4.2", number=case.number,
        round=case.round, version=case.version,
    )  # fmt: skip
    return case
