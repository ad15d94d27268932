"""One step for many cases at the desk: chosen, ordered, taken back, followed, given back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from bihuan.accounts.queries import staff_choices
from bihuan.cases import commands, queries
from bihuan.cases.fields import FIELDS
from bihuan.core import ids, inputs
from bihuan.core.refusals import Invalid, NotFound, NotPossible
from bihuan.desk import bulk_shown, decide, listing, steps
from bihuan.desk.forms import LABELS, StepForm, working_units
from bihuan.web import messages
from bihuan.web.door import Who, once, staff
from bihuan.web.htmx import wants_part


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which step for which cases, as the form of the list or of the step says it."""

    action: str
    address: str
    all: bool
    given: Mapping[str, int]
    chosen: list[queries.Chosen]


def _wanted(given: QueryDict, who: Who) -> Wanted:
    """Single cases with the version that was seen, or all of the list as it stands now."""
    action = given.get("action", "")
    if action not in commands.BULK:
        raise NotFound(action=action[:20])
    address = inputs.words(given.get("list"), field="list", most=1000, lines=False)
    if given.get("all"):
        asked = listing.asked(QueryDict(address), who)
        found = [] if asked.nobody else queries.chosen_of_view(
            who["by"], view=asked.view, filters=asked.filters, at=who["at"]
        )  # fmt: skip
        return Wanted(action, address, True, {}, found)
    seen = dict(_seen(one) for one in given.getlist("chosen")[: queries.MOST_CASES])
    return Wanted(action, address, False, seen, queries.chosen(seen, who["by"]))


def _seen(written: str) -> tuple[str, int]:
    """A case as the list names it: number and version."""
    number, _colon, version = written.partition(":")
    plain = ids.read_case_number(number)
    if not plain:
        raise Invalid({"chosen": "not_a_number_of_a_case"})
    return plain, inputs.whole(version, field="chosen", most=2**31 - 1) if version else 0


@require_http_methods(["GET", "POST"])
def bulk(request: HttpRequest) -> HttpResponse:
    """批量办理：the form of the step for these cases, and ordering it."""
    who = staff(request)
    given = request.POST if request.method == "POST" else request.GET
    wanted = _wanted(given, who)
    form = _form(wanted.action, request.POST if request.method == "POST" else None, who)
    context = _asked(request, wanted, form)
    if request.method == "GET":
        return _shown(request, context)
    if wanted.all and given.get("expected_total") != str(len(wanted.chosen)):
        context["moved"] = True  # nobody orders for cases they have not counted
        return _shown(request, context, 409)
    try:
        commands.order_bulk(
            action=wanted.action, chosen=wanted.chosen, raw=_raw(form, wanted.action),
            mark=once(request), seconds=settings.UNDO_SECONDS, **who,
        )  # fmt: skip
    except Invalid as fault:
        _refuse(form, wanted.action, fault)
        return _shown(request, context, 422)
    back = str(context["back"])
    return HttpResponseClientRedirect(back) if wants_part(request) else redirect(back)


def _shown(request: HttpRequest, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """In the sheet over the list, with what is wrong in it; without script a page of its own."""
    part = wants_part(request)
    page = "desk/_bulk.html" if part else "desk/bulk.html"
    response = render(request, page, {**context, "sheet": part}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _form(action: str, data: Mapping[str, Any] | None, who: Who) -> StepForm:
    form = StepForm(data, [action], people_=staff_choices())
    form.auto_id = f"bulk_{action}_%s"
    names = " ".join(f"{{{{{name}}}}}" for name in commands.FILLABLE)
    for field in _texts(action):
        said = str(form.fields[field].help_text)
        told = _("变量按每件案件填写：{names}").format(names=names)
        form.fields[field].help_text = _("；").join(filter(None, (said, told)))
    decide.measure_ahead(form, who)
    if action == "assign":
        unit: Any = form.fields["department"]
        unit.choices = [("", "—"), (commands.OWN, _("各案所在的部门")), *working_units()]
        unit.label = _("部门（按负荷分给在岗的人）")
    return form


def _texts(action: str) -> Sequence[str]:
    """The fields of a step in which variables stand for the facts of each case."""
    named = commands.TEXTS.get(action, ("text",))
    return [field.name for field in FIELDS[action] if field.name in named]


def _raw(form: StepForm, action: str) -> dict[str, Any]:
    """What was filled in; with variables in it, they are filled for each case."""
    raw = form.raw(action)
    named = any(queries.unfilled(str(raw[field])) for field in _texts(action))
    return raw | ({commands.FILLED: "yes"} if named else {})


def _asked(request: HttpRequest, wanted: Wanted, form: StepForm) -> dict[str, Any]:
    back = f"{listing.INBOX}?{wanted.address}" if wanted.address else listing.INBOX
    return {
        "label": _(LABELS[wanted.action]),
        "action": wanted.action,
        "total": len(wanted.chosen),
        "most": queries.MOST_CASES if len(wanted.chosen) == queries.MOST_CASES else 0,
        "all": wanted.all,
        "chosen": [] if wanted.all else [f"{c.number}:{c.version}" for c in wanted.chosen],
        "list": wanted.address,
        "lost": len(wanted.given) - len(wanted.chosen) if not wanted.all else 0,
        "reader": steps.reader(wanted.action),
        "seconds": settings.UNDO_SECONDS,
        "form": form,
        "once": once(request),
        "back": back,
    }


def _refuse(form: StepForm, action: str, fault: Invalid) -> None:
    """At its field; what is wrong with the choice of cases, above them all."""
    if "chosen" in fault.fields:
        said = messages.faults(fault)["chosen"]
        form.add_error(None, said if fault.fields["chosen"] != "missing" else _("请先选择案件"))
        return
    form.refuse_step(action, fault)


@require_GET
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """How far a run has come, and what could not be done and why; its parts for a swap."""
    who = staff(request)
    found = queries.bulk_run(run_id, who["by"])
    if request.GET.get("part") == "toast":
        toast = bulk_shown.toast(found, who["at"])
        return render(request, "desk/_bulk_toast.html", {"toast": toast})
    context = bulk_shown.page(found, who)
    page = "desk/_bulk_run.html" if request.GET.get("part") == "run" else "desk/bulk_run.html"
    return render(request, page, context)


@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """批量记录：one's own runs of the last days, and others' that a supervisor may stop."""
    who = staff(request)
    rows = [bulk_shown.row(one, who["at"]) for one in queries.bulk_runs(who["by"])]
    others = bulk_shown.others(queries.bulk_running(who["by"]), who["at"])
    return render(request, "desk/bulk_runs.html", {"rows": rows, "others": others})


@require_POST
def undo(request: HttpRequest, run_id: int) -> HttpResponse:
    """撤销：within its seconds nothing is done (UI rule 9)."""
    try:
        taken = commands.take_back_bulk(run_id=run_id, **staff(request))
    except NotPossible:
        notes.warning(request, _("已经开始执行，不能撤销；执行完后可以撤销这次批量。"))
        return redirect(f"/desk/bulk/{run_id}/")
    said = _("已撤销，{n} 件都没有改动").format(n=taken.total)
    notes.info(request, said)
    return redirect(_came_from(request))


@require_POST
def back(request: HttpRequest, run_id: int) -> HttpResponse:
    """撤销这次批量：each case gets back what it had, as a new event."""
    try:
        found = commands.give_back_bulk(run_id=run_id, **staff(request))
    except NotPossible:
        notes.warning(request, _("已经不能撤销这次批量。"))
        return redirect(f"/desk/bulk/{run_id}/")
    return redirect(f"/desk/bulk/{found.id}/")


@require_POST
def stop(request: HttpRequest, run_id: int) -> HttpResponse:
    """停止：the cases not yet taken are left as they are."""
    try:
        commands.stop_bulk(run_id=run_id, **staff(request))
    except NotPossible:
        notes.warning(request, _("这次批量没有在执行，不需要停止。"))
    return redirect(f"/desk/bulk/{run_id}/")


def _came_from(request: HttpRequest) -> str:
    """The list the toast stood on, else the inbox."""
    try:
        came = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # an address that is none
        came = urlsplit("")
    listed = came.path.startswith(listing.INBOX)
    return f"{came.path}?{came.query}" if listed else listing.INBOX
