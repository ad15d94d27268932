"""How long a case file is kept, and what stops its destruction: a legal hold (2.2.4, L-02)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from bihuan.cases import queries
from bihuan.cases.commands.steps import handbook
from bihuan.cases.models import Case, LegalHold
from bihuan.core import inputs, personal
from bihuan.core.actors import Actor, Role
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import NotPermitted, NotPossible
from bihuan.events import log
from bihuan.orders import queries as orders
from bihuan.store.blocks import new_id

CLAUSE = "2.2.4"
REASON_LEAST, REASON_MOST = 4, 300
#: Whoever answers for what a court or an authority may ask for.
PLACES = frozenset({Role.LEGAL, Role.COMPLIANCE, Role.SUPERVISOR, Role.ADMINISTRATOR})
LIFTS = frozenset({Role.LEGAL, Role.COMPLIANCE, Role.ADMINISTRATOR})


def kept_until(case: Case) -> date:
    """The last day on which the file must be there: years from the later of two days (L-02).

    The transaction was completed when the goods came, as far as its order tells.
    """
    assert case.ended_at is not None
    order = orders.get(case.order_id)
    done = order.received_at if order and order.received_at else case.ended_at
    last = max(case.ended_at, done).astimezone(SHANGHAI).date()
    years = handbook(case).defaults["retention"].amount
    try:
        return last.replace(year=last.year + years)
    except ValueError:  # 29 February
        return last.replace(year=last.year + years, month=3, day=1)


@transaction.atomic
def place_hold(*, number: str, reason: str, by: Actor, at: datetime) -> LegalHold:
    """证据保全：of any case, ended ones too; nothing else of it changes."""
    if not by.roles & PLACES:
        raise NotPermitted(CLAUSE, action="place_hold")
    words = inputs.words(reason, field="reason", least=REASON_LEAST, most=REASON_MOST, lines=False)
    case = queries.locked(number, by)
    if queries.legal_hold(case):
        raise NotPossible(CLAUSE, state="held", action="place_hold", possible=["lift_hold"])
    row = LegalHold.objects.create(
        id=new_id(at), case_id=case.id, reason=personal.mask(words), placed_by=by.id, placed_at=at
    )
    _say("case.hold_placed", case, row, by, at)
    return row


@transaction.atomic
def lift_hold(*, number: str, reason: str, by: Actor, at: datetime) -> LegalHold:
    """解除保全：by legal or compliance, with a reason; the retention runs on as it did."""
    if not by.roles & LIFTS:
        raise NotPermitted(CLAUSE, action="lift_hold")
    words = inputs.words(reason, field="reason", least=REASON_LEAST, most=REASON_MOST, lines=False)
    case = queries.locked(number, by)
    row = queries.legal_hold(case)
    if row is None:
        raise NotPossible(CLAUSE, state="free", action="lift_hold", possible=["place_hold"])
    row.lifted_by, row.lifted_at, row.lifted_reason = by.id, at, personal.mask(words)
    row.save(update_fields=["lifted_by", "lifted_at", "lifted_reason"])
    _say("case.hold_lifted", case, row, by, at)
    return row


def _say(kind: str, case: Case, row: LegalHold, by: Actor, at: datetime) -> None:
    log.append(
        kind, stream=case.id, by=by, at=at, clause=CLAUSE, number=case.number, round=case.round,
        hold=row.id,
    )  # fmt: skip
