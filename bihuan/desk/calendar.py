"""The working calendar: which days rest, which are worked for them, and who says so (2.3.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.accounts import queries as people
from bihuan.cases import queries as cases
from bihuan.core import inputs
from bihuan.core.refusals import Invalid, NotPermitted, Refusal
from bihuan.desk.almanac import WEEKDAYS, YearForm, months, next_year, put
from bihuan.policy import calendars, commands, queries
from bihuan.policy.commands import KEEPERS
from bihuan.policy.models import CalendarYear
from bihuan.web import words
from bihuan.web.door import Who, staff


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """工作日历：the year as it counts, what was brought in, and the form for the next."""
    who = staff(request)
    given = request.POST if request.method == "POST" else None
    form = YearForm(given, request.FILES if given else None, initial=next_year(who["at"]))
    if request.method == "POST":
        try:
            row = _proposed(request, form, who)
        except Refusal as refusal:
            if isinstance(refusal, NotPermitted):
                raise
            put(form, refusal)
        else:
            return redirect("desk:calendar_year", id=row.id)
    days = queries.workdays()
    this = words.local(who["at"]).year
    year = inputs.whole(request.GET.get("year", str(this)), field="year", least=2025, most=2199)
    context = {
        "form": form,
        "year": year,
        "years": [{"year": y, "current": y == year} for y in sorted({*days.years, this + 1})],
        "known": year in days.years,
        "months": months(days, year),
        "weekdays": WEEKDAYS,
        "rows": [_shown(row, who["at"]) for row in queries.calendar_years()],
        "keeper": bool(who["by"].roles & KEEPERS),
        "alarm": queries.missing_year(who["at"]),
        "next": this + 1,
    }
    return render(request, "desk/calendar.html", context, status=422 if form.errors else 200)


def _proposed(request: HttpRequest, form: YearForm, who: Who) -> CalendarYear:
    """From a file when one came, else from the fields."""
    if sent := request.FILES.get("file"):
        if sent.size > commands.MOST:  # type: ignore[operator]  # a file that came has its size
            raise Invalid({"file": "too_large"}, "2.3.1")
        text = sent.read().decode("utf-8", errors="replace")
    else:
        text = form.text()
    return commands.propose_year(text=text, **who)


@require_GET
def year_page(request: HttpRequest, id: int) -> HttpResponse:
    """One arrangement before and after: which days change, and whom it reaches."""
    who = staff(request)
    row = queries.calendar_year(id)
    before, after = queries.around(row)
    shown = calendars.one_year(row.text)
    context = _shown(row, who["at"]) | {
        "holidays": [
            {
                "name": block.name,
                "first": block.first,
                "last": block.last,
                "length": (block.last - block.first).days + 1,
                "work": block.work,
            }
            for block in shown.holiday
        ],
        "workdays": shown.workdays,
        "changed": [
            {"day": day, "works": after.is_workday(day), "name": after.names.get(day, "")}
            for day in after.differs(before, row.year)
        ],
        "was_known": row.year in before.years,
        "reaches": cases.how_many_run_through(row.year),
        "approvable": _waits(row) and row.proposed_by != who["by"].id
        and bool(who["by"].roles & KEEPERS),
        "droppable": _waits(row) and bool(who["by"].roles & KEEPERS),
    }  # fmt: skip
    return render(request, "desk/calendar_year.html", context)


@require_POST
def approve(request: HttpRequest, id: int) -> HttpResponse:
    """A second person puts it in force."""
    row = commands.approve_year(id=id, **staff(request))
    notes.success(request, _("{year} 年的放假安排已生效，正在重算未结案件").format(year=row.year))
    return redirect("desk:calendar_year", id=id)


@require_POST
def drop(request: HttpRequest, id: int) -> HttpResponse:
    """It was wrong, or is no longer wanted."""
    commands.drop_year(id=id, **staff(request))
    notes.success(request, _("已撤下这份放假安排"))
    return redirect("desk:calendar")


def _waits(row: CalendarYear) -> bool:
    return row.approved_at is None and row.dropped_at is None


def _shown(row: CalendarYear, at: datetime) -> dict[str, Any]:
    names = people.staff_names([row.proposed_by, row.approved_by])
    house = _("系统管理员（命令行）")
    return {
        "row": row,
        "state": _state(row),
        "proposer": names.get(row.proposed_by, house),
        "approver": names.get(row.approved_by, house) if row.approved_at else "",
        "proposed": words.moment_words(row.proposed_at, at),
        "approved": words.moment_words(row.approved_at, at) if row.approved_at else "",
        "recounted": words.moment_words(row.recounted_at, at) if row.recounted_at else "",
    }


def _state(row: CalendarYear) -> tuple[str, str, str]:
    if row.dropped_at:
        return ("", "circle-x", _("已撤下"))
    if row.approved_at is None:
        return ("warn", "pen-line", _("待第二人批准"))
    if row.recounted_at is None:
        return ("info", "hourglass", _("已生效，重算中"))
    return ("ok", "circle-check", _("已生效"))
