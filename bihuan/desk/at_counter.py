"""当场登记: the desk's form of intake for somebody who stands at a window of a service point."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.cases.models import Case
from bihuan.core.refusals import Conflict, Invalid, NotPossible
from bihuan.counter import commands, queries
from bihuan.desk import alike
from bihuan.desk.intake import NewCaseForm, filing
from bihuan.policy import queries as policy
from bihuan.web import messages
from bihuan.web.door import once, staff

#: The visit says where it came in and when, and a window has no conversation to link to.
SAID_BY_THE_VISIT = ("channel", "received_at", "external_id", "transcript")


class AtCounter(NewCaseForm):
    """The same without what the visit says itself."""

    LAYOUT = (
        ("来源", (("kind", "order_no"),)),
        *NewCaseForm.LAYOUT[1:],
    )
    BEFORE = ()

    def __init__(self, *args: object, **rest: object) -> None:
        super().__init__(*args, **rest)  # type: ignore[arg-type]  # as NewCaseForm has them
        for name in SAID_BY_THE_VISIT:
            del self.fields[name]


def visit(case: Case) -> dict[str, str] | None:
    """The number at whose window a case was taken down, with its slip; None for any other."""
    row = queries.visit_of(case.id) if case.channel == "counter" else None
    return {"number": row.number, "url": reverse("counter:visit", args=[row.id])} if row else None


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, id: int) -> HttpResponse:
    """What is said at the window becomes a case; then back to the visit, for the slip."""
    who = staff(request)
    row = queries.visit(id, who["by"])
    form = AtCounter(request.POST or None, book=policy.current(who["at"]))
    if request.method == "POST":
        try:
            commands.register(visit_id=id, filing=filing(request.POST), mark=once(request), **who)
        except Invalid as fault:
            for name, why in messages.faults(fault).items():
                form.add_error(name if name in form.fields else None, why)
        except (Conflict, NotPossible) as no:
            form.add_error(None, messages.detail(no.code(), no.facts))
        else:
            return redirect("counter:visit", id=id)
    here = reverse("desk:at_counter", args=[id])
    context = {
        "form": form,
        "sections": form.sections(),
        "submit_url": here,
        "once": once(request),
        "similar": alike.about(request.POST, who),
        "heading": _("当场登记 {number}").format(number=row.number),
        "back": reverse("counter:visit", args=[id]),
    }
    return render(request, "desk/new.html", context, status=422 if form.errors else 200)
