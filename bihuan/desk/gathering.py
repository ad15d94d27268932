"""Cases put into an incident, each answered by its number; and the incident on a case's page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.cases import queries as cases
from bihuan.cases.models import Case
from bihuan.complaints import commands, queries
from bihuan.complaints.models import Incident
from bihuan.core import ids, inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import AlreadyGathered, Invalid, NotFound, NotPossible
from bihuan.desk import incidents_shown as shown
from bihuan.desk import listing
from bihuan.desk.incident_forms import GatherForm
from bihuan.web.door import Who, staff

MOST = 200  # numbers one form takes
_APART = re.compile(r"[\s,，、;；]+")
ADDED, HERE, ELSEWHERE, ENDED, UNKNOWN = "added", "here", "elsewhere", "ended", "unknown"


@require_http_methods(["GET", "POST"])
def gather(request: HttpRequest) -> HttpResponse:
    """归入事件：pasted numbers, the choice of a list, what was suggested, or one case."""
    who = staff(request)
    post = request.method == "POST"
    open_ones = queries.open_incidents(who["by"])
    given = request.POST if post else request.GET
    chosen = _chosen(given, who)
    first = {"numbers": "\n".join(chosen), "incident": given.get("incident", "")}
    form = GatherForm(request.POST if post else None, incidents=open_ones, initial=first)
    if post:
        try:
            row = _into(given.get("incident", ""), who)
            wanted = _numbers(given, chosen)
        except Invalid as fault:
            form.refuse(fault)
        else:
            return gathered(request, row, wanted, who)
    context = {"form": form, "none": not open_ones, "numbers": chosen}
    return render(request, "desk/gather.html", context, status=422 if form.errors else 200)


def _into(given: str, who: Who) -> Incident:
    try:
        return queries.incident(inputs.whole(given, field="incident"), who["by"])
    except NotFound:
        raise Invalid({"incident": "not_known"}, "2.2.3") from None


def _chosen(given: QueryDict, who: Who) -> list[str]:
    """The boxes of a list, with or without the version that was seen; or the whole list."""
    if given.get("all"):
        asked = listing.asked(QueryDict(given.get("list", "")[:1000]), who)
        found = [] if asked.nobody else cases.chosen_of_view(
            who["by"], view=asked.view, filters=asked.filters, at=who["at"], most=MOST
        )  # fmt: skip
        return [one.number for one in found]
    return [one.partition(":")[0][:40] for one in given.getlist("chosen")[:MOST]]


def _numbers(given: QueryDict, chosen: Sequence[str]) -> list[str]:
    """As they were written, each once."""
    text = inputs.words(given.get("numbers"), field="numbers", most=MOST * 40)
    found = list(dict.fromkeys(filter(None, [*chosen, *_APART.split(text)])))
    if not found:
        raise Invalid({"numbers": "missing"}, "2.2.3")
    if len(found) > MOST:
        raise Invalid({"numbers": "too_many_numbers"}, "2.2.3", limit=MOST)
    return found


def gathered(request: HttpRequest, row: Incident, numbers: Iterable[str], who: Who) -> HttpResponse:
    """Each number is tried on its own; what could not be added stays in sight with its reason."""
    found: dict[str, list[str]] = {}
    for number in numbers:
        found.setdefault(_added(row, number, who), []).append(number[:40])
    done = len(found.pop(ADDED, []))
    if done:
        notes.success(request, _("已归入 {n} 件").format(n=done))
    if not found:
        return redirect(row.desk_url)
    said = {
        HERE: _("已在这个事件里"),
        ELSEWHERE: _("已归入另一个事件，请先从那里移出"),
        ENDED: _("案件已结束，不能归入"),
        UNKNOWN: _("没有找到"),
    }
    failed = [(said[what], found[what]) for what in said if what in found]
    left = [number for what in (ELSEWHERE, UNKNOWN) for number in found.get(what, [])]
    form = GatherForm(
        None, incidents=queries.open_incidents(who["by"]),
        initial={"incident": str(row.id), "numbers": "\n".join(left)},
    )  # fmt: skip
    context = {"form": form, "failed": failed, "done": done, "into": shown.short(row)}
    return render(request, "desk/gather.html", context)


def _added(row: Incident, number: str, who: Who) -> str:
    try:
        commands.add_to_incident(id=row.id, number=ids.read_case_number(number) or "", **who)
    except NotFound:
        return UNKNOWN
    except AlreadyGathered as there:
        return HERE if there.facts["incident"] == row.id else ELSEWHERE
    except NotPossible:
        return ENDED
    return ADDED


def block(case: Case, by: Actor) -> dict[str, Any]:
    """On the page of a case: the incident it is in, or the way into one."""
    row = queries.incident_of(case, by)
    return {
        "incident": shown.short(row) if row else None,
        "url": f"/desk/incidents/gather/?chosen={case.number}"
        if case.is_open and (row is None or row.is_over)
        else "",
    }
