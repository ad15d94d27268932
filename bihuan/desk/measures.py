"""The measures after a result, as the desk marks them done, and open again (1.2 ④)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.cases import commands, queries
from bihuan.core.refusals import Invalid, NotFound, NotPossible
from bihuan.desk.forms import Shown
from bihuan.web.door import staff, status


class WhyForm(Shown):
    """Why a measure is not done after all."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.fields["reason"] = forms.CharField(
            label=_("理由"), max_length=300, help_text=_("只有员工能看到理由；用户会看到改为未落实")
        )


@require_POST
def done(request: HttpRequest, number: str, measure: int) -> HttpResponse:
    """已落实：a measure after the result is done (1.2)."""
    who = staff(request)
    row = commands.finish_follow_up(number=number, follow_up_id=measure, **who)
    return redirect(f"/desk/cases/{number}/?tab=findings#measure-{row.id}")


@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, number: str, measure: int) -> HttpResponse:
    """改为未落实：marked done by mistake; the reason is asked for on a page of its own."""
    who = staff(request)
    case = queries.get(number, who["by"])
    row = next((one for one in queries.follow_ups(case) if one.id == measure), None)
    if row is None:
        raise NotFound(number=number)
    back = f"{case.desk_url}?tab=findings#measure-{measure}"
    form = WhyForm(request.POST or None)
    refused: Invalid | NotPossible | None = None
    if request.method == "POST":
        try:
            commands.undo_follow_up(
                number=case.number, follow_up_id=measure, reason=request.POST.get("reason", ""),
                **who,
            )  # fmt: skip
            return redirect(back)
        except Invalid as fault:
            refused = fault
            form.refuse(fault)
        except NotPossible as late:  # somebody else was quicker, or it never was done
            refused = late
            form.add_error(None, _("这项措施没有记为已落实，不需要改。"))
    context = {"case": case, "form": form, "what": queries.unsealed(row.what), "back": back}
    answer = status(refused) if refused else 200
    return render(request, "desk/measure.html", context, status=answer)
