"""Pages of the desk about missed deadlines: the list, and one record with its form."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.complaints import commands, queries
from bihuan.complaints.forms import Explanation
from bihuan.complaints.queries import Narrow
from bihuan.complaints.views import shown
from bihuan.core import inputs
from bihuan.core.refusals import Invalid
from bihuan.web.door import Who, enter
from bihuan.web.words import moment_words

NARROW = ("clause", "department", "staff", "state", "from", "to")


@require_GET
def records(request: HttpRequest) -> HttpResponse:
    """Every record this member of staff may read, or those behind a figure of a report."""
    who = enter(request)
    kept = {name: request.GET[name] for name in NARROW if request.GET.get(name)}
    narrow = _narrow(kept)
    page = queries.listed(**who, narrow=narrow, cursor=request.GET.get("cursor", ""))
    more = urlencode({**kept, "cursor": page.cursor})
    context = {
        "rows": [shown.record(record, who) for record in page.records],
        "waiting": queries.unsigned(who["by"]),
        "narrowed": bool(kept),
        "total": queries.how_many_listed(who["by"], narrow) if kept else 0,
        "next": f"?{more}" if page.cursor else "",
    }
    return render(request, "complaints/accountability.html", context)


def _narrow(kept: dict[str, str]) -> Narrow:
    days = [inputs.day(kept[n], field=n) if n in kept else None for n in ("from", "to")]
    if kept.get("state", "open") not in shown.STATES:
        raise Invalid({"state": "not_known"}, allowed=sorted(shown.STATES))
    return Narrow(
        clause=inputs.words(kept.get("clause"), field="clause", most=20),
        department=inputs.words(kept.get("department"), field="department", most=30),
        staff=inputs.whole(kept["staff"], field="staff") if "staff" in kept else -1,
        state=kept.get("state", ""),
        first=days[0],
        last=days[1],
    )


@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, id: int) -> HttpResponse:
    """One record; POST says why it was late and what is done about it."""
    who = enter(request)
    found = queries.get(id, **who)
    initial = {name: getattr(found, name) for name in ("cause_code", "cause", "measure")}
    form = Explanation(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            commands.explain(id=id, **form.cleaned_data, **who)
        except Invalid as fault:
            form.refuse(fault)
        else:
            notes.success(request, _("已保存原因和整改措施"))
            return redirect(reverse("complaints:record", args=[id]))
    status = 422 if form.errors else 200
    context = {**shown.record(found, who), "form": form, **_beside(id, who)}
    return render(request, "complaints/record.html", context, status=status)


def _beside(id: int, who: Who) -> dict[str, Any]:
    """Whose hands the case was in, what was objected, what is put right."""
    names = shown.unit_names()
    held = [shown.holder(part, names) for part in queries.held_parts(id, **who)]
    appeals = queries.appeals(id, **who)
    return {
        "held": held,
        "whole": {name: sum(line[name] for line in held) for name in ("minutes", "share", "late")},
        "appeals": [shown.objection(one, names, who) for one in appeals.objections],
        "appealable": appeals.appealable,
        "until": moment_words(appeals.until, who["at"]),
        "decidable": appeals.decidable,
        "measures": [shown.measure(one, who) for one in queries.measures_of(id, **who)],
    }


@require_POST
def sign(request: HttpRequest, id: int) -> HttpResponse:
    """A supervisor signs the record off."""
    commands.sign(id=id, **enter(request))
    notes.success(request, _("已签字，问责记录办结"))
    return redirect(reverse("complaints:record", args=[id]))
