"""The pledge and the flow: two pages made from the handbook in force, open to everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bihuan.policy import queries as policy
from bihuan.portal import chart, drawing, flow, forms
from bihuan.portal import pledge as pledges
from bihuan.web import words
from bihuan.web.door import moment


@require_safe
def pledge(request: HttpRequest) -> HttpResponse:
    """Every promise with limit, clause and force; who answers; what to do when we are late."""
    book = policy.current(moment(request))
    context = {
        "groups": pledges.groups(book),
        "departments": pledges.departments(book),
        "routes": flow.departments(book),
        "channels": pledges.channels(book),
        "ways": pledges.ways(book),
        "defaults": pledges.defaults(book),
        "version": book.version,
        "since": words.date_words(book.in_force_from),
        "topbar": _("服务承诺"),
        "back": reverse("portal:home"),
    }
    return render(request, "portal/pledge.html", context)


@require_safe
def how(request: HttpRequest) -> HttpResponse:
    """The flow as a chart and as a list: steps, owners and limits of the handbook in force."""
    book = policy.current(moment(request))
    severities = list(book.severities.values())
    wanted = request.GET.get("severity", "")
    severity = next((s.id for s in severities if s.id == wanted), severities[0].id)
    kind = request.GET.get("kind", "")
    kind = kind if kind in forms.OTHER_FLOWS else "complaint"
    complains = kind == "complaint"
    charts = [
        (forms.named(s), f"?severity={s.id}", complains and s.id == severity) for s in severities
    ] + [(str(label), f"?kind={id}", id == kind) for id, label in forms.OTHER_FLOWS.items()]
    promises = flow.promises(book, kind, severity)
    stops = chart.chart(book, promises, flow.owner(book))
    title = _("一件投诉怎么处理") if complains else _("一件请求怎么处理")
    context = {
        "title": title,
        "drawing": drawing.drawn(title, stops, chart.registered(book, promises)),
        "sources": chart.sources(stops),
        "stops": stops,
        "stages": flow.stages(book, kind, severity),
        "charts": [{"label": label, "url": url, "current": now} for label, url, now in charts],
        "complains": complains,
        "departments": flow.departments(book),
        "version": book.version,
        "topbar": _("处理流程"),
        "back": reverse("portal:home"),
    }
    return render(request, "portal/how.html", context)
