"""Open, answer and sign the record of a missed deadline (2.3.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.complaints import queries, rules
from bihuan.complaints.loader import causes
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
def explain(
    *, id: int, cause_code: str, cause: str, measure: str, by: Actor, at: datetime
) -> Accountability:
    """说明原因与整改措施：by whoever held the case; until it is signed.

    A supervisor writes in their place, and the event says so, when they are out or some working
    days have passed (a default); before that the first word is theirs (NotPermitted).
    Invalid names each field that is missing, not known, too short or too long.
    """
    row = _unsigned(id, "explain", by)
    if not rules.may_explain(row.staff_id, by):
        raise NotPermitted(CLAUSE, action="explain", why="not_the_holder")
    if queries.explains_first(row, by, at, people.out_of({row.staff_id}, at)):
        raise NotPermitted(CLAUSE, action="explain", why="explains_first")
    said = _checked(cause_code=cause_code, cause=cause, measure=measure)
    row.cause_code, row.cause, row.measure = said["cause_code"], said["cause"], said["measure"]
    row.explained_by = by.id
    row.save(update_fields=["cause_code", "cause", "measure", "explained_by"])
    in_place = by.id != row.staff_id
    say("accountability.explained", row, by, at, cause=row.cause_code, in_place=in_place)
    return row


@transaction.atomic
def sign(*, id: int, by: Actor, at: datetime) -> Accountability:
    """签字确认：a supervisor, neither the one who answers nor the one who explained.

    NotPermitted says why not; NotReady names what is missing of cause and measure.
    """
    row = _unsigned(id, "sign", by)
    unfit = rules.unfit_to_sign(staff_id=row.staff_id, explained_by=row.explained_by, by=by)
    if unfit:
        raise NotPermitted(CLAUSE, action="sign", why=unfit)
    missing = [name for name in ("cause", "measure") if not getattr(row, name)]
    if missing:
        raise NotReady(CLAUSE, missing=missing)
    row.signed_by, row.signed_at = by.id, at
    row.save(update_fields=["signed_by", "signed_at"])
    say("accountability.signed", row, by, at)
    return row


def say(kind: str, row: Accountability, by: Actor, at: datetime, **more: object) -> None:
    """What happened to a record, on the stream of its case."""
    log.append(
        kind, stream=row.case_id, by=by, at=at, clause=CLAUSE, accountability=row.id,
        milestone=row.milestone, due_at=row.due_at.isoformat(), round=row.round,
        staff=row.staff_id, department=row.department, **more,
    )  # fmt: skip


def _unsigned(id: int, action: str, by: Actor) -> Accountability:
    """Nothing more is said or signed of what is signed, cancelled, or under appeal."""
    row = queries.locked(id, by)
    state = "cancelled" if row.cancelled_at else "signed" if row.signed_at else ""
    if not state and queries.is_appealed(row.id):
        state = "appealed"
    if state:
        raise NotPossible(CLAUSE, state=state, action=action, possible=[])
    return row


def _checked(*, cause_code: str, cause: str, measure: str) -> dict[str, str]:
    """Every wrong field is named at once."""
    said: dict[str, str] = {}
    faults: dict[str, str] = {}
    facts: dict[str, object] = {}
    checks: dict[str, Callable[[], str]] = {
        "cause_code": lambda: inputs.one_of(cause_code, causes(), field="cause_code"),
        "cause": lambda: words(cause, "cause"),
        "measure": lambda: words(measure, "measure"),
    }
    for field, check in checks.items():
        try:
            said[field] = check()
        except Invalid as fault:
            faults |= fault.fields
            facts |= {name: fact for name, fact in fault.facts.items() if name != "fields"}
    if faults:
        raise Invalid(faults, CLAUSE, **facts)
    return said


def words(given: str, field: str) -> str:
    """What somebody says in his own words; Invalid names the field."""
    return inputs.words(given, field=field, least=WORDS_LEAST, most=WORDS_MOST)
