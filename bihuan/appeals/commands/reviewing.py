"""Who reviews, and what the reviewer does: accept, ask, decline, decide, step aside (3.2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.appeals import queries
from bihuan.appeals.commands.steps import appointers, begin, decided_by, finish, independent
from bihuan.appeals.models import OUTCOMES, Appeal
from bihuan.appeals.rules import CLAUSE
from bihuan.cases import commands as cases
from bihuan.cases import queries as seen
from bihuan.core import inputs
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import Invalid

WORDS_LEAST, WORDS_MOST = 10, 8000
#: Why an appeal is not looked at; the reviewer says it in words as well.
DECLINES = ["not_the_person", "before_a_court", "abusive", "no_matter"]
#: What a decision must say, and what stands before each part of its words.
PARTS = {"facts": "查明的事实", "reasons": "理由", "basis": "依据", "next": "接下来"}


@transaction.atomic
def draw_reviewer(*, appeal: str, by: Actor, at: datetime) -> bool:
    """抽取复核人：by lot among the independent; whether one was found.

    Where there is nobody, that is said once: to everybody who may appoint one (3.2).
    """
    row, step = begin(appeal, "appoint", by, at)
    if row.reviewer_id:
        return False
    chosen = queries.draw(row, at)
    if chosen:
        _name(row, chosen, at)
        finish(row, step, "appeal.appointed", by, at, reviewer=chosen, told=[chosen])
    elif not queries.said_unreviewed(row):
        finish(row, step, "appeal.unreviewed", by, at, told=appointers())
    return bool(chosen)


@transaction.atomic
def appoint_reviewer(
    *, appeal: str, staff_id: int, expected_version: int | None = None, by: Actor, at: datetime
) -> Appeal:
    """指定复核人：by somebody independent too. NotIndependent names what stands against them."""
    row, step = begin(appeal, "appoint", by, at, expected_version)
    chosen = inputs.whole(staff_id, field="staff_id", least=1)
    if people.staff(chosen) is None:
        raise Invalid({"staff_id": "not_known"}, CLAUSE)
    independent(row, chosen, at)
    _name(row, chosen, at)
    return finish(row, step, "appeal.appointed", by, at, reviewer=chosen, told=[chosen])


def _name(row: Appeal, staff_id: int, at: datetime) -> None:
    """The reviewer, who may read the case from now on even if it is closed to all but a few."""
    row.reviewer_id = staff_id
    case = seen.get(queries.case_number(row), SYSTEM)
    if case.restricted:
        cases.add_reader(number=case.number, staff_id=staff_id, by=SYSTEM, at=at)


@transaction.atomic
def recuse(*, appeal: str, reason: str, by: Actor, at: datetime) -> Appeal:
    """回避：the reviewer steps aside, and another is drawn."""
    row, step = begin(appeal, "recuse", by, at)
    words = inputs.words(reason, field="reason", least=2, most=1000)
    kept = cases.keep_said(
        number=queries.case_number(row), text=words, kind="appeal_recusal", internal=True, by=by,
        at=at,
    )  # fmt: skip
    row.reviewer_id = 0
    return finish(row, step, "appeal.recused", by, at, reviewer=by.id, **kept.facts)


@transaction.atomic
def accept_appeal(
    *, appeal: str, text: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Appeal:
    """受理申诉：the reviewer says what will be looked at; the check of independence is kept."""
    row, step = begin(appeal, "accept", by, at, expected_version)
    said = _said(row, text, "appeal_accepted", by, at)
    row.accepted_at = row.accepted_at or at
    due_at = decided_by(row).isoformat()
    return finish(row, step, "appeal.accepted", by, at, reviewer=by.id, due_at=due_at, **said)


@transaction.atomic
def ask_appellant(
    *, appeal: str, text: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Appeal:
    """询问申诉人：a question to the person; no clock stands still for it (X-12)."""
    row, step = begin(appeal, "ask", by, at, expected_version)
    said = _said(row, text, "appeal_question", by, at)
    row.asked_at = at
    return finish(row, step, "appeal.asked", by, at, **said)


@transaction.atomic
def decline_appeal(
    *, appeal: str, reason_code: str, text: str, expected_version: int | None = None, by: Actor,
    at: datetime,
) -> Appeal:  # fmt: skip
    """申诉不予受理：by a supervisor who is independent; why, and what is still open (HOUSE §6b)."""
    row, step = begin(appeal, "decline", by, at, expected_version)
    row.reason_code = inputs.one_of(reason_code, DECLINES, field="reason_code")
    said = _said(row, text, "appeal_declined", by, at)
    return finish(row, step, "appeal.declined", by, at, reason_code=row.reason_code, **said)


@transaction.atomic
def decide_appeal(
    *, appeal: str, outcome: str, facts: str, reasons: str, basis: str, next: str = "",
    expected_version: int | None = None, by: Actor, at: datetime,
) -> Appeal:  # fmt: skip
    """裁决申诉：dismissed leaves the result; upheld has it handled anew by others; varied by the
    reviewer, who carries the new result out. The case changes by an event of its own (3.2).

    Invalid names every part that is missing; `next` is needed unless it is dismissed.
    """
    row, step = begin(appeal, "decide", by, at, expected_version)
    row.outcome = inputs.one_of(outcome, OUTCOMES, field="outcome")
    given = {"facts": facts, "reasons": reasons, "basis": basis, "next": next}
    words = _decision(given, row.outcome)
    said = _said(row, words, "appeal_decision", by, at)
    finish(row, step, "appeal.decided", by, at, outcome=row.outcome, reviewer=by.id, **said)
    if row.outcome != "dismissed":
        _carry_out(row, next, by, at)
    return row


def _decision(given: dict[str, str], outcome: str) -> str:
    faults: dict[str, str] = {}
    parts: list[str] = []
    for field, label in PARTS.items():
        optional = field == "next" and outcome == "dismissed"
        least = 0 if optional else 2 if field in ("basis", "next") else WORDS_LEAST
        try:
            words = inputs.words(given[field], field=field, least=least, most=WORDS_MOST)
        except Invalid as fault:
            faults |= fault.fields
        else:
            parts += [f"{label}：{words}"] if words else []
    if faults:
        raise Invalid(faults, CLAUSE)
    return "\n".join(parts)


def _said(row: Appeal, text: str, kind: str, by: Actor, at: datetime) -> dict[str, Any]:
    words = inputs.words(text, field="text", least=2, most=4 * WORDS_MOST)
    number = queries.case_number(row)
    return cases.keep_said(number=number, text=words, kind=kind, by=by, at=at).facts


def _carry_out(row: Appeal, next: str, by: Actor, at: datetime) -> None:
    """What the decision does to the case, or to the one it went on in (2.2.3).

    Upheld: somebody of its department who had nothing to do with it; where there is nobody, and
    for a result that is varied, the reviewer.
    """
    case = seen.goes_on_in(seen.get(queries.case_number(row), SYSTEM))
    owner = by.id
    if row.outcome == "upheld":
        had = queries.touched(row, [], at).staff
        owner = seen.lightest_without(case.department, had, at) or by.id
    if case.state in ("notified", "closed", "declined", "archived"):
        cases.overturn(number=case.number, text=next, owner_id=owner, by=SYSTEM, at=at)
    else:
        cases.assign(number=case.number, owner_id=owner, reason=next, by=SYSTEM, at=at)
