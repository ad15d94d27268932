"""Service points and appointments as visitors see them; one topic per page, no script needed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.accounts.commands import Contact
from bihuan.cases import queries as cases
from bihuan.core import inputs
from bihuan.core.actors import Actor, Role
from bihuan.counter import commands, ics, links, queries, words
from bihuan.counter.forms import BookingForm
from bihuan.counter.models import Appointment, Point
from bihuan.counter.queries import Standing
from bihuan.counter.views.answers import acted, asked
from bihuan.policy import queries as policy
from bihuan.web.asking import Refusable, sent
from bihuan.web.door import moment
from bihuan.web.network import seldom
from bihuan.web.words import date_words, local, moment_words, weekday_words

CHANGES_MOST, CHANGES_WITHIN = 30, 3600  # made by one network, by whoever did not sign in
#: Somebody who books without having said who he is; no row belongs to person 0.
GUEST = Actor(0, frozenset({Role.CUSTOMER}))


def visitor(request: HttpRequest) -> Actor:
    """The customer who signed in, or somebody unknown; staff and guests of a case are unknown."""
    who: Actor | None = getattr(request, "who", None)
    guest = getattr(request, "guest_case", 0)
    return who if who is not None and Role.CUSTOMER in who.roles and not guest else GUEST


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """到店办理：the points, and one's own appointments."""
    at, by = moment(request), visitor(request)
    rows = queries.points()
    now = queries.standings(rows, at)
    context = {
        "points": [_shown(one, now[one.id], at) for one in rows],
        "mine": [_booked(one, at) for one in queries.open_of(by.id)] if by.id else [],
        "topbar": _("到店办理"),
        "back": "/",
    }
    return render(request, "counter/home.html", context)


@require_safe
def here(request: HttpRequest, id: int) -> HttpResponse:
    """One point: where, when, how to get there, what to bring, how long it takes now."""
    at = moment(request)
    row = queries.point(id)
    now = queries.queue(row, at)
    special = [
        (date_words(one.day, queries.today(at)),
         words.hours(tuple((a, b) for a, b in one.spans)), one.note)
        for one in queries.special_days(id, queries.today(at))
    ]  # fmt: skip
    context = _shown(row, queries.standing(row, at), at) | {
        "facts": words.facts(row),
        "week": words.week(row),
        "special": special,
        "waiting": len(now.waiting),
        "wait": words.wait(now.wait_of_next),
        "topbar": row.name,
        "back": reverse("counter:home"),
    }
    return render(request, "counter/here.html", context)


@require_safe
def days(request: HttpRequest, id: int) -> HttpResponse:
    """Which day."""
    row = queries.point(id)
    return _days(request, row, reverse("counter:here", args=[id]), 1)


@require_safe
def times(request: HttpRequest, id: int, day: str) -> HttpResponse:
    """At what time."""
    row = queries.point(id)
    return _times(request, row, day, reverse("counter:book", args=[id]), 2)


@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, id: int, day: str, time: str) -> HttpResponse:
    """For what, and who comes; then it is booked."""
    at, by = moment(request), visitor(request)
    row = queries.point(id)
    starts_at = _moment(day, time)
    own = cases.mine(by) if by.id else []
    form = BookingForm(
        sent(request), known=bool(by.id), needs=words.needs(),
        cases=[(one.number, f"{one.subject} · {one.number}") for one in own if one.is_open],
    )  # fmt: skip

    def act() -> Appointment:
        if not by.id:
            _seldom(request)
        given = form.cleaned_data
        contact = Contact(name=given.get("name", ""), phone=given.get("phone", ""))
        return commands.book(
            point_id=id, starts_at=starts_at, contact=contact, number=given.get("number", ""),
            need=given["need"], by=by, at=at,
        )  # fmt: skip

    page = {
        "row": row,
        "when": moment_words(starts_at, at),
        "times": reverse("counter:times", args=[id, day]),
        "known": bool(by.id),
        "step": 3,
        "topbar": _("预约到店"),
        "back": reverse("counter:times", args=[id, day]),
    }
    return asked(
        request, form, act, "counter/book_details.html", page,
        to=lambda made: f"{_link(made)}?new=1",
    )  # fmt: skip


@require_safe
def booked(request: HttpRequest, token: str) -> HttpResponse:
    """The appointment, for whoever holds its link: number, place, what to bring."""
    at = moment(request)
    made = queries.booked(token)
    row = queries.point(made.point_id, closed=True)
    context = _shown(row, queries.standing(row, at), at) | _booked(made, at)
    context |= {
        "facts": words.facts(row),
        "fresh": "new" in request.GET,
        "token": token,
        "changes": made.state == "booked" and made.starts_at > at,
        "grace": policy.default("counter_grace", at),
        "topbar": _("我的预约"),
        "back": reverse("counter:home"),
    }
    return render(request, "counter/booked.html", context)


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The appointment as a file for one's calendar."""
    at = moment(request)
    made = queries.booked(token)
    row = queries.point(made.point_id, closed=True)
    said = _("预约号 {number}。请带：{bring}").format(
        number=made.number, bring=row.bring or _("没有特别要求")
    )
    text = ics.event(
        uid=f"{made.id}@bihuan", summary=_("到{point}办理").format(point=row.name),
        where=row.address, words=said, url=settings.BASE_URL + _link(made),
        starts_at=made.starts_at, minutes=row.minutes, at=at,
    )  # fmt: skip
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{made.number}.ics"'
    return response


@require_safe
def move_days(request: HttpRequest, token: str) -> HttpResponse:
    """Another day."""
    row = queries.point(queries.booked(token).point_id)
    return _days(request, row, reverse("counter:booked", args=[token]), 0, token)


@require_http_methods(["GET", "HEAD", "POST"])
def move_times(request: HttpRequest, token: str, day: str) -> HttpResponse:
    """Another time, and it is moved."""
    made = queries.booked(token)
    row = queries.point(made.point_id)
    back = reverse("counter:move", args=[token])
    if request.method != "POST":
        return _times(request, row, day, back, 0, token)
    _seldom(request)
    by, at = visitor(request), moment(request)
    starts_at = _moment(day, request.POST.get("time", ""))
    return acted(
        request, lambda: commands.move(token=token, starts_at=starts_at, by=by, at=at),
        to=lambda done: _link(made) if done else reverse("counter:move_times", args=[token, day]),
    )  # fmt: skip


@require_POST
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever cannot come says so."""
    made = queries.booked(token)
    by, at = visitor(request), moment(request)
    return acted(
        request, lambda: commands.cancel(token=token, by=by, at=at), to=lambda _: _link(made)
    )


def _seldom(request: HttpRequest) -> None:
    """Whoever writes down a number is told there, so that a stranger's rings: not without end."""
    seldom(request, "booked", most=CHANGES_MOST, seconds=CHANGES_WITHIN)


def _days(request: HttpRequest, row: Point, back: str, step: int, token: str = "") -> HttpResponse:
    at = moment(request)

    def url(day: str) -> str:
        if token:
            return reverse("counter:move_times", args=[token, day])
        return reverse("counter:times", args=[row.id, day])

    listed = [
        {"when": words.day(one.day, at), "free": one.free, "url": url(one.day.isoformat())}
        for one in queries.bookable_days(row, at)
    ]
    page = {"row": row, "days": listed, "step": step, "back": back, "moves": bool(token)}
    page["topbar"] = _("改约") if token else _("预约到店")
    return render(request, "counter/book_days.html", page)


def _times(
    request: HttpRequest, row: Point, day: str, back: str, step: int, token: str = ""
) -> HttpResponse:
    at = moment(request)
    on = inputs.day(day, field="day")
    listed = [
        {
            "time": f"{local(one.starts_at):%H:%M}",
            "free": one.free,
            "url": reverse("counter:details", args=[row.id, day, f"{local(one.starts_at):%H:%M}"]),
        }
        for one in queries.free_slots(row, on, at)
    ]
    page: dict[str, Any] = {
        "row": row, "slots": listed, "step": step, "back": back, "moves": bool(token),
        "when": words.day(on, at), "form": Refusable(),
    }  # fmt: skip
    page["topbar"] = _("改约") if token else _("预约到店")
    return render(request, "counter/book_times.html", page)


def _moment(day: str, time: str) -> datetime:
    return inputs.moment(f"{day}T{time}:00+08:00", field="starts_at")


def _link(made: Appointment) -> str:
    return reverse("counter:booked", args=[links.token("appointment", made.id)])


def _shown(row: Point, now: Standing, at: datetime) -> dict[str, Any]:
    """A point as a visitor sees it: open now, or when next."""
    today = now.day == queries.today(at)
    return {
        "row": row,
        "open": now.is_open,
        "hours": words.hours(now.spans) if now.day else "",
        "next": words.day(now.day, at) if now.day and not today else "",
    }


def _booked(made: Appointment, at: datetime) -> dict[str, Any]:
    there = local(made.starts_at)
    return {
        "made": made,
        "when": f"{moment_words(made.starts_at, at)}",
        "weekday": weekday_words(there.date()),
        "state": words.pill(words.BOOKED, made.state),
        "url": _link(made),
    }
