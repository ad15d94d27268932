"""The team: load, rota, absence and handover, skills and qualifications, rebalancing (1.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.accounts import commands as accounts
from bihuan.accounts import queries as people
from bihuan.accounts.queries import Colleague, Roster
from bihuan.cases import commands, queries
from bihuan.cases.queries import Handed
from bihuan.core import inputs
from bihuan.core.refusals import Invalid, NotFound, NotPermitted
from bihuan.desk import roster
from bihuan.desk.forms import Shown, unit_choices
from bihuan.desk.rail import manages
from bihuan.desk.roster import TEAM
from bihuan.desk.rule_form import BETWEEN
from bihuan.desk.team_forms import AbsenceForm, HeldForm, ShiftsForm
from bihuan.web import messages
from bihuan.web.door import Who, staff


@require_GET
def team(request: HttpRequest) -> HttpResponse:
    """团队：who is there, with how much in hand, and what they may do."""
    return _team(request, staff(request))


def _team(
    request: HttpRequest, who: Who, status: int = 200, faulty: str = "", fault: str = ""
) -> HttpResponse:
    """`faulty` is the department whose demands could not be taken, and `fault` why."""
    found = roster.departments(roster.sight(who))
    may = manages(who["by"])
    for unit in found:
        unit["demanded"] = "、".join(unit["demands"])
        if faulty and unit["id"] == faulty:
            unit |= {"fault": fault, "demanded": request.POST.get("names", "")}
    context = {"may": may, "departments": found, "warnings": roster.warnings(found) if may else []}
    return render(request, "desk/team.html", context, status=status)


def _theirs(staff_id: int, who: Who) -> Colleague:
    """Somebody whose plan this actor may see: those who plan, and themselves."""
    one = people.staff(staff_id)
    if one is None or not one.active:
        raise NotFound()
    if not manages(who["by"]) and who["by"].id != staff_id:
        raise NotPermitted("1.3", action="team")
    return one


@require_GET
def person(request: HttpRequest, staff_id: int) -> HttpResponse:
    """One member of the team."""
    who = staff(request)
    return _person(request, _theirs(staff_id, who), who)


def _person(
    request: HttpRequest, one: Colleague, who: Who, status: int = 200, **filled: Shown
) -> HttpResponse:
    seen = roster.sight(who)
    own = seen.rosters.get(one.id) or Roster()
    context = {
        "may": manages(who["by"]),
        "one": roster.member(one, seen),
        "unit": dict(unit_choices()).get(one.department, ""),
        "present": one.on_duty,
        "absences": roster.absences(own, seen),
        "shifts_form": ShiftsForm(None, own.shifts),
        "absence_form": AbsenceForm(None),
        "held_form": HeldForm(None),
    } | filled
    context["wrong"] = any(form.errors for form in filled.values())
    return render(request, "desk/person.html", context, status=status)


@require_POST
def duty(request: HttpRequest, staff_id: int) -> HttpResponse:
    """在岗 / 离岗：the switch for now."""
    who = staff(request)
    there = request.POST.get("on_duty") == "yes"
    accounts.set_on_duty(staff_id=staff_id, on_duty=there, **who)
    queries.forget_loads()
    notes.success(request, _("已改为在岗") if there else _("已改为不在岗，不再分到新案件"))
    return redirect(f"{TEAM}{staff_id}/")


@require_POST
def shifts(request: HttpRequest, staff_id: int) -> HttpResponse:
    """排班."""
    who = staff(request)
    one, form = _theirs(staff_id, who), ShiftsForm(request.POST)
    try:
        accounts.set_shifts(staff_id=staff_id, shifts=form.spells(), **who)
    except Invalid as fault:
        form.refuse(fault)
        return _person(request, one, who, 422, shifts_form=form)
    queries.forget_loads()
    notes.success(request, _("已保存排班"))
    return redirect(f"{TEAM}{staff_id}/")


@require_POST
def absent(request: HttpRequest, staff_id: int) -> HttpResponse:
    """请假：first what would be handed over to whom, then it is done."""
    who = staff(request)
    one, form = _theirs(staff_id, who), AbsenceForm(request.POST)
    sure = request.POST.get("sure", "")
    try:
        days = {
            name: inputs.day(request.POST.get(name), field=name) for name in ("first_on", "last_on")
        }
        told: dict[str, Any] = {
            "staff_id": staff_id,
            "reason": request.POST.get("reason", ""),
            **days,
        }
        if not sure:
            accounts.check_absence(**told, **who)
            return _previewed(request, one, who)
        moved = commands.be_absent(**told, hand_over=sure == "hand over", **who)
    except Invalid as fault:
        form.refuse(fault)
        return _person(request, one, who, 422, absence_form=form)
    notes.success(request, _("已登记请假。{moved}").format(moved=_told(moved)))
    return redirect(f"{TEAM}{staff_id}/")


def _previewed(request: HttpRequest, one: Colleague, who: Who) -> HttpResponse:
    plan = queries.hand_over_plan(one.id, **who)
    kept = {name: request.POST.get(name, "") for name in ("first_on", "last_on", "reason")}
    context = {"one": one, "url": f"{TEAM}{one.id}/absent/", "kept": kept} | _listed(plan)
    return render(request, "desk/hand_over.html", context)


@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, staff_id: int) -> HttpResponse:
    """移交：what somebody has in hand, at any time; previewed, then done."""
    who = staff(request)
    one = _theirs(staff_id, who)
    if request.method == "POST":
        notes.success(request, _told(commands.hand_over_all(staff_id=staff_id, **who)))
        return redirect(f"{TEAM}{staff_id}/")
    plan = queries.hand_over_plan(staff_id, **who)
    context = {"one": one, "url": f"{TEAM}{staff_id}/hand-over/", "kept": {}} | _listed(plan)
    return render(request, "desk/hand_over.html", context)


@require_http_methods(["GET", "POST"])
def rebalance(request: HttpRequest) -> HttpResponse:
    """均衡：moves within a department; previewed, then done."""
    who = staff(request)
    if not manages(who["by"]):
        raise NotPermitted("2.2.2", action="team")
    given = request.POST if request.method == "POST" else request.GET
    units = dict(unit_choices())
    department = inputs.one_of(given.get("department", ""), units, field="department")
    if request.method == "POST":
        notes.success(request, _told(commands.rebalance(department=department, **who)))
        return redirect(TEAM)
    context = {
        "department": department,
        "unit": units[department],
        "url": f"{TEAM}rebalance/",
    } | _listed(queries.rebalance_plan(department, **who))
    return render(request, "desk/hand_over.html", context)


def _listed(plan: Sequence[Handed]) -> dict[str, Any]:
    """Each case with its taker."""
    names = people.staff_names({p.to for p in plan} | {p.case.owner_id for p in plan})
    units = dict(unit_choices())
    return {
        "moves": [
            {
                "number": p.case.number,
                "subject": p.case.subject,
                "url": p.case.desk_url,
                "giver": names.get(p.case.owner_id, ""),
                "taker": names.get(p.to, ""),
                "unit": units.get(p.department, p.department),
            }
            for p in plan
        ],
        "going": sum(bool(p.to) for p in plan),
        "staying": sum(not p.to for p in plan),
    }


def _told(moved: Sequence[Handed]) -> str:
    """How many went, and to whom."""
    if not moved:
        return _("没有移交案件")
    names = people.staff_names({one.to for one in moved})
    shares = Counter(names[one.to] for one in moved)
    each = _("、").join(f"{name} {many}" for name, many in sorted(shares.items()))
    told = ngettext("已移交 %(total)s 件：%(each)s", "已移交 %(total)s 件：%(each)s", len(moved))
    return told % {"total": len(moved), "each": each}


@require_POST
def back(request: HttpRequest, absence: int) -> HttpResponse:
    """销假."""
    row = accounts.end_absence(absence_id=absence, **staff(request))
    queries.forget_loads()
    notes.success(request, _("已销假；移交出去的案件不会自动退回"))
    return redirect(f"{TEAM}{row.staff_id}/")


@require_POST
def skill(request: HttpRequest, staff_id: int) -> HttpResponse:
    """资质或技能."""
    who = staff(request)
    one, form = _theirs(staff_id, who), HeldForm(request.POST)
    try:
        until = request.POST.get("valid_until", "")
        accounts.set_qualification(
            staff_id=staff_id, kind=request.POST.get("kind", ""),
            name=request.POST.get("name", ""),
            valid_until=inputs.day(until, field="valid_until") if until else None, **who,
        )  # fmt: skip
    except Invalid as fault:
        form.refuse(fault)
        return _person(request, one, who, 422, held_form=form)
    queries.forget_loads()
    notes.success(request, _("已登记"))
    return redirect(f"{TEAM}{staff_id}/")


@require_POST
def drop_skill(request: HttpRequest, held: int) -> HttpResponse:
    """撤销资质或技能."""
    row = accounts.drop_qualification(qualification_id=held, **staff(request))
    queries.forget_loads()
    notes.success(request, _("已撤销"))
    return redirect(f"{TEAM}{row.staff_id}/")


@require_POST
def demands(request: HttpRequest) -> HttpResponse:
    """岗位资质要求."""
    names = [name.strip() for name in BETWEEN.split(request.POST.get("names", ""))]
    department = request.POST.get("department", "")
    who = staff(request)
    try:
        accounts.set_demands(department=department, names=names, **who)
    except Invalid as fault:
        if "names" not in fault.fields:
            raise
        return _team(request, who, 422, department, messages.faults(fault)["names"])
    queries.forget_loads()
    notes.success(request, _("已保存岗位资质要求"))
    return redirect(f"{TEAM}#unit-{department}")
