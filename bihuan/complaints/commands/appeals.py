"""Object to being held to account, and decide on it without having had a part in it (2.3.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.complaints import queries, rules
from bihuan.complaints.commands.records import say, words
from bihuan.complaints.models import Accountability, Appeal
from bihuan.complaints.rules import CLAUSE
from bihuan.core import inputs, personal
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible
from bihuan.policy import queries as policy
from bihuan.store.blocks import new_id

OUTCOMES = ["upheld", "changed", "dismissed"]


@transaction.atomic
def appeal(*, id: int, grounds: str, by: Actor, at: datetime) -> Appeal:
    """问责申诉：by whom the record names, once, within the days of the policy (a default).

    They count from the opening, from the signature, or from when the record came to him.
    """
    row = queries.locked(id, by)
    if by.id != row.staff_id:
        raise NotPermitted(CLAUSE, action="appeal", why="not_the_holder")
    said = personal.mask(words(grounds, "grounds"))
    if row.cancelled_at or Appeal.objects.filter(record_id=row.id, staff_id=by.id).exists():
        state = "cancelled" if row.cancelled_at else "appealed"
        raise NotPossible(CLAUSE, state=state, action="appeal", possible=[])
    until = queries.appeals_until(row, at)
    if at > until:
        raise NotPossible(CLAUSE, state="too_late", action="appeal", possible=[], until=until)
    made = Appeal(
        id=new_id(at), record_id=row.id, staff_id=by.id, grounds=said, filed_at=at,
        former_department=row.department, former_cause=row.cause, former_measure=row.measure,
    )  # fmt: skip
    made.save(force_insert=True)
    say("accountability.appealed", row, by, at, appeal=made.id)
    return made


@transaction.atomic
def decide(
    *,
    id: int,
    outcome: str,
    reason: str,
    staff_id: int = 0,
    department: str = "",
    by: Actor,
    at: datetime,
) -> Accountability:
    """裁决申诉：`id` is the record's. Cancel it, move it to whoever it belongs to, or dismiss.

    NotPermitted says which part in the record the actor has had. Who it is moved to explains it
    anew, and may object himself.
    """
    row = queries.locked(id, by)
    open_ = Appeal.objects.select_for_update().filter(record_id=row.id, decided_at=None).first()
    if open_ is None:
        raise NotPossible(CLAUSE, state="not_appealed", action="decide", possible=[])
    unfit = rules.unfit_to_decide(
        appellant=open_.staff_id, explained_by=row.explained_by, signed_by=row.signed_by,
        department=row.department, by=by,
    )  # fmt: skip
    if unfit:
        raise NotPermitted(CLAUSE, action="decide", why=unfit)
    open_.outcome = inputs.one_of(outcome, OUTCOMES, field="outcome")
    open_.reason = personal.mask(words(reason, "reason"))
    before = {"staff": row.staff_id, "department": row.department}
    if outcome == "changed":
        _move(row, open_, staff_id, department, at)
    if outcome == "upheld":
        row.cancelled_at = at
    open_.decided_by, open_.decided_at = by.id, at
    open_.save()
    row.save()
    _said(open_, row, by, at, before)
    return row


def _move(row: Accountability, made: Appeal, staff_id: int, unit: str, at: datetime) -> None:
    """To another person or department; who answered till now is never asked to again."""
    if not staff_id and not unit:
        raise Invalid({"staff_id": "missing"}, CLAUSE)
    if unit and unit not in policy.current(at).departments:
        raise Invalid({"department": "not_known"}, CLAUSE)
    colleague = people.staff(staff_id) if staff_id else None
    if staff_id and (colleague is None or not colleague.active or staff_id == row.staff_id):
        raise Invalid({"staff_id": "not_known"}, CLAUSE)
    row.staff_id = staff_id
    row.department = unit or (colleague.department if colleague else "") or row.department
    if not staff_id and row.department == made.former_department:
        raise Invalid({"department": "not_known"}, CLAUSE)
    made.moved_to, made.moved_department = row.staff_id, row.department
    made.former_cause, made.former_measure = row.cause, row.measure
    row.answers_since = at
    row.cause_code = row.cause = row.measure = ""
    row.explained_by = row.signed_by = 0
    row.signed_at = None


def _said(made: Appeal, row: Accountability, by: Actor, at: datetime, before: object) -> None:
    said = dict(
        zip(
            OUTCOMES,
            ("accountability.cancelled", "accountability.reassigned", "accountability.confirmed"),
            strict=True,
        )
    )
    say(said[made.outcome], row, by, at, appeal=made.id, before=before)
