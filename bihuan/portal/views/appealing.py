"""申诉：lodge an appeal against a result, and follow it (3.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.accounts import queries as people
from bihuan.appeals import commands, queries
from bihuan.appeals.queries import ABOUT, OUTCOMES, REFUSED, STATES
from bihuan.cases import queries as cases
from bihuan.core.refusals import AlreadyAppealed, Invalid, NotFound, NotPossible, OutOfTime
from bihuan.portal import appealing, aside, forms, late
from bihuan.portal.drafts import raw
from bihuan.portal.visitor import customer, own, reads
from bihuan.web import messages, words
from bihuan.web.door import Who
from bihuan.web.files import uploaded
from bihuan.web.words import english

_page = require_http_methods(["GET", "HEAD", "POST"])


@_page
def appeal(request: HttpRequest, number: str) -> HttpResponse:
    """The form; or why nothing can be appealed against now, and what else there is."""
    if request.method == "POST" and not customer(request):  # what was written waits (aside)
        written = raw(request, ["ground", "text", "wish"])
        return aside.to_sign_in(request, aside.SAID, aside.SAID, written)
    case, who = own(request, number), reads(request)
    open_ = queries.may_appeal(case, who["at"])
    if open_.standing:
        return redirect("portal:appealed", number=case.number, ref=open_.standing)
    if open_.refused:
        context = _frame(case, _("申诉")) | _elsewhere(who) | {"why": REFUSED[open_.refused]}
        return render(request, "portal/no_appeal.html", context, status=409)
    given = request.POST if request.method == "POST" else None
    form = appealing.AppealForm(given, open_=open_, initial=aside.said(request, who))
    if given is not None and form.is_valid():
        try:
            row, faults = commands.file_appeal(
                number=case.number, ground=form.cleaned_data["ground"],
                text=form.cleaned_data["text"], wish=form.cleaned_data["wish"],
                uploads=uploaded(request, "files"), **who,
            )  # fmt: skip
        except Invalid as fault:
            form.refuse(fault)
        except (AlreadyAppealed, OutOfTime, NotPossible):  # it moved on while this was written
            return redirect("portal:appeal", number=case.number)
        else:
            aside.done(request, who)
            request.session["appeal_files"] = [messages.about_file(*fault) for fault in faults]
            return redirect("portal:appealed", number=case.number, ref=row.number)
    level = queries.level_of(open_.level, who["at"])
    context = _frame(case, _("申诉")) | {
        "form": form,
        "grounds": appealing.choices(form, open_),
        "level": level.en if english() else level.zh,
        "about": ABOUT[open_.about],
        "until": words.due_moment(open_.until, who["at"]) if open_.until else "",
    }
    return render(request, "portal/appeal.html", context, status=422 if form.errors else 200)


@_page
def one(request: HttpRequest, number: str, ref: str) -> HttpResponse:
    """Who must act and by when, what was said, the decision, and what else can be done."""
    case, who = own(request, number), reads(request)
    row = queries.get(ref, who["by"])
    if row.case_id != case.id:
        raise NotFound(number=ref[:40])
    act = request.POST.get("act", "") if request.method == "POST" else ""
    more = appealing.MoreForm(request.POST if act == "add" else None)
    reason = appealing.ReasonForm(request.POST if act == "object" else None)
    refused = ""
    if act:
        try:
            if _acted(request, act, row.number, more, reason, who):
                return redirect("portal:appealed", number=case.number, ref=row.number)
        except NotPossible:
            refused = _("现在不能这样操作：请看下面最新的状态。")
        row = queries.get(ref, who["by"])
    context = _shown(case, row, who) | {
        "more": more, "reason": reason, "form": more if more.errors else reason,
        "refused": refused, "lost": request.session.pop("appeal_files", []),
    }  # fmt: skip
    status = 409 if refused else 422 if more.errors or reason.errors else 200
    return render(request, "portal/appealed.html", context, status=status)


def _acted(request: HttpRequest, act: str, ref: str, more: Any, reason: Any, who: Who) -> bool:
    """Add, withdraw or ask for another reviewer; False when the form says what is wrong."""
    acts: dict[str, tuple[Any, Callable[[], object]]] = {
        "add": (more, lambda: _added(request, ref, more, who)),
        "object": (
            reason,
            lambda: commands.object_to_reviewer(
                appeal=ref, reason=reason.cleaned_data["reason"], **who
            ),
        ),
        "withdraw": (None, lambda: commands.withdraw_appeal(appeal=ref, **who)),
    }
    if act not in acts:
        raise NotFound()
    form, command = acts[act]
    if form is not None and not form.is_valid():
        return False
    try:
        command()
    except Invalid as fault:
        form.refuse(fault)
    return form is None or not form.errors


def _added(request: HttpRequest, ref: str, form: Any, who: Who) -> None:
    _row, faults = commands.add_to_appeal(
        appeal=ref, text=form.cleaned_data["text"], uploads=uploaded(request, "files"), **who
    )
    for fault in faults:
        form.add_error("files", messages.about_file(*fault))


def _shown(case: Any, row: Any, who: Who) -> dict[str, Any]:
    at, by = who["at"], who["by"]
    tone, icon, label = STATES[row.state]
    ground = queries.grounds(at).get(row.ground)
    items = [
        {
            "label": item.label_en if english() else item.label,
            "voice": item.voice,
            "at": words.moment_words(item.at, at),
            "text": cases.unsealed(item.text),
        }
        for item in cases.timeline(case, by)
        if item.kind.startswith("appeal.") and item.data.get("appeal") == row.id
    ]
    late_now = any(c.late_at or (c.done_at is None and c.due_at < at) for c in queries.clocks(row)
                   if c.hard and row.is_open)  # fmt: skip
    again = queries.may_appeal(case, at)
    return _frame(case, _("申诉")) | _elsewhere(who) | {
        "row": row,
        "tone": tone, "icon": icon, "state": label,
        "outcome": OUTCOMES.get(row.outcome, ""),
        "ground": forms.named(ground) if ground else "",
        "about": ABOUT[row.about],
        "waits": appealing.waits_for(row, at),
        "why": appealing.because(row, at),
        "reviewer": people.staff_names([row.reviewer_id]).get(row.reviewer_id, ""),
        "checks": appealing.independence(row, at),
        "items": items,
        "objectable": row.is_open and bool(row.reviewer_id) and not row.objected,
        "overdue": late_now,
        "again": reverse("portal:appeal", args=[case.number]) if not again.refused else "",
    }  # fmt: skip


def _frame(case: Any, topbar: str) -> dict[str, Any]:
    return {"case": case, "topbar": topbar, "back": case.url}


def _elsewhere(who: Who) -> dict[str, Any]:
    """The ways outside of the platform, whose addresses were checked, and what the law says."""
    return {
        "outside": late.outside(who["at"]),
        "notes": late.by_law(who["at"]),
        "clause": late.WAYS,
    }
