"""One visit at the desk: its ticket, its steps, what was taken down, and the slips (6.4)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bihuan.accounts import queries as people
from bihuan.cases import queries as cases
from bihuan.counter import commands, links, queries, words
from bihuan.counter.forms import ToldForm
from bihuan.counter.views.answers import asked
from bihuan.web.asking import sent
from bihuan.web.door import staff
from bihuan.web.words import ago_words, moment_words


@require_safe
def visit(request: HttpRequest, id: int) -> HttpResponse:
    """The ticket with its link, what can be done next, and the cases of this visit."""
    who = staff(request)
    row = queries.visit(id, who["by"])
    point = queries.point(row.point_id, closed=True)
    now = queries.queue(point, who["at"])
    waits = any(one.id == row.id for one in now.waiting)
    ahead = now.ahead_of(row) if waits else 0
    filed = cases.visible(who["by"]).filter(id__in=queries.registered(row.id)).order_by("id")
    context = {
        "row": row,
        "point": point,
        "state": words.pill(words.STATES, row.state),
        "reason": words.reason(row.reason),
        "taken": moment_words(row.taken_at, who["at"]),
        "link": settings.BASE_URL + reverse("counter:place", args=[links.token("visit", row.id)]),
        "waits": waits,
        "ahead": ahead,
        "wait": words.wait(now.wait(ahead)),
        "at_window": row.state in ("called", "serving"),
        "today": row.is_of(queries.today(who["at"])),
        "others": [n for n in range(1, point.windows + 1) if n != row.window],
        "cases": list(filed),
    }
    return render(request, "counter/visit.html", context)


@require_safe
def slip(request: HttpRequest, id: int, number: str) -> HttpResponse:
    """回执：the paper of a case that was taken down in this visit."""
    who = staff(request)
    drawn = commands.print_slip(visit_id=id, number=number, **who)
    response = HttpResponse(drawn, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def told(request: HttpRequest) -> HttpResponse:
    """待当面告知：whose result waits for them at the counter."""
    who = staff(request)
    context = {
        "owed": [
            {"one": one, "since": ago_words(one.row.owed_at, who["at"])}
            for one in queries.owed(who["by"])
        ]
    }
    return render(request, "counter/told.html", context)


@require_http_methods(["GET", "POST"])
def tell(request: HttpRequest, id: int) -> HttpResponse:
    """What is to be told, and that it was."""
    who = staff(request)
    owed = queries.telling(id, who["by"])
    names = people.staff_names([owed.row.told_by]) if owed.row.told_by else {}
    form = ToldForm(sent(request))
    page = {
        "owed": owed,
        "told": moment_words(owed.row.told_at, who["at"]) if owed.row.told_at else "",
        "by": names.get(owed.row.told_by, ""),
        "to": words.TO.get(owed.row.to, ""),
        "checked": words.CHECKED.get(owed.row.checked, ""),
        "receipt": commands.receipt(owed.row.id) if owed.row.told_at else "",
        "back": reverse("counter:told"),
    }
    return asked(
        request, form,
        lambda: commands.tell_in_person(telling_id=id, **form.cleaned_data, **who),
        "counter/tell.html", page, to=lambda made: reverse("counter:tell", args=[id]),
        said=_("已记录当面告知"),
    )  # fmt: skip
