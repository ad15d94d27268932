"""Two agents on one case see each other, and what came in while one of them wrote (UI.md §5)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from bihuan.accounts import queries as people
from bihuan.cases import commands, queries
from bihuan.cases.models import Case
from bihuan.desk.forms import unit_choices
from bihuan.web.door import Who, staff


@require_POST
def here(request: HttpRequest, number: str) -> HttpResponse:
    """心跳：every twenty seconds while the case is open; the answer is who else is there."""
    who = staff(request)
    if "leave" in request.POST:
        commands.leave(number=number, **who)
        return HttpResponse(status=204)
    case = commands.be_here(number=number, writing=request.POST.get("writing") == "1", **who)
    return render(request, "desk/_here.html", {"here": others(case, who)})


@require_GET
def colleagues(request: HttpRequest) -> HttpResponse:
    """Names for the list behind an @ in a note."""
    staff(request)
    units = dict(unit_choices())
    found = [{"name": c.name, "unit": units.get(c.department, "")} for c in people.everybody()]
    return JsonResponse({"colleagues": found})


def others(case: Case, who: Who) -> dict[str, Any]:
    """The names by what they are doing."""
    found = queries.others_here(case, **who)
    return {
        "sending": [one.name for one in found if one.sending],
        "writing": [one.name for one in found if one.writing and not one.sending],
        "looking": [one.name for one in found if not one.writing and not one.sending],
    }
