"""The board of feedback, and one piece of it: judged, planned and answered (7.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.accounts.queries import staff_choices, units
from bihuan.cases import commands as cases
from bihuan.cases import queries as case_queries
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import Invalid, NotFound
from bihuan.improvement import commands, queries
from bihuan.improvement.forms import PlanForm, TriageForm
from bihuan.improvement.queries import Facts, Row
from bihuan.improvement.views import shown
from bihuan.policy import queries as policy
from bihuan.web.asking import sent
from bihuan.web.door import Who, enter
from bihuan.web.words import date_words, due_moment, local, moment_words

LISTS = {
    "open": later("全部未办结"),
    "new": later("待分级"),
    "urgent": later("紧急"),
    "important": later("重要"),
    "general": later("一般"),
    "late": later("计划逾期"),
    "unanswered": later("待答复"),
    "ended": later("已结束"),
}
TONES = {"urgent": ("hot", "flame"), "important": ("warn", "flag"), "general": ("", "minus")}
PLANS = {
    "planned": ("info", "calendar-check", later("已安排")),
    "late": ("bad", "alarm-clock-off", later("已逾期")),
    "done": ("ok", "list-checks", later("已落实")),
    "unplanned": ("", "calendar", later("未安排")),
}


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Suggestions, praise and whatever was taken in beside them, in the order of work."""
    who = enter(request)
    show = request.GET.get("show", "open")
    show = show if show in LISTS else "open"
    page = queries.board(who["by"], who["at"], show=show, cursor=request.GET.get("cursor", ""))
    fault = ""
    if number := request.GET.get("number", "").strip():
        try:
            found = case_queries.get(number, who["by"])
            return redirect(reverse("improvement:triage", args=[found.number]))
        except NotFound:
            fault = _("没有找到这个编号的案件，请核对编号")
    book = policy.current(who["at"])
    context = {
        "rows": [_shown(row, book, who) for row in page.rows],
        "tabs": [
            {"label": label, "url": f"?show={id}", "current": id == show,
             "count": page.counts.get(id, 0), "bad": id == "late"}
            for id, label in LISTS.items()
        ],
        "late": page.counts["late"],
        "show": show,
        "number": number[:40],
        "fault": fault,
        "next": f"?show={show}&cursor={page.cursor}" if page.cursor else "",
    }  # fmt: skip
    return render(request, "improvement/feedback.html", context, status=422 if fault else 200)


def _shown(row: Row, book: Handbook, who: Who) -> dict[str, Any]:
    today = local(who["at"]).date()
    plan = row.plan
    owed = due_moment(plan.owed_at, who["at"]) if plan.owed_at else ""
    return {
        "case": row.case,
        "url": reverse("improvement:triage", args=[row.case.number]),
        "kind": shown.say(book.kinds.get(row.case.kind)),
        "level": _level(row.judged.level, book) if row.judged else None,
        "why": _why(row, book),
        "owner": row.owner,
        "plan": shown.pill(PLANS, plan.state),
        "due": date_words(plan.due_on, today) if plan.due_on else "",
        "owed": "" if plan.due_on else owed,
        "answered": row.answered,
        "received": moment_words(row.case.received_at, who["at"]),
    }


def _level(id: str, book: Handbook) -> dict[str, Any]:
    tone, icon = TONES[id]
    return {"tone": tone, "icon": icon, "label": shown.say(book.priorities.get(id), id)}


def _why(row: Row, book: Handbook) -> str:
    """2 × 3 × 2 = 12, and that a person chose another level."""
    if row.judged is None:
        return ""
    one = row.judged
    said = _("严重 {severity} × 范围 {reach} × 紧急 {haste} = {product}").format(
        severity=one.severity, reach=one.reach, haste=one.haste,
        product=one.severity * one.reach * one.haste,
    )  # fmt: skip
    if one.level == one.computed:
        return said
    table = shown.say(book.priorities.get(one.computed), one.computed)
    return _("{sum}，按表为{level}；人工改定：{reason}").format(
        sum=said, level=table, reason=one.reason
    )


@require_http_methods(["GET", "POST"])
def triage(request: HttpRequest, number: str) -> HttpResponse:
    """One piece of feedback with what speaks for each rung; POST judges it."""
    who = enter(request)
    row, facts = queries.triaged(number, **who)
    form = _triage_form(sent(request), row, facts, who)

    def act() -> object:
        given = form.cleaned_data
        return commands.triage(
            number=number, values=form.values(), level=given["level"], reason=given["reason"], **who
        )

    page = _page(row, facts, who) | {"plan": PlanForm(staff=staff_choices(), initial={
        "owner_id": str(row.case.owner_id or who["by"].id)})}  # fmt: skip
    to = reverse("improvement:triage", args=[row.case.number])
    return shown.asked(
        request, form, act, page, to=to, said=_("已分级"), template="improvement/triage.html"
    )


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, number: str) -> HttpResponse:
    """Who sees to it by when, and what the sender is told: the ordinary step of the case."""
    who = enter(request)
    row, facts = queries.triaged(number, **who)
    to = reverse("improvement:triage", args=[row.case.number])
    if request.method == "GET":  # the page of a plan sent back, asked for once more
        return redirect(to)
    form = PlanForm(request.POST, staff=staff_choices())
    if form.is_valid():
        given = form.cleaned_data | {"owner_id": int(form.cleaned_data["owner_id"])}
        try:
            cases.plan(number=number, **given, **who)
        except Invalid as fault:
            form.refuse(fault)
        else:
            notes.success(request, _("已安排，并已答复提出人"))
            return redirect(to)
    judged = _triage_form(None, row, facts, who)
    page = _page(row, facts, who) | {"form": judged, "plan": form}
    return render(request, "improvement/triage.html", page, status=422)


def _page(row: Row, facts: Facts, who: Who) -> dict[str, Any]:
    book = policy.current(who["at"])
    actions = {step.action for step in case_queries.offered(row.case, who["by"])}  # type: ignore[arg-type]  # a case, read by few names
    works = cases.may_work(row.case, who["by"])  # type: ignore[arg-type]  # as above
    return {
        "row": _shown(row, book, who),
        "judgeable": "set_priority" in actions and works,
        "plannable": "plan" in actions and works,
        "open": row.case.is_open,
        "unit": units().get(row.case.department, ""),
        "history": [
            {
                "level": _level(one.row.level, book),
                "why": _why(Row(row.case, one.row, "", row.plan, answered=False), book),
                "by": one.by,
                "at": moment_words(one.row.at, who["at"]),
                "current": one.row.current,
            }
            for one in queries.history(row.case.id)
        ],
        "table": [
            {
                "level": _level(level.id, book),
                "least": level.product_at_least,
                "any": level.any_at_least,
            }
            for level in facts.levels.values()
        ],
        "back": reverse("improvement:feedback"),
    }


def _triage_form(data: Any, row: Row, facts: Facts, who: Who) -> TriageForm:
    book = policy.current(who["at"])
    scales = {
        id: (
            shown.say(scale),
            [(str(rung.value), f"{rung.value} · {shown.say(rung)}") for rung in scale.rungs],
            _facts(id, facts, book),
        )
        for id, scale in facts.scales.items()
    }
    levels = [(id, shown.say(book.priorities.get(id), id)) for id in facts.levels]
    before: Mapping[str, Any] = {id: str(rung.value) for id, rung in facts.suggested.items()}
    if row.judged:
        before = {id: str(getattr(row.judged, id)) for id in facts.scales}
        if row.judged.level != row.judged.computed:
            before |= {"level": row.judged.level, "reason": row.judged.reason}
    return TriageForm(data, scales=scales, levels=levels, initial=before)


def _facts(scale: str, facts: Facts, book: Handbook) -> str:
    """What is known, and the rung it speaks for."""
    severity = shown.say(book.severities.get(facts.severity), facts.severity)
    priority = shown.say(book.priorities.get(facts.priority), facts.priority)
    known = {
        "severity": _("案件的严重程度：{name}。").format(name=severity),
        "reach": _("最近 {days} 天，提出同类问题的有 {people} 人。").format(
            days=facts.days, people=facts.people
        ),
        "haste": _("案件现在的优先级：{name}。").format(name=priority),
    }
    return known[scale] + _("据此建议：{value}").format(value=facts.suggested[scale].value)
