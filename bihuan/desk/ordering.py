"""订单：as it was shown at purchase, how it stands now, and money asked back for it (3.1, 6.3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bihuan.accounts import queries as people
from bihuan.cases import commands, queries
from bihuan.cases.models import Case
from bihuan.core.refusals import NotFound
from bihuan.desk import shown
from bihuan.orders import commands as buying
from bihuan.orders import queries as orders
from bihuan.orders.models import Refund
from bihuan.orders.wordings import REASONS, follow, state_of
from bihuan.web import words
from bihuan.web.asking import ASKED, Told, sent, taken
from bihuan.web.door import Who, once, staff

_YUAN = re.compile(r"\s*[¥￥]?\s*(\d{1,10})(?:\.(\d{1,2}))?\s*")


class RefundForm(Told):
    """A sum in yuan and why."""

    name = "refund"

    def __init__(self, data: Any = None, *, left: str) -> None:
        super().__init__(data)
        self.fields["amount_fen"] = forms.CharField(
            label=_("退款金额（元）"),
            help_text=_("最多可退 {left} 元").format(left=left),
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        )
        said = [(code, say()) for code, say in REASONS.items()]
        self.fields["reason"] = forms.ChoiceField(
            label=_("退款原因"), choices=[("", _("请选择")), *said], error_messages=ASKED
        )


@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """订单：page, price and terms as shown at purchase; payment, parcel and refunds as of now."""
    who = staff(request)
    case = queries.get(number, who["by"])
    fresh = buying.freshen(order_id=case.order_id, at=who["at"]) if case.order_id else True
    found = _found(case)
    rows = orders.refunds(case.id)
    names = people.staff_names({row.asked_by for row in rows})
    context = {
        "case": shown.header(case, who["by"], who["at"]),
        "order": found.order,
        "now": follow(found.order, who["at"]),
        "paid": words.money(found.paid_fen),
        "number": found.number,
        "silent": not fresh,
        "refunds": [_refund(row, names, who) for row in rows],
        "left": words.money(orders.left_fen(found.order)),
        "may": commands.may_refund(case, who["by"]) and orders.left_fen(found.order) > 0,
    }
    return render(request, "desk/order.html", context)


def _found(case: Case) -> orders.Shown:
    found = orders.shown([case.order_id]).get(case.order_id)
    if found is None:
        raise NotFound(number=case.number)
    return found


def _refund(row: Refund, names: dict[int, str], who: Who) -> dict[str, Any]:
    reason: Callable[[], str] = REASONS[row.reason]
    return state_of(row, who["at"]) | {
        "reason": reason(),
        "by": names.get(row.asked_by, ""),
        "refused": row.said,
        "contradicted": state_of(row, who["at"], told=row.contradicted_state)["state"]
        if row.contradicted_at
        else "",
    }


@require_http_methods(["GET", "POST"])
def refund(request: HttpRequest, number: str) -> HttpResponse:
    """申请退款：filled in, then read once more, for it cannot be taken back (UI rule 9)."""
    who = staff(request)
    case = queries.get(number, who["by"])
    found = _found(case)
    commands.check_refund(case, by=who["by"])
    left = words.money(orders.left_fen(found.order))
    form = RefundForm(sent(request), left=left)
    given = request.POST
    amount = _fen(given.get("amount_fen", ""))
    asked: dict[str, Any] = {"amount_fen": amount, "reason": given.get("reason", "")}
    sure = False
    if request.method == "POST" and given.get("again") != "1":
        mark = once(request)
        if given.get("sure") == "1":
            if taken(
                form,
                lambda: commands.ask_refund(number=case.number, mark=mark, **asked, **who),
            ):
                notes.success(request, _("已申请退款，结果会通知您和用户"))
                return redirect(f"{case.desk_url}order/")
        else:
            sure = taken(form, lambda: orders.check_refund(found.order, **asked))
    context = {
        "case": shown.header(case, who["by"], who["at"]),
        "order": found.order,
        "form": form,
        "sure": sure,
        "amount": words.money(amount) if isinstance(amount, int) else "",
        "reason": REASONS[given["reason"]]() if sure else "",
        "given": given,
        "once": once(request),
    }
    status = 422 if form.errors else 200
    return render(request, "desk/refund.html", context, status=status)


def _fen(given: str) -> int | str:
    """Yuan as people write them, in fen; what is none of that is no number to the command."""
    found = _YUAN.fullmatch(given.replace(",", ""))
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else "no number"
