"""Ask money back, once however often it is asked, and follow it to its first final answer (6.3)."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from types import MappingProxyType

from django.db import transaction

from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.ports import OrderSource, OrderSystemFault, RefundFacts, RefundWish
from bihuan.core.refusals import NotFound, NotPermitted
from bihuan.events import log
from bihuan.orders import queries, rules, wires
from bihuan.orders.commands.leasing import leased
from bihuan.orders.models import OrderCopy, Refund
from bihuan.store.blocks import new_id

CLAUSE = "6.3"
_SAYS = MappingProxyType(
    {
        "asked": "refund.asked",
        "accepted": "refund.accepted",
        "done": "refund.done",
        "refused": "refund.refused",
        "contradicted": "refund.contradicted",
        "unanswered": "refund.unanswered",
    }
)


@transaction.atomic
def ask_refund(
    *,
    case_id: int,
    order_id: int,
    amount_fen: object,
    reason: object,
    mark: str = "",
    by: Actor,
    at: datetime,
) -> Refund:
    """申请退款：by a person of the staff and never by a program that decides (L-20).

    The caller holds the case. With the same `mark` it is asked for once on a case. Invalid:
    amount_fen (more_than_left), reason.
    """
    if not by.is_staff or by.id <= 0 or Role.SYSTEM in by.roles:
        raise NotPermitted(CLAUSE, action="ask_refund")
    # two at once would both find the whole sum left
    order = OrderCopy.objects.select_for_update().filter(id=order_id).first()
    if order is None:
        raise NotFound()
    key = sha256(f"{case_id}.{mark}".encode()).hexdigest()[:40] if mark else ""
    if key and (known := Refund.objects.filter(key=key).first()):
        return known
    amount, given = queries.check_refund(order, amount_fen=amount_fen, reason=reason)
    id = new_id(at)
    row = Refund.objects.create(
        id=id, case_id=case_id, order=order, key=key or f"refund-{id}", amount_fen=amount,
        reason=given, asked_by=by.id, asked_at=at, next_at=at,
    )  # fmt: skip
    _say("asked", row, by, at, reason_code=given)
    return row


def carry_refunds(*, at: datetime) -> int:
    """Ask for each that is due, new or on its way; how many were answered.

    Waits for the order system, outside any transaction.
    """
    source = wires.source(at)
    if source is None:
        return 0
    return sum(_carried(row, source, at) for row in leased(queries.refunds_due(at), at))


def _carried(row: Refund, source: OrderSource, at: datetime) -> bool:
    """One request: what was never taken is asked for by its key, the same key each time."""
    number = queries.number_of(row.order)
    try:
        found = source.refund(row.key) if row.taken_at else None
        if found is None:
            wish = RefundWish(row.key, number, row.amount_fen, row.reason)
            found = source.ask_refund(wish)
        elif (found.number, found.amount_fen) != (number, row.amount_fen):
            raise OrderSystemFault("not_ours")
    except OrderSystemFault as fault:
        _unanswered(row.id, fault.code, at)
        return False
    hear_refund(refund_id=row.id, told=found, at=at)
    return True


@transaction.atomic
def hear_refund(*, refund_id: int, told: RefundFacts, at: datetime) -> Refund:
    """What the order system says of a refund; of two final answers the first stands.

    The same answer again does nothing; one that differs is named and shown to staff.
    """
    row = Refund.objects.select_for_update().get(id=refund_id)
    row.taken_at, row.error_code, row.tries, row.silent_at = row.taken_at or at, "", 0, None
    effect = rules.heard(row.state, told.state)
    if effect == "moves":
        row.state = told.state
        row.accepted_at = row.accepted_at or (at if told.state != "refused" else None)
        row.ended_at = at if told.state in rules.FINAL else None
        row.said = told.reason if told.state == "refused" else ""
        _say(told.state, row, SYSTEM, at)
    elif effect == "contradicts" and row.contradicted_state != told.state:
        row.contradicted_at, row.contradicted_state = at, told.state
        _say("contradicted", row, SYSTEM, at, before=row.state, to=told.state)
    row.next_at = _next(row, at)
    row.save()
    return row


def _next(row: Refund, at: datetime) -> datetime | None:
    """On its way it is followed; what has ended is looked at again, for another answer."""
    if row.ended_at is None:
        return at + rules.FOLLOWED
    later = at + rules.LOOKED_AGAIN
    return later if later <= row.ended_at + rules.LOOKED_UNTIL else None


@transaction.atomic
def _unanswered(refund_id: int, code: str, at: datetime) -> None:
    """Nobody knows whether it was taken: asked again later; after an hour somebody is told."""
    row = Refund.objects.select_for_update().get(id=refund_id)
    row.error_code, row.next_at = code, at + rules.wait(row.tries)
    open_so_long = row.ended_at is None and at - row.asked_at >= rules.SILENT_AFTER
    if open_so_long and row.silent_at is None:
        row.silent_at = at
        _say("unanswered", row, SYSTEM, at, error_code=code)
    row.save(update_fields=["error_code", "next_at", "silent_at"])


def _say(what: str, row: Refund, by: Actor, at: datetime, **more: object) -> None:
    log.append(
        _SAYS[what], stream=row.case_id, by=by, at=at, clause=CLAUSE,
        refund=row.id, order=row.order_id, amount_fen=row.amount_fen, **more,
    )  # fmt: skip
