"""What time and the case bring: dues that pass, a case that moves on; ties to a merchant."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.appeals import queries
from bihuan.appeals.commands.steps import miss
from bihuan.appeals.lifecycle import V
from bihuan.appeals.models import TIES, Interest
from bihuan.appeals.rules import CLAUSE
from bihuan.cases import commands as cases
from bihuan.cases import queries as seen
from bihuan.core import inputs
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible
from bihuan.events import log
from bihuan.store.blocks import new_id


@transaction.atomic
def miss_appeals(*, at: datetime) -> int:
    """Of every due of an appeal that has passed: said once (3.2)."""
    rows = queries.late_clocks(at)
    appeals = {id: queries.by_id(id) for id in sorted({one.appeal_id for one in rows})}
    log.hold({one.case_id for one in appeals.values()})
    return sum(miss(appeals[clock.appeal_id], clock, at) for clock in rows)


@transaction.atomic
def move_need(*, case_id: int, by: Actor, at: datetime) -> bool:
    """The case went on in another, or came back: the one that goes on waits for the appeal."""
    row = queries.standing(case_id)
    if row is None:
        return False
    case = seen.goes_on_in(seen.get(queries.case_number(row), SYSTEM))
    if not case.is_open:
        return False
    cases.need(number=case.number, code="appeal", before="close", ref=row.id, due_at=None, by=by)
    return True


@transaction.atomic
def let_go(*, appeal: str, by: Actor, at: datetime) -> None:
    """The case waits for this appeal no more; who appealed has their days to object anew (X-28)."""
    row = queries.get(appeal, by)
    case = seen.goes_on_in(seen.get(queries.case_number(row), by))
    case = cases.meet(number=case.number, ref=row.id, by=by, at=at)
    if case.state == "notified":
        cases.hear_result(number=case.number, by=by, at=at)


@transaction.atomic
def declare_interest(
    *, staff_id: int, merchant_id: int, tie: str, by: Actor, at: datetime
) -> Interest:
    """申报利害关系：by oneself, a supervisor or compliance; who has one reviews nothing of it.

    The log keeps who declared what of whom, on the stream of the member of staff.
    """
    if by.id != staff_id and not by.roles & V:
        raise NotPermitted(CLAUSE, action="declare_interest")
    faults: dict[str, str] = {}
    if people.staff(inputs.whole(staff_id, field="staff_id", least=1)) is None:
        faults["staff_id"] = "not_known"
    shop = inputs.whole(merchant_id, field="merchant_id", least=1)
    if shop not in people.merchant_names([shop]):
        faults["merchant_id"] = "not_known"
    if faults:
        raise Invalid(faults, CLAUSE)
    kept = inputs.one_of(tie, TIES, field="tie")
    if Interest.objects.filter(staff_id=staff_id, merchant_id=shop, ended_at=None).exists():
        raise Invalid({"merchant_id": "declared_already"}, CLAUSE)
    row = Interest.objects.create(
        id=new_id(at), staff_id=staff_id, merchant_id=shop, tie=kept, declared_by=by.id,
        declared_at=at,
    )  # fmt: skip
    _say("interest.declared", row, by, at)
    return row


@transaction.atomic
def end_interest(*, id: int, by: Actor, at: datetime) -> Interest:
    """利害关系已消除：by a supervisor or compliance who is not concerned; never by oneself."""
    row = queries.interest(id)
    if not by.roles & V or by.id == row.staff_id:
        raise NotPermitted(CLAUSE, action="end_interest")
    if row.ended_at:
        raise NotPossible(CLAUSE, state="ended", action="end_interest", possible=[])
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    _say("interest.ended", row, by, at)
    return row


def _say(kind: str, row: Interest, by: Actor, at: datetime) -> None:
    log.append(
        kind, stream=row.staff_id, by=by, at=at, clause=CLAUSE, interest=row.id,
        staff=row.staff_id, merchant=row.merchant_id, tie=row.tie,
    )  # fmt: skip
