"""The order of a case, as it was shown at purchase, and how parcel and refunds stand (3.1)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bihuan.core.refusals import NotFound
from bihuan.orders import commands as buying
from bihuan.orders import queries as orders
from bihuan.orders.wordings import follow, state_of
from bihuan.portal.visitor import own, reads
from bihuan.web import words


@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """订单：known copies are shown where the order system is silent, and the page says so."""
    case, who = own(request, number), reads(request)
    fresh = buying.freshen(order_id=case.order_id, at=who["at"]) if case.order_id else True
    found = orders.shown([case.order_id]).get(case.order_id)
    if found is None:
        raise NotFound(number=case.number)
    context = {
        "case": case,
        "back": case.url,
        "topbar": _("订单"),
        "order": found.order,
        "number": found.number,
        "paid": words.money(found.paid_fen),
        "placed": words.moment_words(found.order.placed_at, who["at"]),
        "now": follow(found.order, who["at"]),
        "silent": not fresh,
        "refunds": [state_of(row, who["at"]) for row in orders.refunds(case.id)],
    }
    return render(request, "portal/order.html", context)
