"""Put right what led to a breach: by whom, by which day, with which evidence (2.3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.complaints import queries, rules
from bihuan.complaints.commands.records import WORDS_LEAST, words
from bihuan.complaints.models import Rectification
from bihuan.complaints.rules import CLAUSE
from bihuan.core import inputs, personal
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible
from bihuan.events import log
from bihuan.events.log import Fact
from bihuan.store.blocks import new_id

WHAT_MOST = 500
RECORDS_MOST = 50  # a measure that answers for more is a project (7.2)


@transaction.atomic
def set_measure(
    *, record_ids: Sequence[int], what: str, owner_id: int, due_on: date, by: Actor, at: datetime
) -> Rectification:
    """下达整改任务：for one record or several, by a supervisor or whoever answers for them."""
    wanted = sorted(set(record_ids))
    if not 1 <= len(wanted) <= RECORDS_MOST:
        raise Invalid({"record_ids": "out_of_range"}, CLAUSE, least=1, most=RECORDS_MOST)
    records = [queries.locked(id, by) for id in wanted]
    if not rules.may_set_measures({row.staff_id for row in records}, by):
        raise NotPermitted(CLAUSE, action="set_measure", why="not_the_holder")
    if any(row.cancelled_at for row in records):
        raise NotPossible(CLAUSE, state="cancelled", action="set_measure", possible=[])
    said = inputs.words(what, field="what", least=WORDS_LEAST, most=WHAT_MOST)
    colleague = people.staff(owner_id)
    if colleague is None or not colleague.active:
        raise Invalid({"owner_id": "not_known"}, CLAUSE)
    if due_on < at.astimezone(SHANGHAI).date():
        raise Invalid({"due_on": "in_the_past"}, CLAUSE)
    row = Rectification(
        id=new_id(at), record_ids=wanted, what=personal.mask(said)[:WHAT_MOST], owner_id=owner_id,
        due_on=due_on, made_by=by.id, made_at=at,
    )  # fmt: skip
    row.save(force_insert=True)
    _say("rectification.set", row, by, at)
    return row


@transaction.atomic
def finish_measure(*, id: int, evidence: str, by: Actor, at: datetime) -> Rectification:
    """报告完成：with words that show it, by its owner or a supervisor in his place."""
    row = queries.locked_measure(id, by)
    if row.done_at:
        raise NotPossible(CLAUSE, state="done", action="finish_measure", possible=[])
    if not rules.may_explain(row.owner_id, by):
        raise NotPermitted(CLAUSE, action="finish_measure", why="not_the_owner")
    said = words(evidence, "evidence")
    row.evidence, row.done_by, row.done_at = personal.mask(said), by.id, at
    row.save(update_fields=["evidence", "done_by", "done_at"])
    _say("rectification.done", row, by, at)
    return row


@transaction.atomic
def verify_measure(*, id: int, by: Actor, at: datetime) -> Rectification:
    """核验通过：a supervisor, neither its owner nor who reported it done."""
    row = _reported(id, "verify_measure", by)
    row.verified_by, row.verified_at = by.id, at
    row.save(update_fields=["verified_by", "verified_at"])
    _say("rectification.verified", row, by, at)
    return row


@transaction.atomic
def return_measure(*, id: int, reason: str, by: Actor, at: datetime) -> Rectification:
    """退回整改：what was shown is not enough; its day stays, and it may be late again."""
    row = _reported(id, "return_measure", by)
    said = words(reason, "reason")
    row.returned, row.done_at, row.done_by = personal.mask(said), None, 0
    row.save(update_fields=["returned", "done_at", "done_by"])
    _say("rectification.returned", row, by, at)
    return row


def _reported(id: int, action: str, by: Actor) -> Rectification:
    row = queries.locked_measure(id, by)
    if row.verified_at or not row.done_at:
        state = "verified" if row.verified_at else "open"
        raise NotPossible(CLAUSE, state=state, action=action, possible=[])
    if unfit := rules.unfit_to_verify(owner_id=row.owner_id, done_by=row.done_by, by=by):
        raise NotPermitted(CLAUSE, action=action, why=unfit)
    return row


@transaction.atomic
def chase_measures(*, at: datetime) -> int:
    """催办：of those whose day is over and that nobody reported done, once each; how many."""
    today = at.astimezone(SHANGHAI).date()
    rows = Rectification.objects.select_for_update(skip_locked=True).filter(
        done_at=None, chased_at=None, due_on__lt=today
    )
    late = list(rows.order_by("due_on", "id")[:200])
    for row in late:
        row.chased_at = at
        row.save(update_fields=["chased_at"])
    facts = [fact for row in late for fact in _facts("rectification.late", row)]
    log.append_all(facts, by=SYSTEM, at=at)
    return len(late)


def _say(kind: str, row: Rectification, by: Actor, at: datetime) -> None:
    """On the stream of every case it is for."""
    log.append_all(_facts(kind, row), by=by, at=at)


def _facts(kind: str, row: Rectification) -> list[Fact]:
    return [
        Fact(
            kind,
            case_id,
            {
                "measure": row.id,
                "records": records,
                "owner": row.owner_id,
                "due_on": row.due_on.isoformat(),
            },
            CLAUSE,
        )
        for case_id, records in queries.cases_of(row.record_ids).items()
    ]
