"""Open, answer and sign the record of a missed deadline (2.3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from bihuan.complaints import queries, rules
from bihuan.complaints.models import Accountability
from bihuan.complaints.rules import CLAUSE, Breach
from bihuan.core import inputs
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible, NotReady
from bihuan.events import log
from bihuan.events.log import Fact
from bihuan.store.blocks import new_id

WORDS_LEAST, WORDS_MOST = 5, 4000


@transaction.atomic
def open_record(breaches: Sequence[Breach], *, at: datetime) -> int:
    """启动问责：one record for a breach, however often it is reported; how many this opened.

    `at` is when it was said. For many, because when a day ends hundreds are missed.
    """
    log.hold({one.case_id for one in breaches})  # whoever reports them too waits, and finds them
    known = queries.recorded(one.case_id for one in breaches)
    fresh = {one.key: one for one in breaches if one.key not in known}
    rows = [_row(one, at) for one in fresh.values()]
    Accountability.objects.bulk_create(rows)
    facts = [_opened(one, row) for one, row in zip(fresh.values(), rows, strict=True)]
    return len(log.append_all(facts, by=SYSTEM, at=at))


def _row(breach: Breach, at: datetime) -> Accountability:
    return Accountability(
        id=new_id(at), case_id=breach.case_id, round=breach.round, milestone=breach.milestone,
        due_at=breach.due_at, clauses=" ".join(rules.clauses(breach.promises))[:120],
        staff_id=breach.staff_id, department=breach.department, opened_at=at,
    )  # fmt: skip


def _opened(breach: Breach, row: Accountability) -> Fact:
    said = {
        "number": breach.number,
        "accountability": row.id,
        "milestone": breach.milestone,
        "due_at": breach.due_at.isoformat(),
        "round": breach.round,
        "promises": list(breach.promises),
        "clauses": rules.clauses(breach.promises),
        "staff": breach.staff_id,
        "department": breach.department,
    }
    return Fact("accountability.opened", breach.case_id, said, CLAUSE)


@transaction.atomic
def explain(*, id: int, cause: str, measure: str, by: Actor, at: datetime) -> Accountability:
    """说明原因与整改措施：by whoever held the case, or a supervisor; until it is signed.

    Invalid names `cause` and `measure` when they are missing, too short or too long.
    """
    row = _unsigned(id, "explain", by)
    if not rules.may_explain(row.staff_id, by):
        raise NotPermitted(CLAUSE, action="explain")
    row.cause, row.measure = _both(cause, measure)
    row.save(update_fields=["cause", "measure"])
    return row


@transaction.atomic
def sign(*, id: int, by: Actor, at: datetime) -> Accountability:
    """签字确认：a supervisor, not the one who answers; NotReady without cause and measure."""
    row = _unsigned(id, "sign", by)
    if not rules.may_sign(row.staff_id, by):
        raise NotPermitted(CLAUSE, action="sign")
    missing = [name for name in ("cause", "measure") if not getattr(row, name)]
    if missing:
        raise NotReady(CLAUSE, missing=missing)
    row.signed_by, row.signed_at = by.id, at
    row.save(update_fields=["signed_by", "signed_at"])
    log.append(
        "accountability.signed", stream=row.case_id, by=by, at=at, clause=CLAUSE,
        accountability=row.id, milestone=row.milestone, due_at=row.due_at.isoformat(),
        round=row.round, staff=row.staff_id, department=row.department,
    )  # fmt: skip
    return row


def _unsigned(id: int, action: str, by: Actor) -> Accountability:
    row = queries.locked(id, by)
    if row.signed_at:
        raise NotPossible(CLAUSE, state="signed", action=action, possible=[])
    return row


def _both(cause: str, measure: str) -> tuple[str, str]:
    said: dict[str, str] = {}
    faults: dict[str, str] = {}
    facts: dict[str, object] = {}
    for field, value in (("cause", cause), ("measure", measure)):
        try:
            said[field] = inputs.words(value, field=field, least=WORDS_LEAST, most=WORDS_MOST)
        except Invalid as fault:
            faults |= fault.fields
            facts |= {name: fact for name, fact in fault.facts.items() if name != "fields"}
    if faults:
        raise Invalid(faults, CLAUSE, **facts)
    return said["cause"], said["measure"]
