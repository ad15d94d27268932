"""Service points as their supervisors administer them (1.3, X-26)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.core import inputs
from bihuan.counter import commands, queries, words
from bihuan.counter.forms import DayForm, PointForm
from bihuan.counter.views.answers import acted, asked
from bihuan.web.asking import sent
from bihuan.web.door import Who, staff
from bihuan.web.words import date_words, moment_words


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every point with its standing, those that were closed too."""
    who = staff(request)
    rows = queries.points(closed=True)
    now = queries.standings(rows, who["at"])
    context = {
        "points": [{"row": one, "open": now[one.id].is_open} for one in rows],
        "manages": queries.manages(who["by"]),
    }
    return render(request, "counter/points.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A point is set up."""
    who = staff(request)
    queries.managers_only(who["by"], "add_point")
    form = PointForm(sent(request))
    page = {"heading": _("设立服务点"), "back": reverse("counter:points"), "submit": _("设立")}
    return asked(
        request, form, lambda: commands.add_point(given=form.given(), **who),
        "counter/form.html", page, to=lambda made: _page(made.id), said=_("已设立服务点"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def point(request: HttpRequest, id: int) -> HttpResponse:
    """A point: what is known of it, its special days, and what the hours have no room for."""
    who = staff(request)
    queries.managers_only(who["by"], "change_point")
    row = queries.point(id, closed=True)
    form = PointForm(sent(request), row=row)
    return asked(
        request, form, lambda: commands.change_point(id=id, given=form.given(), **who),
        "counter/point_edit.html", _context(id, who, DayForm()),
        to=lambda made: _page(made.id), said=_("已保存"),
    )  # fmt: skip


@require_POST
def set_day(request: HttpRequest, id: int) -> HttpResponse:
    """A day gets hours of its own."""
    who = staff(request)
    queries.managers_only(who["by"], "set_day")
    row = queries.point(id, closed=True)
    form = DayForm(sent(request))
    page = _context(id, who, form) | {"edit": PointForm(row=row)}
    return asked(
        request, form, lambda: commands.set_day(point_id=id, **form.cleaned_data, **who),
        "counter/point_edit.html", page, to=lambda made: _page(id), said=_("已设特殊日期"),
    )  # fmt: skip


@require_POST
def clear_day(request: HttpRequest, id: int, day: str) -> HttpResponse:
    """A day is as the week and the calendar say again."""
    who = staff(request)
    queries.managers_only(who["by"], "clear_day")
    on = inputs.day(day, field="day")
    return acted(
        request, lambda: commands.clear_day(point_id=id, day=on, **who), to=lambda _: _page(id)
    )


@require_POST
def close(request: HttpRequest, id: int) -> HttpResponse:
    """The point takes nobody any more."""
    who = staff(request)
    return acted(request, lambda: commands.close_point(id=id, **who), to=lambda _: _page(id))


@require_POST
def reopen(request: HttpRequest, id: int) -> HttpResponse:
    """It does again."""
    who = staff(request)
    return acted(request, lambda: commands.reopen_point(id=id, **who), to=lambda _: _page(id))


def _page(id: int) -> str:
    return reverse("counter:point", args=[id])


def _context(id: int, who: Who, days: DayForm) -> dict[str, Any]:
    row, at = queries.point(id, closed=True), who["at"]
    today = queries.today(at)
    return {
        "row": row,
        "edit": None,
        "days": days,
        "special": [
            {
                "day": one.day.isoformat(),
                "when": date_words(one.day, today),
                "hours": words.hours(tuple((a, b) for a, b in one.spans)),
                "note": one.note,
            }
            for one in queries.special_days(id, today)
        ],
        "stranded": [
            {"row": one, "when": moment_words(one.starts_at, at)}
            for one in queries.stranded(row, at)
        ],
    }
