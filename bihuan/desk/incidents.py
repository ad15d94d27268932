"""Incidents at the desk: many cases, one cause, one message to all of them (2.2.3)."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.cases import queries as cases
from bihuan.complaints import commands, queries
from bihuan.complaints.models import Incident
from bihuan.core import ids, inputs
from bihuan.core.refusals import Invalid, NotFound, Stale
from bihuan.desk import incidents_shown as shown
from bihuan.desk.gathering import MOST, gathered
from bihuan.desk.incident_forms import (
    Asked,
    IncidentForm,
    MendForm,
    NoteForm,
    RaiseForm,
    RemoveForm,
    TellForm,
    TierForm,
    typed,
)
from bihuan.web import messages
from bihuan.web.door import Who, once, staff

PLACE = "/desk/incidents/"
FORMS: dict[str, type[Asked]] = {
    "tell": TellForm, "mend": MendForm, "severity": RaiseForm, "tier": TierForm,
    "note": NoteForm,
}  # fmt: skip
SAID = {
    "tell": "已安排发送，几秒内可以撤销",
    "mend": "已记录恢复",
    "severity": "已提出升级，由另一人复核后生效",
    "tier": "已安排调整响应级别",
    "note": "对用户的说明已更新",
    "close": "事件已结束",
}


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """事件：those that go on first, with how far each goes."""
    who = staff(request)
    rows = [shown.line(row, reach, who) for row, reach in queries.incidents(**who)]
    return render(
        request, "desk/incidents.html", {"rows": shown.named(rows), "new": f"{PLACE}new/"}
    )


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """立事件：and the cases it was opened from go into it."""
    who = staff(request)
    given = request.POST if request.method == "POST" else request.GET
    numbers = [n for one in given.getlist("number")[:MOST] if (n := ids.read_case_number(one))]
    form = IncidentForm(
        request.POST if request.method == "POST" else None,
        initial={
            "found_at": typed(who["at"]), "department": who["by"].department,
            "lead_id": str(who["by"].id),
        },
    )  # fmt: skip
    if request.method == "POST":
        try:
            row = commands.open_incident(raw=form.raw(), mark=once(request), **who)
        except Invalid as fault:
            form.refuse(fault)
        else:
            notes.success(request, _("事件已立"))
            return gathered(request, row, numbers, who)
    context = {"form": form, "numbers": numbers, "once": once(request), "back": PLACE}
    return render(request, "desk/incident_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, id: int) -> HttpResponse:
    """更新事件：what is known by now."""
    who = staff(request)
    row = queries.incident(id, who["by"])
    known = {name: getattr(row, name) for name in ("title", "what", "cause", "department")}
    known |= {name: typed(getattr(row, name)) for name in ("started_at", "found_at")}
    form = IncidentForm(
        request.POST if request.method == "POST" else None,
        initial=known | {"lead_id": str(row.lead_id)},
    )
    version = request.POST.get("expected_version") or str(row.version)
    if request.method == "POST":
        try:
            seen = inputs.whole(version, field="expected_version")
            commands.change_incident(id=id, raw=form.raw(), expected_version=seen, **who)
        except Invalid as fault:
            form.refuse(fault)
        except Stale as stale:  # the words stay; sent once more, they are meant
            version = str(stale.facts["version"])
            form.add_error(None, _("其他人刚刚更新了这个事件，请核对后再保存一次"))
        else:
            notes.success(request, _("事件信息已更新"))
            return redirect(row.desk_url)
    context = {"form": form, "row": row, "version": version, "back": row.desk_url}
    return render(request, "desk/incident_form.html", context, status=422 if form.errors else 200)


@require_GET
def page(request: HttpRequest, id: int) -> HttpResponse:
    """One incident: its cases, what was said to them, and what is to be done."""
    who = staff(request)
    return _page(request, queries.incident(id, who["by"]), who)


def _page(
    request: HttpRequest, row: Incident, who: Who, wrong: str = "", form: Asked | None = None
) -> HttpResponse:
    made = {name: kind(None, initial=_usual(name, row, who)) for name, kind in FORMS.items()}
    if form is not None:
        made[wrong] = form
    context = shown.page(row, who) | {"forms": made, "wrong": form, "once": once(request)}
    return render(request, "desk/incident.html", context, status=422 if form else 200)


def _usual(name: str, row: Incident, who: Who) -> dict[str, str]:
    """What a form begins with."""
    match name:
        case "mend":
            return {"ended_at": typed(who["at"]), "failed": row.cause.replace("\n", " ")[:300]}
        case "note":
            note = queries.note(row)
            return {"text": note.text if note else ""}
        case "severity":
            people = queries.reach(row, **who).people
            return {"reason": _("事件 {number} 涉及 {n} 人").format(number=row.number, n=people)}
        case "tier":
            return {"reason": _("事件 {number}：系统故障").format(number=row.number)}
    return {}


@require_POST
def act(request: HttpRequest, id: int, action: str) -> HttpResponse:
    """One of the forms of its page."""
    who = staff(request)
    row = queries.incident(id, who["by"])
    if action not in _ACTS:
        raise NotFound()
    form = FORMS.get(action, Asked)(request.POST)
    try:
        _ACTS[action](request, row, form, who)
    except Invalid as fault:
        if "nobody_to_raise" in fault.fields.values():  # its form is gone from the page by now
            notes.info(request, messages.fault("nobody_to_raise", {}))
            return redirect(row.desk_url)
        form.refuse(fault)
        return _page(request, row, who, action, form)
    notes.success(request, _(SAID[action]))
    return redirect(row.desk_url)


def _tell(request: HttpRequest, row: Incident, form: Asked, who: Who) -> None:
    seconds = settings.UNDO_SECONDS
    commands.tell_incident(id=row.id, **form.raw(), mark=once(request), seconds=seconds, **who)


def _mend(request: HttpRequest, row: Incident, form: Asked, who: Who) -> None:
    raw = form.raw()
    ended_at = inputs.moment(raw["ended_at"], field="ended_at")
    commands.mend_incident(
        id=row.id, ended_at=ended_at, failed=raw["failed"], mark=once(request),
        seconds=settings.UNDO_SECONDS, **who,
    )  # fmt: skip


def _severity(request: HttpRequest, row: Incident, form: Asked, who: Who) -> None:
    _raise(request, row, "set_severity", request.POST.get("to", ""), form, who)


def _tier(request: HttpRequest, row: Incident, form: Asked, who: Who) -> None:
    _raise(request, row, "set_tier", "3", form, who)


def _raise(
    request: HttpRequest, row: Incident, action: str, to: str, form: Asked, who: Who
) -> None:
    commands.raise_incident(
        id=row.id, action=action, to=to, **form.raw(), mark=once(request),
        seconds=settings.UNDO_SECONDS, **who,
    )  # fmt: skip


def _note(request: HttpRequest, row: Incident, form: Asked, who: Who) -> None:
    commands.note_incident(id=row.id, **form.raw(), **who)


def _close(request: HttpRequest, row: Incident, form: Asked, who: Who) -> None:
    version = inputs.whole(request.POST.get("expected_version"), field="expected_version")
    commands.close_incident(id=row.id, expected_version=version, **who)


_ACTS: dict[str, Callable[[HttpRequest, Incident, Asked, Who], None]] = {
    "tell": _tell, "mend": _mend, "severity": _severity, "tier": _tier, "note": _note,
    "close": _close,
}  # fmt: skip


@require_POST
def rest(request: HttpRequest, message: int) -> HttpResponse:
    """补发：what was said before, to the cases that have not had it."""
    who = staff(request)
    row = queries.incident(queries.message(message, who["by"]).incident_id, who["by"])
    try:
        many = commands.tell_rest(message_id=message, seconds=settings.UNDO_SECONDS, **who)
    except Invalid as fault:
        notes.info(request, _("、").join(messages.faults(fault).values()))
    else:
        notes.success(request, _("已安排发送给 {n} 件，几秒内可以撤销").format(n=many))
    return redirect(row.desk_url)


@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, id: int, number: str) -> HttpResponse:
    """移出事件：with a reason."""
    who = staff(request)
    row, case = queries.incident(id, who["by"]), cases.get(number, who["by"])
    form = RemoveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            commands.remove_from_incident(id=id, number=case.number, **form.raw(), **who)
        except Invalid as fault:
            form.refuse(fault)
        else:
            notes.success(request, _("已移出事件"))
            return redirect(row.desk_url)
    context = {"row": row, "case": case, "form": form}
    return render(request, "desk/incident_remove.html", context, status=422 if form.errors else 200)
