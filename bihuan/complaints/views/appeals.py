"""Pages on which a record is objected to, and the objection decided (2.3.3)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.complaints import commands, queries
from bihuan.complaints.forms import Decision, Objection
from bihuan.complaints.views import shown
from bihuan.core.refusals import Invalid
from bihuan.web.door import Who, enter
from bihuan.web.words import moment_words


@require_http_methods(["GET", "POST"])
def appeal(request: HttpRequest, id: int) -> HttpResponse:
    """Whoever the record names says why it is not his."""
    who = enter(request)
    form = Objection(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.appeal(id=id, **form.cleaned_data, **who)
        except Invalid as fault:
            form.refuse(fault)
        else:
            notes.success(request, _("已提交申诉，由未经手这份记录的人裁决"))
            return redirect(reverse("complaints:record", args=[id]))
    return _page(request, "complaints/appeal.html", id, form, who)


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, id: int) -> HttpResponse:
    """Somebody who had no part in the record decides."""
    who = enter(request)
    form = Decision(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            commands.decide(id=id, **{**given, "staff_id": int(given["staff_id"] or 0)}, **who)
        except Invalid as fault:
            form.refuse(fault)
        else:
            notes.success(request, _("已裁决，申诉人会收到通知"))
            return redirect(reverse("complaints:record", args=[id]))
    return _page(request, "complaints/decide.html", id, form, who)


def _page(request: HttpRequest, template: str, id: int, form: forms.Form, who: Who) -> HttpResponse:
    found = queries.appeals(id, **who)
    names = shown.unit_names()
    context: dict[str, Any] = {
        **shown.record(queries.get(id, **who), who),
        "appeals": [shown.objection(one, names, who) for one in found.objections],
        "appealable": found.appealable,
        "decidable": found.decidable,
        "unfit": shown.why(found.unfit),
        "until": moment_words(found.until, who["at"]),
        "form": form,
    }
    return render(request, template, context, status=422 if form.errors else 200)
