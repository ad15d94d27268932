"""The service home: what can be asked for here, by which ways, and what is promised."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bihuan.cases import queries
from bihuan.policy import queries as policy
from bihuan.portal import clocks, flow, forms
from bihuan.portal.visitor import customer, guest_case, signed_in
from bihuan.web import words
from bihuan.web.door import moment
from bihuan.web.words import english

HOME_CASES = 3
PROMISED = ("C-1.4-1", "C-1.4-4", "C-1.4-5", "C-1.4-3")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """File, track, ask, suggest; the promises with their clauses; the ways to reach us (6.4)."""
    at = moment(request)
    book = policy.current(at)
    by = customer(request)
    only = guest_case(request)
    mine = [c for c in queries.mine(by) if only in (0, c.id) and c.is_open] if by else []
    mine.sort(key=lambda case: case.state != "notified")  # what waits for the person comes first
    context: dict[str, Any] = {
        "mine": [
            {
                "url": case.url,
                "subject": case.subject,
                "state": forms.named(book.states[case.state]),
                "card": clocks.card(case, queries.clocks(case), at),
            }
            for case in mine[:HOME_CASES]
        ],
        "more": len(mine) > HOME_CASES,
        "promises": [
            {
                "clause": promise.clause,
                "words": clocks.quote(promise),
                "limit": words.limit_words(promise.limit),
            }
            for promise in book.promises
            if promise.id in PROMISED
        ],
        "signed_in": signed_in(request),
    }
    return render(request, "portal/home.html", context)


@require_safe
def track(request: HttpRequest) -> HttpResponse:
    """查进度: one's own cases, or the guest query for somebody unknown."""
    if customer(request):
        return redirect("portal:mine")
    return redirect("/signin/case/")


@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """The handbook, clause by clause."""
    book = policy.current(moment(request))
    context = {
        "chapters": flow.chapters(book),
        "title": book.title_en if english() else book.title,
        "version": book.version,
        "since": words.date_words(book.in_force_from),
        "topbar": _("服务手册"),
        "back": reverse("portal:home"),
    }
    return render(request, "portal/policies.html", context)


@require_safe
def clause(request: HttpRequest, id: str) -> HttpResponse:
    """One clause: its text, its promises, and how contradictions in it are read."""
    book = policy.current(moment(request))
    found = flow.clause(book, id)
    back = reverse("portal:policies")
    context = {"clause": found, "back": back, "topbar": found.label, "version": book.version}
    return render(request, "portal/clause.html", context)
