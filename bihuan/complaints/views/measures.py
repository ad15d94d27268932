"""Pages about what is put right after breaches: the list, a new one, and one with its steps."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.complaints import commands, queries
from bihuan.complaints.forms import Evidence, Return, Task
from bihuan.complaints.views import shown
from bihuan.core.refusals import Invalid
from bihuan.web.door import Who, enter

VIEWS = ("open", "verified")


@require_GET
def measures(request: HttpRequest) -> HttpResponse:
    """What is not verified yet, the nearest day first, or what is."""
    who = enter(request)
    view = "verified" if request.GET.get("view") == "verified" else "open"
    page = queries.measures(**who, view=view, cursor=request.GET.get("cursor", ""))
    more = urlencode({"view": view, "cursor": page.cursor})
    labels = {"open": _("未办结"), "verified": _("已核验")}
    context = {
        "rows": [shown.measure(one, who) for one in page.measures],
        "views": [
            {"label": labels[one], "url": f"?view={one}", "current": one == view} for one in VIEWS
        ],
        "next": f"?{more}" if page.cursor else "",
    }
    return render(request, "complaints/measures.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, id: int) -> HttpResponse:
    """What is to be put right after this breach, by whom and by when."""
    who = enter(request)
    found = queries.get(id, **who)
    form = Task(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        given["owner_id"] = int(given["owner_id"])
        try:
            made = commands.set_measure(record_ids=[id], **given, **who)
        except Invalid as fault:
            form.refuse(fault)
        else:
            notes.success(request, _("已下达整改任务，负责人会收到通知"))
            return redirect(reverse("complaints:measure", args=[made.id]))
    context = {**shown.record(found, who), "form": form}
    status = 422 if form.errors else 200
    return render(request, "complaints/measure_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
def measure(request: HttpRequest, id: int) -> HttpResponse:
    """One of them; POST reports it done."""
    who = enter(request)
    form = Evidence(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.finish_measure(id=id, **form.cleaned_data, **who)
        except Invalid as fault:
            form.refuse(fault)
        else:
            notes.success(request, _("已报告完成，待主管核验"))
            return redirect(reverse("complaints:measure", args=[id]))
    return _page(request, id, who, form, Return())


@require_POST
def send_back(request: HttpRequest, id: int) -> HttpResponse:
    """What was shown is not enough."""
    who = enter(request)
    form = Return(request.POST)
    if form.is_valid():
        try:
            commands.return_measure(id=id, **form.cleaned_data, **who)
        except Invalid as fault:
            form.refuse(fault)
        else:
            notes.success(request, _("已退回负责人"))
            return redirect(reverse("complaints:measure", args=[id]))
    return _page(request, id, who, Evidence(), form)


@require_POST
def verify(request: HttpRequest, id: int) -> HttpResponse:
    """A supervisor says that it is done."""
    commands.verify_measure(id=id, **enter(request))
    notes.success(request, _("已核验，整改任务办结"))
    return redirect(reverse("complaints:measure", args=[id]))


def _page(
    request: HttpRequest, id: int, who: Who, form: forms.Form, back: forms.Form
) -> HttpResponse:
    context = {**shown.measure(queries.measure(id, **who), who), "form": form, "back": back}
    status = 422 if form.errors or back.errors else 200
    return render(request, "complaints/measure.html", context, status=status)
