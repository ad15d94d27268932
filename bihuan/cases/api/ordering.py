"""The order of a case and the money asked back for it, as JSON, for staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from bihuan.cases import answers, commands, queries
from bihuan.cases.api import bodies
from bihuan.cases.models import Case
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import Invalid, NotFound, NotPermitted
from bihuan.orders import queries as orders
from bihuan.orders.queries import Refund
from bihuan.web.door import Who, enter

router = Router(tags=["orders"])
_object = msgspec.json.Decoder(dict[str, Any]).decode
KEY_MOST = 190


def _answered(said: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(answers.encoded(said), status=status, content_type="application/json")


def _for_staff(number: str, who: Who) -> Case:
    case = queries.get(number, who["by"])
    if not who["by"].is_staff:
        raise NotPermitted(action="order")
    return case


@router.get("/cases/{number}/order", summary="The order of the case, as shown at purchase")
def show_order(request: HttpRequest, number: str) -> HttpResponse:
    """Its number masked; money in fen. 404 where the case has none."""
    case = _for_staff(number, enter(request))
    found = orders.shown([case.order_id]).get(case.order_id)
    if found is None:
        raise NotFound(number=case.number)
    order = found.order
    return _answered(
        {
            "number": found.number,
            "title": found.title,
            "items": order.items,
            "paid_fen": found.paid_fen,
            "refunded_fen": order.refunded_fen,
            "left_fen": orders.left_fen(order),
            "payment": order.payment,
            "payment_state": order.payment_state,
            "placed_at": _moment(order.placed_at),
            "received_at": _moment(order.received_at),
            "parcel": order.parcel,
            "page": order.page,
            "terms": order.terms,
            "checked_at": _moment(order.checked_at),
        }
    )


@router.get("/cases/{number}/refunds", summary="Money asked back on the case")
def list_refunds(request: HttpRequest, number: str) -> HttpResponse:
    """The newest first."""
    case = _for_staff(number, enter(request))
    return _answered([_refund(row) for row in orders.refunds(case.id)])


@router.post("/cases/{number}/refunds", summary="Ask money back")
def ask_refund(request: HttpRequest, number: str) -> HttpResponse:
    """`{amount_fen, reason}`; with the same `Idempotency-Key` it is asked for once."""
    who = enter(request)
    raw: dict[str, Any] = bodies.read(request.body or b"{}", _object)
    if strange := raw.keys() - {"amount_fen", "reason"}:
        raise Invalid(dict.fromkeys((name[:60] for name in strange), "unknown_field"))
    mark = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
    if len(mark) > KEY_MOST:
        raise Invalid({"Idempotency-Key": "too_long"}, limit=KEY_MOST, length=len(mark))
    row = commands.ask_refund(
        number=number, amount_fen=raw.get("amount_fen"), reason=raw.get("reason"), mark=mark, **who
    )
    return _answered(_refund(row), 201)


def _refund(row: Refund) -> dict[str, Any]:
    return {
        "id": row.id,
        "amount_fen": row.amount_fen,
        "reason": row.reason,
        "state": row.state,
        "refused_because": row.said,
        "asked_at": _moment(row.asked_at),
        "ended_at": _moment(row.ended_at),
        "contradicted_by": row.contradicted_state,
    }


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(SHANGHAI).isoformat() if at else None
