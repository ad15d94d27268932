"""The order a case is about: found after filing and linked, and money asked back for it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.cases import queries
from bihuan.cases.commands.steps import works_on
from bihuan.cases.models import OPEN, Case, Sealed
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import NotPermitted, NotPossible, NotReady, Stale
from bihuan.events import log
from bihuan.orders import commands as orders
from bihuan.orders import queries as bought
from bihuan.orders.queries import Refund
from bihuan.store import secrets

CLAUSE = "6.3"
REFUNDABLE = (*OPEN, "closed")  # what was promised may be paid after the end


def want_order(*, case_id: int, at: datetime) -> bool:
    """The number somebody typed and nobody knew is looked up; False where there is none."""
    case = Case.objects.filter(id=case_id, order_id=0).first()
    typed = Sealed.objects.filter(case_id=case_id, kind="order").order_by("id").first()
    if case is None or typed is None:
        return False
    number = secrets.open_(typed.person_id, "cases_sealed", "value", typed.id, typed.value)
    wanted = number and orders.want_order(
        case_id=case.id, person_id=case.person_id, number=number, at=at
    )
    return bool(wanted)


@transaction.atomic
def link_order(*, case_id: int, order_id: int, at: datetime) -> Case | None:
    """关联订单：this person's own, on a case that has none; None where nothing was to be done."""
    case = Case.objects.select_for_update().filter(id=case_id).first()
    order = bought.get(order_id)
    if case is None or case.order_id or order is None or order.person_id != case.person_id:
        return None
    case.order_id = order.id
    case.merchant_id = case.merchant_id or order.merchant_id
    case.save(update_fields=["order_id", "merchant_id"])
    log.append(
        "case.order_linked", stream=case.id, by=SYSTEM, at=at, clause="3.1", number=case.number,
        order=order.id, merchant=case.merchant_id,
    )  # fmt: skip
    return case


@transaction.atomic
def ask_refund(
    *, number: str, amount_fen: object, reason: object, mark: str = "",
    expected_version: int | None = None, by: Actor, at: datetime,
) -> Refund:  # fmt: skip
    """申请退款：by whoever works on the case, for its own order (6.3); never by a bot (L-20)."""
    case = queries.locked(number, by)
    if expected_version is not None and expected_version != case.version:
        raise Stale(version=case.version, state=case.state, number=case.number)
    check_refund(case, by=by)
    return orders.ask_refund(
        case_id=case.id, order_id=case.order_id, amount_fen=amount_fen, reason=reason, mark=mark,
        by=by, at=at,
    )  # fmt: skip


def check_refund(case: Case, *, by: Actor) -> None:
    """Whether this actor may ask money back on it now; NotPermitted, NotPossible, NotReady."""
    people = by.is_staff and by.id > 0 and Role.SYSTEM not in by.roles
    if not people or not works_on(case, by):
        raise NotPermitted(CLAUSE, action="ask_refund", department=case.department)
    if case.state not in REFUNDABLE:
        raise NotPossible(CLAUSE, state=case.state, action="ask_refund", possible=[])
    if not case.order_id:
        raise NotReady(CLAUSE, missing=["order"])


def may_refund(case: Case, by: Actor) -> bool:
    """The same, as a claim."""
    try:
        check_refund(case, by=by)
    except (NotPermitted, NotPossible, NotReady):
        return False
    return True
