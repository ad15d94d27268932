"""The shares of a complaint at the desk: given, finished, handed over, and whose the time was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.accounts import queries as people
from bihuan.cases import commands as case_commands
from bihuan.cases import queries as cases
from bihuan.cases.models import Case
from bihuan.complaints import commands, queries
from bihuan.complaints.models import SubTask
from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.attribution import Holder, totals
from bihuan.core.clocks import SHANGHAI
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import Invalid, NotFound, NotPossible
from bihuan.desk import decide as deciding
from bihuan.desk.forms import Shown
from bihuan.desk.share_forms import ActForm, GiveForm
from bihuan.desk.shown import say
from bihuan.policy import queries as policy
from bihuan.web import messages, words
from bihuan.web.door import Who, staff, status

ACTIONS = ("finish", "hand_over", "drop")


def tab(case: Case, who: Who) -> dict[str, Any]:
    """What the tab of a case shows: its shares, and how long each held it."""
    book = cases.handbook(case)
    rows = queries.shares(case.id)
    names = people.staff_names(
        i for row in rows for i in (row.owner_id, row.opened_by, row.done_by)
    )
    return {
        "shares": [_row(row, names, book, who["at"]) for row in rows],
        "give_url": reverse("desk:give", args=[case.number])
        if case.state in ("filed", "accepted") and case_commands.may_work(case, who["by"])
        else "",
        "times": times(case, book, who["at"]),
    }  # fmt: skip


def _names(rows: Sequence[SubTask]) -> dict[int, str]:
    return people.staff_names(
        id for row in rows for id in (row.owner_id, row.opened_by, row.done_by)
    )


def times(case: Case, book: Handbook, at: datetime) -> list[dict[str, Any]]:
    """How long each held the case, as a share of the whole in percent."""
    found = totals(queries.attributed(case, at))
    whole = sum(found.values(), timedelta()) or timedelta(microseconds=1)
    names = people.staff_names(holder.staff for holder in found)
    return [
        {
            "who": _holder(holder, names, book),
            "length": words.span_words(length),
            "percent": round(100 * (length / whole)),
            "share": _share(length / whole),
        }
        for holder, length in found.items()
    ]


def _share(part: float) -> str:
    """In whole percents, but never nothing for something."""
    return "<1%" if 0 < part < 0.005 else f"{part:.0%}"


def _holder(holder: Holder, names: dict[int, str], book: Handbook) -> str:
    unit = say(book.departments.get(holder.department))
    if holder.kind == "person":
        return _("等待用户确认")
    if holder.kind == "nobody":
        return _("{unit}（无人经办）").format(unit=unit) if unit else _("等待登记")
    name = names.get(holder.staff, "")
    return f"{name} · {unit}" if unit else name


def _row(row: SubTask, names: dict[int, str], book: Handbook, at: datetime) -> dict[str, Any]:
    return {
        "url": reverse("desk:task", args=[row.id]),
        "number": row.number,
        "what": row.what,
        "unit": say(book.departments.get(row.department)) or row.department,
        "owner": names.get(row.owner_id, ""),
        "giver": names.get(row.opened_by, ""),
        "due": words.due_moment(row.due_at, at),
        "sla": None
        if row.dropped_at
        else words.sla(row.due_at, at, row.opened_at, done=row.done_at),
        "done": words.moment_words(row.done_at, at) if row.done_at else "",
        "doer": names.get(row.done_by, ""),
        "result": row.result,
        "dropped": bool(row.dropped_at),
    }


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """协办任务：what this member of staff owes other leads, the nearest due first."""
    who = staff(request)
    rows = queries.shares_of(who["by"])
    names = people.staff_names(
        i for row in rows for i in (row.owner_id, row.opened_by, row.done_by)
    )
    book = policy.current(who["at"])
    shown = [_row(row, names, book, who["at"]) for row in rows]
    return render(request, "desk/tasks.html", {"rows": shown})


@require_http_methods(["GET", "POST"])
def give(request: HttpRequest, number: str) -> HttpResponse:
    """交办子任务."""
    who = staff(request)
    case = cases.get(number, who["by"])
    form = GiveForm(
        request.POST if request.method == "POST" else None, initial=_usual(case, who["at"])
    )
    if request.method == "POST":
        try:
            commands.give(number=case.number, **_asked(request), **who)
        except Invalid as fault:
            put(form, fault, who["at"])
        else:
            notes.success(request, _("已交办，完成前案件不能作出处理"))
            return redirect(f"{case.desk_url}?tab=shares")
    context = {"case": case, "form": form}
    return render(request, "desk/give.html", context, status=422 if form.errors else 200)


def _usual(case: Case, at: datetime) -> dict[str, str]:
    """Half of the time the case has left, else a day."""
    left = (case.next_due_at - at) / 2 if case.next_due_at and case.next_due_at > at else None
    due = (at + (left or timedelta(days=1))).astimezone(SHANGHAI)
    return {"due_at": f"{due:%Y-%m-%dT%H:%M}"}


def _asked(request: HttpRequest) -> dict[str, Any]:
    post, faults = request.POST, dict[str, str]()
    owner = post.get("owner_id", "")
    given = post.get("due_at", "")
    try:
        due = inputs.moment(f"{given}+08:00" if given else "", field="due_at")
    except Invalid as fault:
        faults |= fault.fields
    if owner and not owner.isdecimal():
        faults["owner_id"] = "not_known"
    if faults:
        raise Invalid(faults)
    return {
        "what": post.get("what", ""),
        "department": post.get("department", ""),
        "owner_id": int(owner or 0),
        "due_at": due,
    }


def put(form: Shown, fault: Invalid, at: datetime) -> None:
    """The words of the faults at their fields; the latest possible due as the reader counts."""
    facts = dict(fault.facts)
    if latest := facts.get("latest"):
        facts["latest"] = words.due_moment(datetime.fromisoformat(str(latest)), at)
    for name, code in fault.fields.items():
        form.add_error(name if name in form.fields else None, messages.fault(code, facts))


@require_http_methods(["GET", "POST"])
def task(request: HttpRequest, id: int, action: str = "") -> HttpResponse:
    """One share; POST finishes it, hands it over or drops it."""
    who = staff(request)
    row = queries.share(id, who["by"])
    if action and (action not in ACTIONS or request.method != "POST"):
        raise NotFound()
    code = 422
    book = policy.current(who["at"])
    shown = {
        name: ActForm(request.POST if name == action else None, action=name) for name in ACTIONS
    }
    if action:
        try:
            _COMMANDS[action](id=id, **_said(request, shown[action]), **who)
        except Invalid as fault:
            put(shown[action], fault, who["at"])
        except NotPossible as refusal:  # what was written stays on the page
            shown[action].add_error(None, deciding.said(refusal))
            code = status(refusal)
        else:
            notes.success(request, _(SAID[action]))
            return redirect(reverse("desk:task", args=[id]))
    names = _names([row])
    offered = _open_to(row, who["by"])
    case = cases.get(row.number, who["by"])
    context = {
        "task": _row(row, names, book, who["at"]),
        "case": case,
        "ended": "" if case.is_open or row.done_at else say(book.states.get(case.state)),
        "forms": [
            (name, _(LABELS[name]), shown[name])
            for name in ACTIONS
            if name in offered or name == action
        ],
        "wrong": shown[action] if action else None,
        "id": id,
    }
    return render(request, "desk/task.html", context, status=code if action else 200)


SAID = {"finish": "结果已交给主办人", "hand_over": "已改派", "drop": "子任务已撤销"}
LABELS = {"finish": "完成", "hand_over": "改派", "drop": "撤销任务"}
_COMMANDS: dict[str, Callable[..., object]] = {
    "finish": commands.finish, "hand_over": commands.hand_over, "drop": commands.drop,
}  # fmt: skip


def _open_to(row: SubTask, by: Actor) -> tuple[str, ...]:
    """What this actor may do with it now, as the commands will judge it."""
    case = cases.get(row.number, by)
    if not row.is_open or not case.is_open:
        return ()
    lead = case_commands.may_work(case, by)
    if lead:
        return ACTIONS
    theirs = by.id == row.owner_id or by.department == row.department
    return ("finish", "hand_over") if theirs else ()


def _said(request: HttpRequest, form: Shown) -> dict[str, Any]:
    given = {name: request.POST.get(name, "") for name in form.fields}
    if "owner_id" in given:
        owner = given["owner_id"]
        if owner and not owner.isdecimal():
            raise Invalid({"owner_id": "not_known"})
        return given | {"owner_id": int(owner or 0)}
    return given
