"""The screen on the wall and the place in the queue on a phone: numbers, no names (6.4)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from bihuan.counter import queries, words
from bihuan.policy import queries as policy
from bihuan.web.door import moment
from bihuan.web.words import local

NEXT = 6  # numbers that are shown as the next ones


@require_safe
def display(request: HttpRequest, id: int) -> HttpResponse:
    """叫号屏：which number to which window, how many wait, how long it takes."""
    at = moment(request)
    row = queries.point(id)
    now = queries.queue(row, at)
    context = {
        "row": row,
        "called": now.at_windows,
        "coming": now.waiting[:NEXT],
        "waiting": len(now.waiting),
        "minutes": now.wait_of_next,
        "clock": f"{local(at):%H:%M}",
        "most": policy.default("counter_priority_row", at),
    }
    part = request.GET.get("part") == "board"
    return render(request, "counter/_board.html" if part else "counter/display.html", context)


@require_safe
def place(request: HttpRequest, token: str) -> HttpResponse:
    """Where a number stands, for whoever holds its link."""
    at = moment(request)
    visit = queries.visit_by_link(token)
    row = queries.point(visit.point_id, closed=True)
    now = queries.queue(row, at)
    waits = any(one.id == visit.id for one in now.waiting)
    ahead = now.ahead_of(visit) if waits else 0
    context: dict[str, Any] = {
        "visit": visit,
        "row": row,
        "waits": waits,
        "ahead": ahead,
        "wait": words.wait(now.wait(ahead)),
        "state": words.pill(words.STATES, visit.state),
        "here": reverse("counter:place", args=[token]),
        "clock": f"{local(at):%H:%M}",
        "most": policy.default("counter_priority_row", at),
        "first": words.first(),
        "topbar": row.name,
        "back": reverse("counter:here", args=[row.id]),
    }
    part = request.GET.get("part") == "place"
    return render(request, "counter/_place.html" if part else "counter/place.html", context)
