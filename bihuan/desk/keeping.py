"""How long a case file is kept, the holds on it, and the files whose time is over (2.2.4)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.accounts import queries as people
from bihuan.cases import commands, queries
from bihuan.cases.models import Case
from bihuan.core import inputs
from bihuan.core.refusals import Invalid
from bihuan.desk.forms import Shown
from bihuan.web import messages, words
from bihuan.web.door import Who, staff

ACTS = {"place": commands.place_hold, "lift": commands.lift_hold}


class HoldForm(Shown):
    """Why."""

    reason = forms.CharField(label=later("理由"), max_length=300)


@require_http_methods(["GET", "POST"])
def keeping(request: HttpRequest, number: str) -> HttpResponse:
    """保存与保全：of one case."""
    who = staff(request)
    case = queries.get(number, who["by"])
    form = HoldForm(request.POST if request.method == "POST" else None, label_suffix="")
    if request.method == "POST":
        act = inputs.one_of(request.POST.get("act"), list(ACTS), field="act")
        try:
            ACTS[act](number=case.number, reason=request.POST.get("reason", ""), **who)
        except Invalid as fault:
            for name, said in messages.faults(fault).items():
                form.add_error(name, said)
        else:
            done = _("已采取证据保全") if act == "place" else _("已解除证据保全")
            notes.success(request, done)
            return redirect("desk:keeping", number=case.number)
    context = _context(case, who) | {"form": form}
    return render(request, "desk/keeping.html", context, status=422 if form.errors else 200)


def _context(case: Case, who: Who) -> dict[str, Any]:
    holds = queries.legal_holds(case)
    names = people.staff_names(id for one in holds for id in (one.placed_by, one.lifted_by))
    standing, roles = queries.legal_hold(case), who["by"].roles
    return {
        "case": case,
        "until": case.kept_until,
        "held": standing is not None,
        "holds": [
            {
                "reason": one.reason,
                "placed": words.moment_words(one.placed_at, who["at"]),
                "placer": names.get(one.placed_by, ""),
                "lifted": words.moment_words(one.lifted_at, who["at"]) if one.lifted_at else "",
                "lifter": names.get(one.lifted_by, ""),
                "why_lifted": one.lifted_reason,
            }
            for one in holds
        ],
        "act": _act(standing is not None, roles),
    }


def _act(held: bool, roles: Any) -> str:
    """What this reader may do."""
    if held:
        return "lift" if roles & commands.LIFTS else ""
    return "place" if roles & commands.PLACES else ""


@require_GET
def archive(request: HttpRequest) -> HttpResponse:
    """档案：what is held, and what may be destroyed because its time is over."""
    who = staff(request)
    view = inputs.one_of(request.GET.get("view", "held"), ["held", "over"], field="view")
    cursor = str(request.GET.get("cursor", ""))
    if view == "held":
        page = queries.held_cases(who["by"], cursor=cursor)
    else:
        page = queries.past_their_time(who["by"], who["at"], cursor=cursor)
    context = {
        "view": view,
        "rows": [
            {
                "number": case.number,
                "subject": case.subject,
                "url": f"{case.desk_url}keeping/",
                "ended": words.moment_words(case.ended_at, who["at"]) if case.ended_at else "",
                "until": case.kept_until,
            }
            for case in page.cases
        ],
        "next": f"?view={view}&cursor={page.cursor}" if page.cursor else "",
    }
    return render(request, "desk/archive.html", context)
