"""Pages of the reports: on-time rate, accountability, drift between people (2.3.2, 7.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bihuan.complaints import queries
from bihuan.complaints.queries import GROUPS, Answered, Drift
from bihuan.complaints.queries.ontime import Line
from bihuan.complaints.views import shown
from bihuan.complaints.views.named import names, titles
from bihuan.core.refusals import NotFound
from bihuan.web.door import Who, enter
from bihuan.web.spans import Span, span

YEARS, YEAR = timedelta(days=3 * 366), timedelta(days=366)
STATES = ("open", "explained", "appealed", "signed", "cancelled")


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What can be read here."""
    who = enter(request)
    if not queries.may_read(who["by"]):
        raise NotFound()
    listed = [
        ("reports:on_time", "gauge", _("按时率"),
         _("各条款、步骤、严重程度、部门和人员的时限，有多少按时完成，超时多久。")),
        ("reports:answered", "scale", _("问责情况"),
         _("超时问责记录按条款、部门、人员和原因的数量与办理状态。")),
        ("reports:drift", "sliders-horizontal", _("定级差异"),
         _("各经办人对规则建议的严重程度改了多少，与全体相比是否明显不同。")),
        ("special:special", "file-text", _("专项分析报告"),
         _("重大投诉的专项分析：撰写、复核签发和报送管理层（2.2.4）。")),
        ("reports:loop", "refresh-cw", _("闭环检查"),
         _("每件未结案件是否都有责任人、下一个日期和通知记录；缺什么，逐件列出。")),
        ("channels:report", "radio-tower", _("渠道评估"),
         _("各渠道的触达、时效、满意度、意见和可用率，与上期相比（6.4）。")),
        ("reports:export", "download", _("导出"),
         _("案件和以上报告，存为 Excel、CSV 或 JSON Lines 文件。")),
    ]  # fmt: skip
    context = {"reports": [_listed(*one) for one in listed]}
    return render(request, "complaints/reports.html", context)


def _listed(name: str, icon: str, label: str, about: str) -> dict[str, str]:
    return {"url": reverse(name), "icon": icon, "label": label, "about": about}


@require_GET
def on_time(request: HttpRequest) -> HttpResponse:
    """按时率：hard limits, or the soft ones apart; every number opens its dues."""
    who = enter(request)
    days = span(request, who, YEARS)
    soft = request.GET.get("soft") == "1"
    found = queries.on_time(who["by"], days.first, days.last, hard=not soft)
    kept = {"soft": "1"} if soft else {}
    context = days.context(**kept) | {
        "total": [_line(_("全部"), found.total, days, soft, {})],
        "tables": [
            {"title": titles()[name], "lines": _lines(name, found.by[name], days, soft, who)}
            for name in GROUPS
        ],
        "soft": soft,
        "forces": [
            {"label": _("硬性时限"), "url": f"?{urlencode(days.query)}", "current": not soft},
            {"label": _("软性目标"), "url": f"?{urlencode({**days.query, 'soft': '1'})}",
             "current": soft},
        ],
        "unreckoned": queries.unreckoned(who["by"]),
    }  # fmt: skip
    status = 422 if days.faults else 200
    return render(request, "complaints/on_time.html", context, status=status)


def _lines(
    respect: str, found: dict[str, Line], days: Span, soft: bool, who: Who
) -> list[dict[str, Any]]:
    """What is worst first."""
    called = names(respect, found, who)
    ordered = sorted(found.items(), key=lambda one: (one[1].rate or 0, -one[1].due, one[0]))
    return [
        _line(called.get(key) or key or "—", line, days, soft, {respect: key})
        for key, line in ordered
    ]


def _line(label: str, line: Line, days: Span, soft: bool, which: dict[str, str]) -> dict[str, Any]:
    kept = {**days.query, **which, **({"soft": "1"} if soft else {})}
    place = reverse("reports:dues")
    counts = {"due": line.due, "kept": line.kept, "missed": line.missed, "running": line.running}
    late = {share: line.late(share) for share in (50, 90)}
    return {
        "label": label,
        "rate": "—" if line.rate is None else f"{line.rate:.1f}%",
        "median": "—" if late[50] is None else shown.late_words(late[50]),
        "p90": "—" if late[90] is None else shown.late_words(late[90]),
        "cells": [
            {"n": n, "url": f"{place}?{urlencode({**kept, 'what': what})}" if n else ""}
            for what, n in counts.items()
        ],
    }


@require_GET
def answered(request: HttpRequest) -> HttpResponse:
    """问责情况：every number opens its records."""
    who = enter(request)
    days = span(request, who, YEAR)
    found = queries.answered(who["by"], days.first, days.last)
    context = days.context() | {
        "total": [_answered(_("全部"), found.total, days, {})],
        "states": [shown.STATES[state][2] for state in STATES],
        "tables": [
            {"title": titles()[name], "lines": _all_answered(name, lines, days, who)}
            for name, lines in found.by.items()
        ],
    }
    status = 422 if days.faults else 200
    return render(request, "complaints/answered.html", context, status=status)


def _all_answered(
    respect: str, found: dict[str, Answered], days: Span, who: Who
) -> list[dict[str, Any]]:
    called = names(respect, found, who)
    ordered = sorted(found.items(), key=lambda one: (-one[1].total, one[0]))
    return [
        _answered(called.get(key) or key or "—", line, days, {respect: key})
        for key, line in ordered
    ]


def _answered(label: str, line: Answered, days: Span, which: dict[str, str]) -> dict[str, Any]:
    place = reverse("complaints:records")
    counts = {"": line.total, **{state: line.states[state] for state in STATES}}
    return {
        "label": label,
        "minutes": shown.late_words(line.minutes),
        "cells": [
            {"n": n, "url": f"{place}?{urlencode({**days.query, **which, 'state': state})}"
             if n else ""}
            for state, n in counts.items()
        ],
    }  # fmt: skip


@require_GET
def drift(request: HttpRequest) -> HttpResponse:
    """定级差异：by who has the case now, with sample and interval."""
    who = enter(request)
    days = span(request, who, YEAR)
    total, found = queries.drift(who["by"], days.first, days.last)
    called = names("staff", [str(one.staff_id) for one in found], who)
    context = days.context() | {
        "total": _drift("", total, total),
        "lines": [_drift(called.get(str(one.staff_id), "—"), one, total) for one in found],
    }
    status = 422 if days.faults else 200
    return render(request, "complaints/drift.html", context, status=status)


def _drift(label: str, one: Drift, total: Drift) -> dict[str, Any]:
    low, high = one.between
    return {
        "label": label,
        "drift": one,
        "between": f"{low}%–{high}%",
        "stands_out": one.stands_out(total),
    }
