"""Handling steps and parties outside at the desk: marked, asked, answered, listed (6.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.cases import commands as case_commands
from bihuan.cases import queries as cases
from bihuan.cases.models import Case
from bihuan.complaints import commands, queries
from bihuan.core import inputs
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible
from bihuan.desk import party_shown
from bihuan.desk.party_forms import ActForm, AskForm, SkipForm
from bihuan.desk.sharing import put
from bihuan.desk.shown import say
from bihuan.policy import queries as policy
from bihuan.web import messages
from bihuan.web.door import Who, staff

LIST = "/desk/worklists/"
SAID = {"answer": "已记下对方的答复", "drop": "已撤销查询"}
LABELS = {"answer": "记录答复", "drop": "撤销查询"}
_COMMANDS: Mapping[str, Callable[..., object]] = {
    "answer": commands.answer_inquiry, "drop": commands.drop_inquiry,
}  # fmt: skip


def _back(case: Case) -> HttpResponse:
    return redirect(f"{case.desk_url}?tab=parties")


def _trades(case: Case, who: Who) -> tuple[str, ...]:
    """The trades that can be asked, that of the case's own group in front."""
    book = policy.current(who["at"])
    group = book.issues[case.issue].group if case.issue in book.issues else ""
    mine = queries.TRADES.get(group, "")
    return tuple(sorted(book.party_kinds, key=lambda kind: kind != mine))


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """向第三方查询."""
    who = staff(request)
    case = cases.get(number, who["by"])
    if not case_commands.may_work(case, who["by"]):
        raise NotPermitted("6.1", action="ask", department=case.department)
    if not case.is_open:
        raise NotPossible("6.1", state=case.state, action="ask", possible=[])
    posted = request.POST if request.method == "POST" else None
    form = AskForm(posted, book=policy.current(who["at"]), trades=_trades(case, who))
    if posted is not None:
        try:
            row = commands.ask(number=case.number, **_asked(request), **who)
        except Invalid as fault:
            put(form, _at_its_field(fault), who["at"])
        else:
            notes.success(request, party_shown.asked_words(row, who["at"]))
            return _back(case)
    context = {"case": case, "form": form}
    return render(request, "desk/ask.html", context, status=422 if form.errors else 200)


def _at_its_field(fault: Invalid) -> Invalid:
    """Trade and party are chosen in one field."""
    fields = {("party" if name == "kind" else name): why for name, why in fault.fields.items()}
    return Invalid(fields, fault.clause, **{k: v for k, v in fault.facts.items() if k != "fields"})


def _asked(request: HttpRequest) -> dict[str, Any]:
    post = request.POST
    kind, _colon, party = post.get("party", "").partition(":")
    given = post.get("asked_at", "")
    if not kind:
        raise Invalid({"party": "missing"})
    return {
        "kind": kind,
        "party": party,
        "asked_at": inputs.moment(f"{given}+08:00", field="asked_at") if given else None,
        **{name: post.get(name, "") for name in ("name", "manner", "way", "what", "reference")},
    }


@require_http_methods(["GET", "POST"])
def inquiry(request: HttpRequest, id: int, action: str = "") -> HttpResponse:
    """One inquiry; POST takes its answer down, or gives it up."""
    who = staff(request)
    asked = queries.inquiry(id, who["by"])
    case = cases.get(asked.row.number, who["by"])
    if action and (action not in _COMMANDS or request.method != "POST"):
        raise NotFound()
    posted = {action: request.POST}
    forms = {name: ActForm(posted.get(name), action=name) for name in LABELS}
    if action:
        try:
            given = {name: request.POST.get(name, "") for name in forms[action].fields}
            _COMMANDS[action](id=id, **given, **who)
        except Invalid as fault:
            put(forms[action], fault, who["at"])
        else:
            notes.success(request, _(SAID[action]))
            return _back(case)
    able = asked.row.is_open and case.state != "archived"
    may = able and case_commands.may_work(case, who["by"])
    context = {
        "asked": party_shown.asked([asked], who["at"])[0],
        "case": case,
        "forms": [(name, _(LABELS[name]), form) for name, form in forms.items()] if may else [],
        "wrong": forms[action] if action else None,
        "id": id,
    }
    return render(request, "desk/inquiry.html", context, status=422 if action else 200)


@require_POST
def mark(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """A step is done, left out with its reason, or open again; pressed twice it is done once."""
    who = staff(request)
    case = cases.get(number, who["by"])
    state, reason = request.POST.get("state", ""), request.POST.get("reason", "")
    try:
        commands.mark_step(number=case.number, step=step, state=state, reason=reason, **who)
    except Invalid as fault:
        if "reason" not in fault.fields:
            raise
        return _asked_again(request, case, step, fault, who)
    except NotPossible as refused:
        if refused.facts.get("state") != state:
            raise
    return _back(case)


def _asked_again(
    request: HttpRequest, case: Case, step: str, fault: Invalid, who: Who
) -> HttpResponse:
    """The reason, asked for on a page of its own, with what was written."""
    form = SkipForm(request.POST, step=step)
    put(form, fault, who["at"])
    found = next(one.step for one in queries.handling(case, who["at"]) if one.step.id == step)
    context = {"case": case, "form": form, "step": step, "label": say(found)}
    return render(request, "desk/skip.html", context, status=422)


@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """支付与物流：a group's open cases, what was asked of others, longest waiting first."""
    who = staff(request)
    group = request.GET.get("group", "") or next(iter(queries.TRADES))
    fault: Invalid | None = None
    try:
        page = queries.worklist(
            who["by"], who["at"], group=group, cursor=request.GET.get("cursor", "")
        )
    except Invalid as refused:
        fault = refused
        group = group if group in queries.TRADES else next(iter(queries.TRADES))
        page = queries.worklist(who["by"], who["at"], group=group)
    more = urlencode({"group": group, "cursor": page.cursor})
    context = {
        "faults": list(messages.faults(fault).values()) if fault else [],
        "rows": party_shown.lines(page, who["at"]),
        "views": party_shown.groups(group, who["at"]),
        "next": f"{reverse('desk:worklists')}?{more}" if page.cursor else "",
    }
    return render(request, "desk/worklist.html", context, status=422 if fault else 200)
