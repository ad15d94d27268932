"""The page behind every number of the on-time report: the dues it counts, with their cases."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bihuan.complaints import queries
from bihuan.complaints.queries import JudgedDue, Which
from bihuan.complaints.views import shown
from bihuan.complaints.views.named import names, titles
from bihuan.core import inputs
from bihuan.web.door import Who, enter
from bihuan.web.spans import Span, span
from bihuan.web.words import due_moment

RESPECTS = ("clause", "milestone", "severity", "department", "staff")


@require_GET
def dues(request: HttpRequest) -> HttpResponse:
    """Which dues, by the same words as the figure."""
    who = enter(request)
    days = span(request, who, queries.LONGEST)
    kept = {name: request.GET[name] for name in RESPECTS if request.GET.get(name)}
    which = asked(request, days, kept)
    page = queries.judged(who["by"], which, cursor=request.GET.get("cursor", ""))
    query = {**days.query, **kept, "what": which.what} | ({} if which.hard else {"soft": "1"})
    more = urlencode({**query, "cursor": page.cursor})
    back = days.query | ({} if which.hard else {"soft": "1"})
    context = {
        "title": _title(which.what),
        "period": days.words,
        "narrowed": [_narrowed(name, key, who) for name, key in kept.items()],
        "total": queries.how_many(who["by"], which),
        "rows": _rows(page.dues, who),
        "next": f"?{more}" if page.cursor else "",
        "back": f"{reverse('reports:on_time')}?{urlencode(back)}",
    }
    return render(request, "complaints/dues.html", context)


def asked(request: HttpRequest, days: Span, kept: dict[str, str]) -> Which:
    """The dues the address names; Invalid for what no figure counts."""
    read = {n: inputs.words(kept.get(n), field=n, most=40) for n in RESPECTS if n != "staff"}
    staff = inputs.whole(kept["staff"], field="staff") if "staff" in kept else -1
    return Which(
        first=days.first,
        last=days.last,
        what=inputs.words(request.GET.get("what") or "due", field="what", most=10),
        hard=request.GET.get("soft") != "1",
        staff=staff,
        **read,
    )


def _title(what: str) -> str:
    return {
        "due": _("到期的时限"),
        "kept": _("按时完成的时限"),
        "missed": _("超时的时限"),
        "running": _("超时仍未完成的时限"),
    }[what]


def _narrowed(respect: str, key: str, who: Who) -> str:
    return f"{titles()[respect]} {names(respect, [key], who).get(key) or key}"


def _rows(found: list[JudgedDue], who: Who) -> list[dict[str, Any]]:
    steps = names("milestone", {one.milestone for one in found}, who)
    grades = names("severity", {one.severity for one in found}, who)
    units = shown.unit_names()
    return [
        {
            "due": one,
            "milestone": steps.get(one.milestone) or one.milestone,
            "severity": grades.get(one.severity) or one.severity,
            "department": units.get(one.department, one.department),
            "due_words": due_moment(one.due_at, who["at"]),
            "late": _late(one.late),
        }
        for one in found
    ]


def _late(minutes: int | None) -> str:
    if minutes is None:
        return _("超时，仍未完成")
    return shown.late_words(minutes) if minutes else _("按时")
