"""A photo as it came: with the place and time that the shown one has lost, for a reason (3.3)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from bihuan.cases import commands, queries
from bihuan.core.refusals import Invalid, NotFound
from bihuan.web import evidence, messages
from bihuan.web.door import staff


@require_http_methods(["GET", "POST"])
def original(request: HttpRequest, token: str) -> HttpResponseBase:
    """Ask for the reason, then give the bytes to be saved: never shown as a page of ours."""
    who = staff(request)
    file = queries.file_by_token(token, who["by"])
    if not file.original or not file.case_id:
        raise NotFound()
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            commands.open_file(token=token, reason=request.POST.get("reason", ""), **who)
        except Invalid as fault:
            faults = messages.faults(fault)
        else:
            return evidence.given(file, "original")
    case = queries.made(file.case_id)
    context = {"file": file, "case": case, "faults": faults}
    return render(request, "desk/original.html", context, status=422 if faults else 200)
