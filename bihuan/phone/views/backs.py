"""The calls that are owed: promised, tried, handed over, dropped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.accounts.queries import staff_choices
from bihuan.core import inputs
from bihuan.phone import commands, queries
from bihuan.phone.forms import AttemptForm, DropForm, HandForm, PromiseForm
from bihuan.phone.views import shown
from bihuan.phone.views.calls import page, said
from bihuan.web.asking import Told, pressed, taken
from bihuan.web.door import Who, staff

LIST = "/desk/calls/?list=callbacks"


@require_http_methods(["GET", "POST"])
def promise(request: HttpRequest, id: int) -> HttpResponse:
    """约定回拨."""
    who = staff(request)
    call = queries.call(id, who["by"])
    if request.method == "GET":
        return redirect(call.url)
    form = PromiseForm(request.POST, staff=staff_choices())

    def act() -> object:
        return commands.promise_back(
            id=id, due_at=_due(request), owner_id=_owner(request),
            text=request.POST.get("text", ""), **who,
        )  # fmt: skip

    if not taken(form, act, why=said):
        return page(request, id, who, form)
    notes.success(request, _("已列入回拨清单"))
    return redirect(call.url)


@require_http_methods(["GET", "POST"])
def attempt(request: HttpRequest, id: int) -> HttpResponse:
    """回拨：one try, and what became of it."""
    who = staff(request)
    form = AttemptForm(request.POST or None, outcomes=shown.outcomes())

    def act() -> object:
        due = _due(request) if request.POST.get("due_at") else None
        return commands.try_back(
            id=id, outcome=request.POST.get("outcome", ""), text=request.POST.get("text", ""),
            due_at=due, **who,
        )  # fmt: skip

    if request.method == "POST" and taken(form, act, why=said):
        notes.success(request, _("已记录回拨"))
        return redirect(LIST)
    return _page(request, id, who, form)


def _page(request: HttpRequest, id: int, who: Who, form: Told | None = None) -> HttpResponse:
    found = queries.back(id, who["by"], who["at"])
    context: dict[str, Any] = {
        "row": shown.back(found, who["at"]),
        "open": not found.back.outcome,
        "attempt": AttemptForm(outcomes=shown.outcomes()),
        "drop": DropForm(),
        "hand": HandForm(staff=staff_choices(), initial={"owner_id": str(found.back.owner_id)}),
    }
    faulty = form is not None and bool(form.errors)
    if form is not None:
        context |= {form.name: form, "fault": faulty}
    return render(request, "phone/back.html", context, status=422 if faulty else 200)


@require_http_methods(["GET", "POST"])
def drop(request: HttpRequest, id: int) -> HttpResponse:
    """不再回拨."""
    who = staff(request)
    form = DropForm(request.POST or None)

    def act() -> object:
        return commands.drop_back(id=id, text=request.POST.get("text", ""), **who)

    if request.method == "POST" and taken(form, act, why=said):
        notes.success(request, _("已记录，不再回拨"))
        return redirect(LIST)
    return _page(request, id, who, form)


@require_http_methods(["GET", "POST"])
def hand(request: HttpRequest, id: int) -> HttpResponse:
    """转给同事."""
    who = staff(request)
    form = HandForm(request.POST or None, staff=staff_choices())

    def act() -> object:
        return commands.hand_back(id=id, owner_id=_owner(request), **who)

    if request.method == "POST" and taken(form, act, why=said):
        notes.success(request, _("已转给同事"))
        return redirect(LIST)
    return _page(request, id, who, form)


@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, id: int) -> HttpResponse:
    """重新列入."""
    who = staff(request)
    found = queries.back(id, who["by"], who["at"])
    if request.method == "POST":
        pressed(
            request,
            lambda: commands.reopen_back(id=id, **who),
            said=_("已重新列入回拨清单"),
            why=said,
        )
    return redirect(f"/desk/calls/backs/{found.back.id}/")


def _due(request: HttpRequest) -> datetime:
    """A moment of the page is one of Shanghai."""
    given = request.POST.get("due_at", "").strip()
    return inputs.moment(f"{given}+08:00" if given else "", field="due_at")


def _owner(request: HttpRequest) -> int:
    return inputs.whole(request.POST.get("owner_id", ""), field="owner_id")
