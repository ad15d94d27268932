"""渠道评估: each channel in a period beside the one before; every number opens its cases (6.4)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bihuan.channels import queries, rules
from bihuan.channels.queries import Evaluation, Line, Told
from bihuan.core import inputs
from bihuan.core.refusals import NotFound
from bihuan.web import sheets
from bihuan.web.door import Who, staff
from bihuan.web.spans import Span, span
from bihuan.web.words import date_words, local, moment_words, span_words

SHOWN = 200  # cases of one figure
FELL = 5.0  # points: a rate that fell so much is to be looked at
LEAST_WORKS = 99.0  # per cent
LEAST = 10  # answers or dues


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """The quarter so far, unless the address names other days."""
    who = staff(request)
    days = span(request, who, queries.LONGEST, quarter=True)
    now, past = _both(who, days)
    context = days.context() | {
        "lines": [_line(one, past.lines.get(one.channel), days, who) for one in now.lines.values()],
        "told": [_told(one, past.told.get(one.channel), who) for one in now.told.values()],
        "findings": _findings(now, past, who),
        "past": f"{date_words(past.first, days.today)}—{date_words(past.last, days.today)}",
        "query": urlencode(days.query),
    }
    status = 422 if days.faults else 200
    return render(request, "channels/report.html", context, status=status)


def _both(who: Who, days: Span) -> tuple[Evaluation, Evaluation]:
    first, last = queries.before(days.first, days.last)
    return (
        queries.evaluation(who["by"], days.first, days.last, who["at"]),
        queries.evaluation(who["by"], first, last, who["at"]),
    )


def _line(one: Line, past: Line | None, days: Span, who: Who) -> dict[str, Any]:
    """The cells of a channel: what, its value, the value before, and what it opens."""
    then = past or Line(one.channel)
    counted, was = one.counted, then.counted
    came = [line.contacts.came if line.contacts else None for line in (one, then)]
    stated = rules.STATED.get(one.channel)
    return {
        "name": queries.name(one.channel, who["at"]),
        "stated": f"{stated}%" if stated else "",
        "cells": [
            _cell(_("案件"), counted.cases, was.cases, _opens(one, "cases", days)),
            _cell(_("接触"), came[0], came[1]),
            _cell(_("触达"), _rate(one.reach), _rate(then.reach)),
            _cell(_("首次响应"), _length(counted.answered), _length(was.answered)),
            _cell(_("处理"), _length(counted.handled), _length(was.handled),
                  _opens(one, "told", days)),
            _cell(_("按时率"), _rate(one.on_time), _rate(then.on_time),
                  _opens(one, "late", days) if counted.due > counted.kept else ""),
            _cell(_("满意度"), _rate(one.satisfaction), _rate(then.satisfaction),
                  _opens(one, "rated", days) if one.rated else "", n=one.rated),
            _cell(_("不满意"), one.rated - one.satisfied, then.rated - then.satisfied,
                  _opens(one, "unsatisfied", days) if one.rated > one.satisfied else ""),
            _cell(_("对渠道的意见"), one.opinions, then.opinions,
                  _opens(one, "opinions", days) if one.opinions else ""),
            _cell(_("可用率"), _works(one), _works(then),
                  reverse("channels:index") if one.works else ""),
        ],
    }  # fmt: skip


def _cell(label: str, value: Any, past: Any, url: str = "", *, n: int = 0) -> dict[str, Any]:
    """What is not counted is a dash, and no nought."""
    now, then = (("—" if one in (None, "") else one) for one in (value, past))
    return {"label": label, "value": now, "past": then, "url": url if value else "", "n": n}


def _opens(one: Line, what: str, days: Span) -> str:
    query = {**days.query, "channel": one.channel, "what": what}
    return f"{reverse('channels:behind')}?{urlencode(query)}"


def _rate(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}%"


def _length(value: timedelta | None) -> str:
    return "" if value is None else span_words(value)


def _works(one: Line | Told) -> str:
    return _rate(one.works.per_cent) if one.works else ""


def _told(one: Told, past: Told | None, who: Who) -> dict[str, Any]:
    return {
        "name": queries.name(one.channel, who["at"]),
        "people": one.people,
        "reached": one.reached,
        "rate": _rate(one.rate) or "—",
        "past": (_rate(past.rate) if past else "") or "—",
        "works": _works(one) or "—",
    }


def _findings(now: Evaluation, past: Evaluation, who: Who) -> list[str]:
    """What is to be looked at, in plain words: by the handbook's figures and the period before."""
    found: list[str] = []
    for channel, one in now.lines.items():
        name, then = queries.name(channel, who["at"]), past.lines.get(channel) or Line(channel)
        stated = rules.STATED.get(channel)
        if stated and one.rated >= LEAST and (one.satisfaction or 0) < stated:
            found.append(
                _("{name}的满意度 {now}，低于手册所述2024年的 {stated}%。").format(
                    name=name, now=_rate(one.satisfaction), stated=stated
                )
            )
        for label, value, before, sample in (
            (_("满意度"), one.satisfaction, then.satisfaction, (one.rated, then.rated)),
            (_("按时率"), one.on_time, then.on_time, (one.counted.due, then.counted.due)),
        ):
            if min(sample) < LEAST:  # of a few, one more or less is no trend
                continue
            if value is not None and before is not None and before - value >= FELL:
                found.append(
                    _("{name}的{what}从 {before} 降到 {now}。").format(
                        name=name, what=label, before=_rate(before), now=_rate(value)
                    )
                )
        works = one.works.per_cent if one.works else None
        if one.works and works is not None and works < LEAST_WORKS:
            found.append(
                _("{name}中断 {n} 次，共 {lasted}，可用率 {now}。").format(
                    name=name, n=one.works.times, lasted=span_words(one.works.down), now=_works(one)
                )
            )
    return found


@require_safe
def behind(request: HttpRequest) -> HttpResponse:
    """The cases behind one figure, and the chats."""
    who = staff(request)
    if not queries.may_read(who["by"]):
        raise NotFound()
    days = span(request, who, queries.LONGEST, quarter=True)
    channel = inputs.words(request.GET.get("channel"), field="channel", most=20, least=1)
    what = inputs.one_of(request.GET.get("what") or "cases", list(queries.WHAT), field="what")
    found = _behind((channel, what, days.first, days.last), who)
    context = {
        "title": f"{queries.name(channel, who['at'])} · {_titles()[what]}",
        "period": days.words,
        "rows": found[:SHOWN],
        "more": len(found) > SHOWN,
        "most": SHOWN,
        "back": f"{reverse('channels:report')}?{urlencode(days.query)}",
    }
    return render(request, "channels/behind.html", context)


def _behind(asked: tuple[str, str, date, date], who: Who) -> list[dict[str, Any]]:
    """One more than are shown, the newest first: cases, and chats that were rated themselves."""
    name, at = queries.name(asked[0], who["at"]), who["at"]
    found = [
        (one.received_at, one.desk_url, one.number, one.subject)
        for one in islice(queries.behind(who["by"], *asked, at), SHOWN + 1)
    ] + [
        (moment, reverse("chat:desk_chat", args=[id]), str(id), name)
        for id, moment in islice(queries.chats_behind(*asked), SHOWN + 1)
    ]
    return [
        {"url": url, "number": number, "subject": subject, "received": moment_words(moment, at)}
        for moment, url, number, subject in sorted(found, reverse=True)[: SHOWN + 1]
    ]


def _titles() -> dict[str, str]:
    return {
        "cases": _("收到的案件"),
        "complaints": _("收到的投诉"),
        "told": _("已告知结果的案件"),
        "late": _("有时限超期的案件"),
        "rated": _("有评价的案件"),
        "unsatisfied": _("不满意的案件"),
        "opinions": _("对这个渠道的意见"),
    }


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The same figures as a file, one row a channel and period; nothing in it is personal."""
    who = staff(request)
    days = span(request, who, queries.LONGEST, quarter=True)
    format = inputs.one_of(
        request.GET.get("format") or "csv", sorted(sheets.FORMATS), field="format"
    )
    rows = [_row(one, part) for part in _both(who, days) for one in part.lines.values()]
    name = f"channels-{days.first}-{local(who['at']):%Y%m%d%H%M}"
    return sheets.answer(name, format, COLUMNS, rows)


COLUMNS = (
    "from", "to", "channel", "cases", "complaints", "people", "reach_percent", "contacts",
    "contacts_answered", "first_response_seconds", "handled_seconds", "due", "kept",
    "on_time_percent", "rated", "satisfied", "satisfied_percent", "stated_2024_percent",
    "opinions", "available_percent", "silences", "down_seconds", "planned_seconds",
)  # fmt: skip


def _row(one: Line, part: Evaluation) -> dict[str, Any]:
    counted, works, contacts = one.counted, one.works, one.contacts
    return {
        "from": part.first.isoformat(),
        "to": part.last.isoformat(),
        "channel": one.channel,
        "cases": counted.cases,
        "complaints": counted.complaints,
        "people": counted.people,
        "reach_percent": one.reach,
        "contacts": contacts.came if contacts else None,
        "contacts_answered": contacts.answered if contacts else None,
        "first_response_seconds": _seconds(counted.answered),
        "handled_seconds": _seconds(counted.handled),
        "due": counted.due,
        "kept": counted.kept,
        "on_time_percent": one.on_time,
        "rated": one.rated,
        "satisfied": one.satisfied,
        "satisfied_percent": one.satisfaction,
        "stated_2024_percent": rules.STATED.get(one.channel),
        "opinions": one.opinions,
        "available_percent": works.per_cent if works else None,
        "silences": works.times if works else None,
        "down_seconds": _seconds(works.down) if works else None,
        "planned_seconds": _seconds(works.planned) if works else None,
    }


def _seconds(value: timedelta | None) -> int | None:
    return None if value is None else int(value.total_seconds())
