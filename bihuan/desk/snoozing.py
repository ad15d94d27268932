"""Put a case off in one's own inbox: when it comes back, and taking that back (UI.md §8, H)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.cases import commands, queries
from bihuan.cases.models import Case
from bihuan.core import inputs
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import Invalid, NotFound, Refusal
from bihuan.desk import decide, pane
from bihuan.desk.forms import Shown
from bihuan.policy import queries as policy
from bihuan.web import messages, words
from bihuan.web.door import Who, staff, status
from bihuan.web.htmx import wants_part

OPENS = time(9)  # when a day's work begins again


class SnoozeForm(Shown):
    """A moment of one's own choice."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="snooze_%s")
        picker = forms.DateTimeInput(attrs={"type": "datetime-local"})
        self.fields["until"] = forms.DateTimeField(label=_("推后到"), widget=picker)


@require_http_methods(["GET", "POST"])
def snooze(request: HttpRequest, number: str) -> HttpResponse:
    """稍后处理：the form, and putting it off."""
    who = staff(request)
    case = queries.get(number, who["by"])
    form = SnoozeForm(request.POST or None)
    refused: Refusal | None = None
    if request.method == "POST":
        given = request.POST.get("at") or _local(request.POST.get("until", ""))
        try:
            until = inputs.moment(given, field="until")
            commands.snooze(number=case.number, until=until, **who)
        except NotFound:
            raise
        except Invalid as fault:
            refused = fault
            form.add_error("until", messages.faults(fault).get("until", ""))
        except Refusal as refusal:
            refused = refusal
            form.add_error(None, decide.said(refusal))
        else:
            return redirect("/desk/inbox/?view=mine")
    shown = {"snooze": {"form": form, "choices": choices(case, who), "url": _place(case)}}
    if wants_part(request) and request.method == "GET":
        response = render(request, "desk/_snooze.html", shown | {"case": case, "sheet": True})
    else:
        context = pane.case_context(case, who) | shown
        response = render(
            request, "desk/case.html", context, status=status(refused) if refused else 200
        )
    patch_vary_headers(response, ["HX-Request"])
    return response


def _local(given: str) -> str:
    """As a browser's picker gives it, in the house's time."""
    return f"{given}+08:00" if given and "+" not in given and "Z" not in given else given


def _place(case: Case) -> str:
    return f"{case.desk_url}snooze/"


@require_POST
def wake(request: HttpRequest, number: str) -> HttpResponse:
    """现在处理：back in the list."""
    case = commands.wake(number=number, **staff(request))
    return redirect(case.desk_url)


def choices(case: Case, who: Who) -> list[dict[str, str]]:
    """Usual moments, as far as they are not behind the next due."""
    here, days = words.local(who["at"]), policy.workdays()
    next_day = days.add(here.date(), 1)
    moments = [
        (_("1 小时后"), who["at"] + timedelta(hours=1)),
        (_("3 小时后"), who["at"] + timedelta(hours=3)),
        (_("下一个工作日 9:00"), datetime.combine(next_day, OPENS, SHANGHAI)),
        (_("再下一个工作日 9:00"), datetime.combine(days.add(next_day, 1), OPENS, SHANGHAI)),
    ]
    due = case.next_due_at
    return [
        {"label": label, "at": moment.isoformat(), "when": words.moment_words(moment, who["at"])}
        for label, moment in moments
        if due is None or moment <= due
    ]
