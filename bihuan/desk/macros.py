"""Canned replies at the desk: filled in from a case, and the page where they are kept (7.1)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.cases import commands, queries
from bihuan.cases.models import COMPOSERS, Case, Macro
from bihuan.core import inputs
from bihuan.core.refusals import Invalid, NotFound, NotPossible, Refusal, Stale
from bihuan.desk import canned, pane, steps
from bihuan.desk.macro_form import MacroForm, scope_words, variable_list
from bihuan.web import messages
from bihuan.web.door import Who, staff, status

PLACE = "/desk/macros/"


@require_GET
def filled(request: HttpRequest, number: str, macro: int) -> HttpResponse:
    """A canned reply with the facts of this case, for the script of the composer."""
    who = staff(request)
    case = queries.get(number, who["by"])
    row = queries.macro(macro, who["by"])
    made = queries.filled(row.body, row.composer, case, step=steps.step_words, **who)
    return JsonResponse(
        {
            "text": made.text,
            "composer": row.composer,
            "also": canned.ticked(canned.goes_along(row)),
            "missing": made.missing,
        }
    )


@require_POST
def insert(request: HttpRequest, number: str) -> HttpResponse:
    """The same without script: the page of the case again, the words under those written before."""
    who = staff(request)
    case = queries.get(number, who["by"])
    given = request.POST.get("macro", "")
    if not given:
        action = inputs.one_of(request.POST.get("composer") or "answer", COMPOSERS, field="macro")
        return render(request, "desk/case.html", _again(case, action, request, "", [], who))
    row = queries.macro(inputs.whole(given, field="macro"), who["by"])
    made = queries.filled(row.body, row.composer, case, step=steps.step_words, **who)
    context = _again(case, row.composer, request, made.text, canned.goes_along(row), who)
    return render(request, "desk/case.html", context | {"macro_used": row.name})


def _again(
    case: Case, action: str, request: HttpRequest, text: str, also: list[str], who: Who
) -> dict[str, Any]:
    """The page with its composer or the form of the step open, filled with what is there now."""
    before = str(request.POST.get(canned.WORDS[action], "") or request.POST.get("text", "")).strip()
    words = "\n\n".join(part for part in (before, text) if part)
    lines = list(dict.fromkeys([*request.POST.getlist("also"), *also]))
    possible = steps.offered(case, who["by"])
    if action not in possible:
        raise NotPossible("1.2", state=case.state, action=action, possible=possible)
    context = pane.case_context(case, who)
    if action in steps.COMPOSED:
        context["composer"] = steps.composer(case, who["by"], words, action, also=lines)
    else:
        context["step"] = steps.form(
            case, action, {canned.WORDS[action]: words}, by=who["by"], also=lines
        )
    context["unfilled"] = queries.unfilled(words)
    return context


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """常用语：what this reader may use, by what it is for."""
    who = staff(request)
    groups = [
        {
            "label": steps.label(id),
            "macros": [_row(row, who) for row in queries.macros(who["by"], [id])],
        }
        for id in COMPOSERS
    ]
    context = {"groups": [group for group in groups if group["macros"]], "new_url": f"{PLACE}new/"}
    return render(request, "desk/macros.html", context)


def _row(row: Macro, who: Who) -> dict[str, Any]:
    return {
        "name": row.name,
        "shortcut": row.shortcut,
        "scope": scope_words(row),
        "words": " ".join(row.body.split()),
        "also": canned.ticked(canned.goes_along(row)),
        "url": f"{PLACE}{row.id}/" if queries.may_change_macro(row, who["by"]) else "",
    }


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, macro: int = 0) -> HttpResponse:
    """A new one, or one to be changed; its preview is of a real case."""
    who = staff(request)
    row = queries.macro(macro, who["by"]) if macro else None
    if row is not None and not queries.may_change_macro(row, who["by"]):
        raise NotFound()
    refused: Refusal | None = None
    form = MacroForm(request.POST or None, row, who["by"])
    if request.method == "POST" and "preview" not in request.POST:
        try:
            commands.save_macro(macro_id=macro, raw=form.raw(), **who)
        except Invalid as fault:
            form.refuse(fault)
            refused = fault
        except Stale as stale:
            form.add_error(None, f"{messages.title(stale.code())}。{messages.detail('stale', {})}")
            refused = stale
        else:
            return redirect(PLACE)
    context = {
        "form": form,
        "macro": row,
        "version": row.version if row else 0,
        "delete_url": f"{PLACE}{row.id}/delete/" if row else "",
        "variables": variable_list(),
        "preview": _preview(form, who),
    }
    code = status(refused) if refused else 200
    return render(request, "desk/macro.html", context, status=code)


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The text so far with the facts of a case: what the form shows beside itself."""
    who = staff(request)
    form = MacroForm(request.POST, None, who["by"])
    return render(request, "desk/_macro_preview.html", {"preview": _preview(form, who)})


def _preview(form: MacroForm, who: Who) -> dict[str, Any]:
    """Words, what has no value there, what nobody knows, and the case it is shown for."""
    raw = form.raw()
    text = str(raw["body"])[: commands.BODY_MOST]
    number = str(form.data.get("case", "") or form.initial_case(who))
    unknown = [f"{{{{{name}}}}}" for name in queries.unknown(text)]
    try:
        case = queries.get(number, who["by"])
    except NotFound:
        return {"number": number, "found": False, "unknown": unknown, "text": text}
    composer = raw["composer"] if raw["composer"] in COMPOSERS else "answer"
    made = queries.filled(text, composer, case, step=steps.step_words, **who)
    missing = [f"{{{{{name}}}}}" for name in made.missing]
    return {
        "number": case.number, "found": True, "text": made.text, "missing": missing,
        "unknown": unknown,
    }  # fmt: skip


@require_POST
def delete(request: HttpRequest, macro: int) -> HttpResponse:
    """删除：it is offered no more."""
    commands.delete_macro(macro_id=macro, **staff(request))
    return redirect(PLACE)
