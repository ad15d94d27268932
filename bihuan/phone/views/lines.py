"""Whose extension is whose."""

from __future__ import annotations

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.accounts import queries as people
from bihuan.accounts.queries import staff_choices
from bihuan.core import inputs
from bihuan.core.refusals import Invalid, NotPermitted
from bihuan.phone import commands, queries
from bihuan.phone.forms import ExtensionForm
from bihuan.web.door import Who, staff

HERE = "/desk/calls/extensions/"


def _manager(request: HttpRequest) -> Who:
    who = staff(request)
    if not commands.may_manage(who["by"]):
        raise NotPermitted("1.3", action="set_extension")
    return who


@require_http_methods(["GET", "POST"])
def extensions(request: HttpRequest) -> HttpResponse:
    """The list, and one more."""
    who = _manager(request)
    form = ExtensionForm(request.POST or None, staff=staff_choices())
    if request.method == "POST":
        try:
            given = request.POST.get("staff_id", "")
            if not given:
                raise Invalid({"staff_id": "missing"})
            commands.set_extension(
                extension=request.POST.get("extension", ""),
                staff_id=inputs.whole(given, field="staff_id"), **who,
            )  # fmt: skip
        except Invalid as fault:
            form.refuse(fault)
        else:
            notes.success(request, _("已登记分机"))
            return redirect(HERE)
    rows = queries.extensions()
    names = people.staff_names(row.staff_id for row in rows)
    context = {
        "form": form,
        "rows": [
            {"extension": row.extension, "name": names.get(row.staff_id) or _("已离任")}
            for row in rows
        ],
    }
    return render(request, "phone/extensions.html", context, status=422 if form.errors else 200)


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """移除."""
    who = _manager(request)
    commands.remove_extension(extension=request.POST.get("extension", "")[:40], **who)
    notes.success(request, _("已移除分机"))
    return redirect(HERE)
