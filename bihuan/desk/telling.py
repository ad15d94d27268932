"""告知方式: how the person of a case is told, changed while they are on the phone (2.4.1)."""

from __future__ import annotations

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.notify import commands
from bihuan.notify import queries as notices
from bihuan.notify.forms import WishForm
from bihuan.notify.wordings import wish_words
from bihuan.web.asking import pressed, sent, taken
from bihuan.web.door import staff
from bihuan.web.words import moment_words


@require_http_methods(["GET", "POST"])
def telling(request: HttpRequest, number: str) -> HttpResponse:
    """The same questions as on the person's own page; they are told that it was changed."""
    who = staff(request)
    case = queries.get(number, who["by"])
    told = notices.told_how(case.person_id, who["by"])
    form = WishForm(sent(request), told=told, at=who["at"])
    if form.is_bound and form.is_valid():
        order = {"person_id": case.person_id, "case_id": case.id}
        if taken(form, lambda: commands.set_wishes(**order, wished=form.wished(), **who)):
            notes.success(request, _("已更改，并已告知用户"))
            return redirect(case.desk_url)
    context = {
        "case": case,
        "form": form,
        "now": wish_words(told, get_language() or "", who["at"]),
        "changed_by": people.staff_names([told.changed_by]).get(told.changed_by, ""),
        "changed": moment_words(told.changed_at, who["at"]) if told.changed_at else "",
        "back": bool(told.before),
    }
    return render(request, "desk/telling.html", context, status=422 if form.errors else 200)


@require_POST
def back(request: HttpRequest, number: str) -> HttpResponse:
    """恢复：as it was before a colleague changed it."""
    who = staff(request)
    case = queries.get(number, who["by"])
    order = {"person_id": case.person_id, "case_id": case.id}
    said = _("已恢复更改前的告知方式，并已告知用户")
    pressed(request, lambda: commands.unset_wishes(**order, **who), said=said)
    return redirect("desk:telling", case.number)
