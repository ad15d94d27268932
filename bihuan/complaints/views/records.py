"""Pages of the desk about missed deadlines: the list, and one record with its form."""

from __future__ import annotations

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.complaints import commands, queries
from bihuan.complaints.forms import Explanation
from bihuan.complaints.queries import Record
from bihuan.core.refusals import Invalid
from bihuan.web import messages
from bihuan.web.door import Who, enter
from bihuan.web.words import due_moment, moment_words

STATES = {
    "open": ("warn", "pencil", later("待说明")),
    "explained": ("info", "pen-line", later("待签字")),
    "signed": ("ok", "circle-check", later("已签字")),
}


@require_GET
def records(request: HttpRequest) -> HttpResponse:
    """Every record this member of staff may read, the unsigned ones first."""
    who = enter(request)
    page = queries.listed(**who, cursor=request.GET.get("cursor", ""))
    context = {
        "rows": [_shown(record, who) for record in page.records],
        "waiting": queries.unsigned(who["by"]),
        "next": f"?cursor={page.cursor}" if page.cursor else "",
    }
    return render(request, "complaints/accountability.html", context)


@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, id: int) -> HttpResponse:
    """One record; POST says why it was late and what is done about it."""
    who = enter(request)
    found = queries.get(id, **who)
    form = Explanation(
        request.POST or None, initial={"cause": found.cause, "measure": found.measure}
    )
    if request.method == "POST" and form.is_valid():
        try:
            commands.explain(id=id, **form.cleaned_data, **who)
        except Invalid as fault:
            for field, words in messages.faults(fault).items():
                form.add_error(field, words)
        else:
            notes.success(request, _("已保存原因和整改措施"))
            return redirect(reverse("complaints:record", args=[id]))
    status = 422 if form.errors else 200
    context = {**_shown(found, who), "form": form}
    return render(request, "complaints/record.html", context, status=status)


@require_POST
def sign(request: HttpRequest, id: int) -> HttpResponse:
    """A supervisor signs the record off."""
    commands.sign(id=id, **enter(request))
    notes.success(request, _("已签字，问责记录办结"))
    return redirect(reverse("complaints:record", args=[id]))


def _shown(record: Record, who: Who) -> dict[str, object]:
    tone, icon, label = STATES[record.state]
    english = (get_language() or "").startswith("en")
    return {
        "record": record,
        "url": reverse("complaints:record", args=[record.id]),
        "milestone": record.milestone_en if english else record.milestone,
        "department": record.department_en if english else record.department,
        "due": due_moment(record.due_at, who["at"]),
        "opened": moment_words(record.opened_at, who["at"]),
        "signed": moment_words(record.signed_at, who["at"]) if record.signed_at else "",
        "state": {"tone": tone, "icon": icon, "label": label},
    }
