"""The agent's desk to act: steps, measures, the decision, a case taken down for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.accounts.queries import staff_choices
from bihuan.cases import commands, queries
from bihuan.cases.commands import Fault
from bihuan.cases.fields import FIELDS, clean
from bihuan.cases.models import Case, File
from bihuan.core import inputs
from bihuan.core.refusals import (
    Conflict,
    Invalid,
    NotFound,
    NotPermitted,
    NotPossible,
    Refusal,
    Stale,
)
from bihuan.desk import alike, called, canned, pane, party_shown, steps, story
from bihuan.desk import decide as deciding
from bihuan.desk.forms import LABELS, StepForm
from bihuan.desk.intake import NewCaseForm, filing
from bihuan.policy import queries as policy
from bihuan.web import messages
from bihuan.web.door import Who, once, staff, status
from bihuan.web.files import uploaded
from bihuan.web.htmx import wants_part


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """One step: its form, and taking it; a refusal comes back on the same page with its words."""
    who = staff(request)
    if action not in FIELDS:
        raise NotFound(action=action)
    case = queries.get(number, who["by"])
    if request.method == "GET":
        return _asked(request, case, action, who)
    number = case.number
    raw = StepForm(request.POST, [action]).raw(action)
    try:
        seen, meanwhile = _seen(request, case, action, who)
        commands.take_or_hold(
            action, number=number, raw=raw, seconds=settings.UNDO_SECONDS, take=commands.take,
            also=canned.along(request.POST.getlist("also")) if action in canned.WORDS else (),
            expected_version=seen, **who,
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(request, number, action, refusal, who)
    if meanwhile:
        notes.info(request, _("期间另有变更：{what}").format(what="；".join(meanwhile)))
    if action == "merge" and (unlike := alike.unlike(number, who["by"])):
        notes.warning(request, unlike)
    return _back(request, number)


@require_http_methods(["GET", "POST"])
def add_material(request: HttpRequest, number: str) -> HttpResponse:
    """补充材料：words, files or both (commands.bring)."""
    who = staff(request)
    case = queries.get(number, who["by"])
    if request.method == "GET":
        return _asked(request, case, "add_material", who)
    number = case.number
    try:
        kept, faults = commands.bring(
            number=number, uploads=uploaded(request, "file_ids"),
            expected_version=_version(request),
            text=clean("add_material", {"text": request.POST.get("text", "")})["text"], **who,
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(request, number, "add_material", refusal, who)
    if faults:
        return _partly(request, number, kept, faults, who)
    return _back(request, number)


def _partly(
    request: HttpRequest, number: str, kept: Sequence[File], faults: Sequence[Fault], who: Who
) -> HttpResponse:
    """What went with the good files is taken; the form asks for the others again."""
    case = queries.get(number, who["by"])
    step = steps.form(case, "add_material", {} if kept else request.POST)
    for fault in faults:
        step["form"].add_error("file_ids", messages.about_file(*fault))
    context = pane.case_context(case, who) | {"step": step, "kept": len(kept)}
    return render(request, "desk/case.html", context, status=422)


@require_POST
def undo(request: HttpRequest, held: int) -> HttpResponse:
    """撤销：within its seconds a reply comes back, words and all (UI rule 9)."""
    who = staff(request)
    try:
        row = commands.take_back(held_id=held, **who)
    except NotPossible:
        notes.warning(request, _("已经发出，不能撤销。"))
        return redirect("/desk/inbox/")
    return _back(request, row.number)


@require_POST
def drop(request: HttpRequest, held: int) -> HttpResponse:
    """丢弃：words that came back are not wanted any more."""
    return _back(request, commands.drop_held(held_id=held, **staff(request)))


def _asked(request: HttpRequest, case: Case, action: str, who: Who) -> HttpResponse:
    """The form of a step: alone for the sheet, else open on the page of its case."""
    if action in steps.DECIDES:
        return redirect(f"{case.desk_url}decide/")
    possible = steps.offered(case, who["by"])
    if action not in possible:
        if not commands.may_work(case, who["by"]):
            raise NotPermitted("2.2.2", action=action, department=case.department)
        raise NotPossible("1.2", state=case.state, action=action, possible=possible)
    asked = {"step": steps.form(case, action, by=who["by"])}
    if wants_part(request):
        response = render(request, "desk/_step.html", asked | {"case": case, "sheet": True})
    else:
        response = render(request, "desk/case.html", pane.case_context(case, who) | asked)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _version(request: HttpRequest, field: str = "expected_version") -> int | None:
    given = request.POST.get(field, "")
    return inputs.whole(given, field=field) if given else None


def _seen(request: HttpRequest, case: Case, action: str, who: Who) -> tuple[int | None, list[str]]:
    """The version that words go out with, and what else changed while they were written.

    Newer words of anybody else stop what the person would read, also those that the page showed
    meanwhile; a note stops for what it did not show. Another priority is said afterwards.
    """
    seen = _version(request)
    if action == "note":
        return _version(request, "seen_version") or seen, []
    if seen is None or action not in canned.WORDS:
        return seen, []
    written = request.POST.get(canned.WORDS[action], "")
    changed = story.changed_since(case, seen, written, who["by"], who["at"])
    return (seen, []) if changed is None else (case.version, changed)


def _back(request: HttpRequest, number: str) -> HttpResponseRedirect:
    """Where the form stood: the same list with this case open, or the case's own page."""
    try:
        came = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # an address that is none
        came = urlsplit("")
    if not came.path.startswith("/desk/inbox/"):
        return redirect(f"/desk/cases/{number}/")
    return redirect(f"/desk/inbox/{number}/" + (f"?{came.query}" if came.query else ""))


def _refused(
    request: HttpRequest, number: str, action: str, refusal: Refusal, who: Who
) -> HttpResponse:
    case = queries.get(number, who["by"])
    context = pane.case_context(case, who)
    fault = refusal if isinstance(refusal, Invalid) else None
    kept = request.POST.getlist("also")
    if action in steps.COMPOSED:
        text = request.POST.get("text", "")
        context["composer"] = steps.composer(case, who["by"], text, action, also=kept)
    elif FIELDS[action]:
        context["step"] = steps.form(case, action, request.POST, fault, by=who["by"], also=kept)
    if isinstance(refusal, Stale):
        context["newer"] = story.newer(case, _version(request) or 0, who["by"], who["at"])
    if fault is None or "step" not in context:  # else the form says what is wrong with which field
        context["refusal"] = said(refusal)
    return render(request, "desk/case.html", context, status=status(refusal))


def said(refusal: Refusal) -> str:
    """A refusal in one sentence."""
    if isinstance(refusal, Invalid):
        return "；".join(dict.fromkeys(messages.faults(refusal).values()))
    return deciding.said(refusal)


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """作出处理：everything still owed, the decision and the result notice in one form."""
    who = staff(request)
    case = queries.get(number, who["by"])
    if not commands.may_work(case, who["by"]):
        raise NotPermitted("2.2.2", action="resolve", department=case.department)
    if case.state not in deciding.DECIDABLE:
        raise NotPossible("1.2", state=case.state, action="resolve", possible=[])
    pending = [w.action for w in queries.waiting(who["by"], case) if not w.came_back]
    due = [step for step in deciding.steps(case) if step not in pending]
    form = StepForm(request.POST or None, due, people_=staff_choices(), prefixed=True)
    deciding.prefill(form, case, who)
    refused: Refusal | None = None
    if request.method == "POST":
        refused = deciding.take(form, case, _version(request), who)
        if refused is None:
            return redirect(case.desk_url)
    context = pane.case_context(case, who)
    context |= {
        "form": form,
        "groups": deciding.groups(form, case, who["at"]),
        "submit_url": f"{case.desk_url}decide/",
        "missing": [_(LABELS[s]) for s in due if s not in steps.DECIDES],
        "sent_first": [
            _("“{step}”还在等待发出，提交本表单会先发出它。").format(step=_(LABELS[s]))
            for s in pending
        ],
        "suggestions": [],
        "waits_for": deciding.waits_for(case),
        "unfinished": party_shown.unfinished(case, who["at"]),
        "heading": _(LABELS["notify" if case.state == "resolved" else "resolve"]),
        "said": story.said(case, who["by"], who["at"]),
    }
    return render(request, "desk/decide.html", context, status=status(refused) if refused else 200)


def _filed_already(external_id: str, who: Who) -> str:
    """That this conversation is a case, and which one if this reader may see it."""
    found = queries.of_talk(external_id, who["by"])
    return messages.fault("filed_already", {"number": found[0].number} if found else {})


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """登记：for somebody on the phone, at the counter, or whose letter lies here (1.3)."""
    who = staff(request)
    call = called.called(request.POST or request.GET, who)
    first = call.initial() if call else None
    form = NewCaseForm(request.POST or None, book=policy.current(who["at"]), initial=first)
    if request.method == "POST":
        try:
            given = called.completed(filing(request.POST), call, request.POST)
            filed = called.file(given, once(request), call, who)
        except Invalid as fault:
            for name, why in messages.faults(fault).items():
                form.add_error(name if name in form.fields else None, why)
        except Conflict:
            form.add_error("external_id", _filed_already(given.external_id, who))
        else:
            return redirect(f"{filed.case.desk_url}?filed=1")
    context = {"form": form, "sections": form.sections(), "submit_url": "/desk/cases/new/"}
    told = called.phone_of(request.POST or first or {}, call)
    context |= {"once": once(request), "similar": alike.about(told, who), "call": call}
    return render(request, "desk/new.html", context, status=422 if form.errors else 200)
