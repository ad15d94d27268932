"""How the channels stand, for staff: since when, what to do, what is announced and published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.channels import commands, queries, rules, shown, words
from bihuan.channels.forms import ContactForm, OutageForm
from bihuan.channels.models import Seen
from bihuan.channels.queries import Availability
from bihuan.core import inputs
from bihuan.core.refusals import NotFound
from bihuan.counter import queries as counter
from bihuan.web.asking import pressed, sent, taken
from bihuan.web.door import staff
from bihuan.web.words import ago_words, moment_words, span_words

LATELY = timedelta(days=30)
HISTORY = timedelta(days=90)
SHOWN = 50  # silences on one page


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every channel: its state, figures and what to do; announcements, contact data, history."""
    who = staff(request)
    at, rows = who["at"], queries.seen()
    told = {way.channel: way.state for way in queries.ways(at)}
    lately = queries.availability(rows, since=at - LATELY, until=at, at=at)
    last = queries.watched_at()
    context = {
        "lines": [_line(row, lately[row.channel, row.outward], told, at) for row in rows],
        "watched": queries.is_watched(at),
        "last": ago_words(last, at) if last else "",
        "outages": [_outage(one, at) for one in queries.outages(at)],
        "contacts": _contacts(at, mailed="email" in told),
        "silences": [_silence(one, at) for one in queries.silences(at - HISTORY, at)[:SHOWN]],
        "manages": queries.manages(who["by"]),
        "reads": queries.may_read(who["by"]),
    }
    return render(request, "channels/index.html", context)


def _line(
    row: Seen, lately: Availability, told: Mapping[str, rules.State], at: datetime
) -> dict[str, Any]:
    """A channel of which people are told has the state that they are told."""
    why, what = words.reason(row.reason) if row.failing_since else ("", "")
    state = rules.state(
        failing=bool(row.failing_since), planned=False, open_now=row.open_now,
        always=row.always or row.outward,
    )  # fmt: skip
    if not row.outward:
        state = told.get(row.channel, state)
    return {
        "name": _name(row.channel, row.outward, at),
        "icon": words.ICONS.get(row.channel, "circle"),
        "pill": words.pill(state),
        "since": shown.since(row.failing_since, at),
        "why": why,
        "what": what,
        "alive": ago_words(row.alive_at, at) if row.alive_at else "—",
        "wait": "—" if row.wait_seconds is None else words.wait(row.wait_seconds),
        "waiting": row.waiting,
        "per_cent": "—" if lately.per_cent is None else f"{lately.per_cent:.2f}%",
        "times": lately.times,
    }


def _name(channel: str, outward: bool, at: datetime) -> str:
    name = _("事件推送") if channel == "webhooks" else queries.name(channel, at)
    return name + (_("（发出）") if outward and channel != "webhooks" else "")


def _outage(one: Any, at: datetime) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": queries.name(one.channel, at),
        "from": moment_words(one.starts_at, at),
        "to": moment_words(one.ends_at, at),
        "words": one.words,
        "runs": one.starts_at <= at,
    }


def _silence(one: Any, at: datetime) -> dict[str, Any]:
    return {
        "name": _name(one.channel, one.outward, at) if one.channel else _("全部渠道"),
        "from": moment_words(one.began_at, at),
        "to": moment_words(one.ended_at, at) if one.ended_at else _("至今"),
        "lasted": span_words((one.ended_at or at) - one.began_at),
        "why": words.reason(one.reason)[0],
    }


def _contacts(at: datetime, *, mailed: bool) -> list[dict[str, Any]]:
    """What is published of each channel, and where it is changed."""
    known = queries.published()
    found = []
    for channel in rules.PUBLISHED:
        row = known.get(channel)
        found.append(
            {
                "name": queries.name(channel, at),
                "address": (row.address or row.link) if row else "",
                "hours": words.week(row.week) if row and row.week else "",
                "timed": channel in rules.WITH_HOURS,
                "url": reverse("channels:published", args=[channel]),
            }
        )
    mail = settings.MAIL_ADDRESSES[0] if mailed else ""
    found.append(
        {
            "name": queries.name("email", at), "address": mail, "hours": "", "timed": False,
            "url": "", "where": "BIHUAN_MAIL_ADDRESSES",
        }
    )  # fmt: skip
    points = sum(row.is_configured for row in counter.points())
    found.append(
        {
            "name": queries.name("counter", at),
            "address": _("{n} 个服务点").format(n=points) if points else "",
            "hours": "", "timed": False, "url": reverse("counter:points"),
        }
    )  # fmt: skip
    return found


@require_http_methods(["GET", "POST"])
def announce(request: HttpRequest) -> HttpResponse:
    """A channel will not work for a time."""
    who = staff(request)
    queries.administrators_only(who["by"], "announce_outage")
    form = OutageForm(sent(request), at=who["at"])
    if (
        request.method == "POST"
        and form.is_valid()
        and taken(form, lambda: commands.announce_outage(**form.cleaned_data, **who))
    ):
        return redirect("channels:index")
    page = {
        "form": form, "heading": _("预告停用"), "back": reverse("channels:index"),
        "submit": _("预告"),
    }  # fmt: skip
    return render(request, "channels/form.html", page, status=422 if form.errors else 200)


@require_POST
def take_back(request: HttpRequest, id: int) -> HttpResponse:
    """What was announced is not shown any more."""
    who = staff(request)
    pressed(request, lambda: commands.take_back_outage(id=id, **who), said=_("已收回停用预告"))
    return redirect("channels:index")


@require_http_methods(["GET", "POST"])
def published(request: HttpRequest, channel: str) -> HttpResponse:
    """Where a channel is reached, with its versions."""
    who = staff(request)
    queries.administrators_only(who["by"], "set_contact")
    if channel not in rules.PUBLISHED:
        raise NotFound()
    row = queries.published().get(channel)
    form = ContactForm(sent(request), channel=channel, row=row)
    if (
        request.method == "POST"
        and form.is_valid()
        and taken(form, lambda: commands.set_contact(channel=channel, given=form.given(), **who))
    ):
        return redirect("channels:published", channel=channel)
    versions = queries.versions(channel)
    page = {
        "form": form, "heading": queries.name(channel, who["at"]), "row": row, "channel": channel,
        "earlier": sum(one.taken_back_at is None for one in versions) > 1,
        "back": reverse("channels:index"), "submit": _("保存"),
        "versions": [
            {
                "row": one, "hours": words.week(one.week) if one.hours else "",
                "when": moment_words(one.made_at, who["at"]), "stands": row and one.id == row.id,
            }
            for one in versions
        ],
    }  # fmt: skip
    return render(request, "channels/published.html", page, status=422 if form.errors else 200)


@require_POST
def undo(request: HttpRequest, channel: str) -> HttpResponse:
    """The version before stands again."""
    who = staff(request)
    queries.administrators_only(who["by"], "take_back_contact")
    inputs.one_of(channel, list(rules.PUBLISHED), field="channel")
    pressed(
        request, lambda: commands.take_back_contact(channel=channel, **who),
        said=_("已收回；有前一版的，前一版生效"),
    )  # fmt: skip
    return redirect("channels:published", channel=channel)
