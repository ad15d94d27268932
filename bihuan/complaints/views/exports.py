"""Rows to be saved as a file: cases, and each report (E.10)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from bihuan.complaints import commands, queries
from bihuan.complaints.forms import Taking
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import Invalid, NotFound
from bihuan.web import sheets
from bihuan.web.door import Who, enter
from bihuan.web.words import local

MONTH = timedelta(days=30)


@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponseBase:
    """What, from which days, as what kind of file; POST answers with the file itself."""
    who = enter(request)
    if not queries.may_read(who["by"]):
        raise NotFound()
    form = Taking(request.POST or None, initial=_initial(request, who), by=who["by"])
    if request.method == "POST" and form.is_valid():
        try:
            return _file(form.cleaned_data, who)
        except Invalid as fault:
            form.refuse(fault)
    status = 422 if form.errors else 200
    page: HttpResponse = render(request, "complaints/export.html", {"form": form}, status=status)
    return page


def _initial(request: HttpRequest, who: Who) -> dict[str, Any]:
    today = local(who["at"]).date()
    asked = request.GET
    return {
        "what": asked.get("what", "cases"),
        "format": "xlsx",
        "first": asked.get("from") or today - MONTH,
        "last": asked.get("to") or today,
    }


def _file(given: dict[str, Any], who: Who) -> HttpResponseBase:
    what, format = given["what"], given["format"]
    personal = bool(given.get("personal"))
    first, last = given["first"], given["last"]
    if first > last:
        raise Invalid({"last": "not_valid"})
    since = datetime.combine(first, time.min, SHANGHAI)
    until = datetime.combine(last + timedelta(days=1), time.min, SHANGHAI)
    found = queries.flat(
        what, **who, first=first, last=last, since=since, until=until,
        personal=personal and what == "cases",
    )  # fmt: skip
    commands.note_export(
        what=what, format=format, since=since, until=until, personal=personal,
        reason=given.get("reason", ""), **who,
    )  # fmt: skip
    name = f"{what}-{first}-{local(who['at']):%Y%m%d%H%M}"
    return sheets.answer(name, format, found.columns, found.rows)
