"""The queue as the clerks at the windows see it (6.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bihuan.core.refusals import NotFound
from bihuan.counter import commands, queries, words
from bihuan.counter.models import Appointment, Point, Visit
from bihuan.counter.views.answers import acted
from bihuan.policy import queries as policy
from bihuan.web.door import Who, staff
from bihuan.web.words import ago_words, date_words, local

WINDOW = "counter_window"  # of the session: at which window this clerk sits, by point

STEPS: dict[str, Callable[..., Visit]] = {
    "recall": commands.recall,
    "serve": commands.serve,
    "no-show": commands.no_show,
    "finish": commands.finish_visit,
    "drop": commands.drop_number,
    "put-back": commands.put_back,
}
OF_BOOKING: dict[str, Callable[..., Appointment]] = {
    "call-off": commands.call_off_booking,
    "restore": commands.restore_booking,
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The points, and what each did today."""
    who = staff(request)
    done = queries.figures(queries.today(who["at"]))
    rows = queries.points()
    now = queries.standings(rows, who["at"])
    lines = [
        {
            "row": one,
            "open": now[one.id].is_open,
            "done": done.get(one.id) or queries.Figures(one.id),
        }
        for one in rows
    ]
    context = {
        "lines": lines,
        "owed": len(queries.owed(who["by"])),
        "manages": queries.manages(who["by"]),
    }
    return render(request, "counter/index.html", context)


@require_safe
def point(request: HttpRequest, id: int) -> HttpResponse:
    """One point: my window, who waits in which order, who is expected, who has left."""
    who = staff(request)
    row = queries.point(id)
    mine = _window(request, row)
    context = {"row": row, "mine": mine, "windows": range(1, row.windows + 1)}
    context |= _standing(row, mine, who)
    part = request.GET.get("part") == "queue"
    return render(request, "counter/_queue.html" if part else "counter/queue.html", context)


def _standing(row: Point, mine: int, who: Who) -> dict[str, Any]:
    at = who["at"]
    now = queries.queue(row, at)
    most = policy.default("counter_priority_row", at)
    return {
        "at_windows": [_line(one, who) for one in now.at_windows if one.window != mine],
        "here": next((_line(one, who) for one in now.at_windows if one.window == mine), None),
        "waiting": [
            _line(one, who) | {"wait": words.wait(now.wait(place))}
            for place, one in enumerate(now.waiting)
        ],
        "expected": [
            {
                "row": one.row,
                "when": f"{local(one.row.starts_at):%H:%M}",
                "person": one.person,
                "need": words.reason(one.row.need),
                "state": words.pill(words.BOOKED, one.row.state),
            }
            for one in queries.expected(row, who["by"], at)
        ],
        "left_over": [
            _line(one, who) | {"day": date_words(one.day, queries.today(at))}
            for one in queries.left_over(row, at)
        ],
        "ended": [_line(one, who) for one in queries.ended(row, at)],
        "needs": words.needs(),
        "order": _("每连续叫 {most} 个优先号（P），叫一个普通号（A）；同类号先到先叫。").format(
            most=most
        ),
        "pace": _("每位约 {minutes} 分钟，{windows} 个窗口在办理。").format(
            minutes=now.minutes, windows=now.windows
        ),
        "next_wait": words.wait(now.wait_of_next),
    }


def _line(one: Visit, who: Who) -> dict[str, Any]:
    return {
        "row": one,
        "state": words.pill(words.STATES, one.state),
        "reason": words.reason(one.reason),
        "taken": f"{local(one.taken_at):%H:%M}",
        "ago": ago_words(one.called_at or one.taken_at, who["at"]),
    }


@require_POST
def take(request: HttpRequest, id: int) -> HttpResponse:
    """A number for somebody who walked in."""
    who = staff(request)
    reason = request.POST.get("reason", "")
    return acted(
        request, lambda: commands.take_number(point_id=id, reason=reason, **who),
        to=lambda made: _visit(made) if made else _point(id),
    )  # fmt: skip


@require_POST
def check_in(request: HttpRequest, id: int) -> HttpResponse:
    """Whoever booked has come."""
    who = staff(request)
    booked = queries.appointment(id, who["by"])
    return acted(
        request, lambda: commands.check_in(appointment_id=id, **who),
        to=lambda made: _visit(made) if made else _point(booked.point_id),
    )  # fmt: skip


@require_POST
def booking(request: HttpRequest, id: int, action: str) -> HttpResponse:
    """An appointment is called off by the platform, or stands again."""
    who = staff(request)
    if action not in OF_BOOKING:
        raise NotFound(action=action)
    booked = queries.appointment(id, who["by"])
    act = OF_BOOKING[action]
    back = request.POST.get("back") == "edit" and queries.manages(who["by"])
    place = reverse("counter:point", args=[booked.point_id]) if back else _point(booked.point_id)
    return acted(request, lambda: act(appointment_id=id, **who), to=lambda _: place)


@require_POST
def call(request: HttpRequest, id: int) -> HttpResponse:
    """The next number to my window."""
    who = staff(request)
    window = _window(request, queries.point(id))
    return acted(
        request, lambda: commands.call_next(point_id=id, window=window, **who),
        to=lambda _: _point(id),
    )  # fmt: skip


@require_POST
def step(request: HttpRequest, id: int, action: str) -> HttpResponse:
    """Called again, served, ended, or back in the queue."""
    who = staff(request)
    visit = queries.visit(id, who["by"])
    if action not in STEPS:
        raise NotFound(action=action)
    act = STEPS[action]
    return acted(request, lambda: act(visit_id=id, **who), to=lambda _: _back(request, visit))


@require_POST
def transfer(request: HttpRequest, id: int) -> HttpResponse:
    """To another window."""
    who = staff(request)
    visit, window = queries.visit(id, who["by"]), request.POST.get("window", "")
    return acted(
        request, lambda: commands.transfer(visit_id=id, window=window, **who),
        to=lambda _: _back(request, visit),
    )  # fmt: skip


def _back(request: HttpRequest, visit: Visit) -> str:
    return _visit(visit) if request.POST.get("back") == "visit" else _point(visit.point_id)


def _point(id: int) -> str:
    return reverse("counter:queue", args=[id])


def _visit(made: Visit) -> str:
    return reverse("counter:visit", args=[made.id])


def _window(request: HttpRequest, row: Point) -> int:
    """At which window this clerk sits: as just chosen, as chosen before, else the first."""
    kept = request.session.get(WINDOW, {})
    given = request.GET.get("window", "") or request.POST.get("at", "")
    chosen = int(given) if given.isascii() and given.isdigit() else kept.get(str(row.id), 1)
    window = min(max(chosen, 1), max(row.windows, 1))
    if kept.get(str(row.id)) != window:
        request.session[WINDOW] = {**kept, str(row.id): window}
    return window
