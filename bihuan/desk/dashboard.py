"""The supervisor's overview: what comes in, what is late, who has too much (2.3.2, 7.4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.cases.models import Case
from bihuan.cases.queries import figures
from bihuan.core import inputs
from bihuan.desk import shown
from bihuan.desk.rail import staff
from bihuan.policy import queries as policy
from bihuan.web import charts, words
from bihuan.web.door import Who

PERIODS = (7, 14, 30)
TARGET = 95.0  # the aim this page holds itself against; not a figure of the handbook
INBOX = "/desk/inbox/?view=all"


@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """运营看板."""
    who = staff(request)
    given = request.GET.get("days", "7")
    days = inputs.whole(given, field="days", least=1, most=90)
    today = words.local(who["at"]).date()
    first = today - timedelta(days=days - 1)
    flow = figures.flow(who["by"], first, days, who["at"])
    before = figures.flow(who["by"], first - timedelta(days=days), days, who["at"])
    context = {
        "period": f"{words.date_words(first)}—{words.date_words(today, first)}",
        "periods": [
            {"label": _("近 {n} 日").format(n=n), "url": f"?days={n}", "current": n == days}
            for n in PERIODS
        ],
        "kpis": _kpis(flow, before, first, days, who),
        "volume": _volume(flow),
        "load": _loads(who),
        "categories": {"chart": _categories(first, today, who)},
        "hours": {"chart": _hours(first, today, who)},
    } | _risks(who)
    return render(request, "desk/dashboard.html", context)


def _kpis(
    flow: list[figures.Day], before: list[figures.Day], first: date, days: int, who: Who
) -> list[dict[str, Any]]:
    start, end = figures.midnight(first), who["at"]
    past = start - timedelta(days=days)
    response = [
        figures.kept("case.first_response", a, b, who["at"])
        for a, b in ((start, end), (past, start))
    ]
    handled = [
        figures.kept("case.handling_done", a, b, who["at"])
        for a, b in ((start, end), (past, start))
    ]
    hours = [figures.handling_hours(who["by"], a, b) for a, b in ((start, end), (past, start))]
    rates = [d.rate for d in flow if d.rate is not None]
    late = figures.overdue_now(who["by"], who["at"])
    return [
        _rate_kpi(_("24 小时响应率"), response, rates, "1.4"),
        _rate_kpi(_("72 小时办结率"), handled, rates, "1.4"),
        _hours_kpi(hours[0], hours[1]),
        {
            "label": _("现已超期"),
            "value": late,
            "unit": _("件"),
            "delta": _("{n} 件新收").format(n=sum(d.filed for d in flow)),
            "mood": "bad" if late else "",
            "up": False,
            "spark": charts.sparkline([d.filed for d in flow]),
            "url": "/desk/inbox/?view=overdue",
            "definition": _("未结案件中，最近一个硬性时限已过的件数"),
        },
    ]


def _rate_kpi(
    label: str, pair: list[figures.Kept], rates: list[float], clause: str
) -> dict[str, Any]:
    now, then = pair[0].rate, pair[1].rate
    delta = round(now - then, 1) if now is not None and then is not None else None
    told = _("较上期 {delta} 个百分点").format(delta=f"{delta:+.1f}") if delta is not None else ""
    if now is None:
        told = _("本期没有到期的时限")
    return {
        "label": label,
        "value": "—" if now is None else f"{now:.1f}",
        "unit": "" if now is None else "%",
        "delta": told or _("样本 {n} 件").format(n=pair[0].due),
        "mood": _mood(delta),
        "up": True,
        "spark": charts.sparkline(rates, mood="good" if _mood(delta) == "good" else "plain")
        if len(rates) > 1
        else "",
        "url": "/desk/inbox/?view=overdue",
        "definition": _("本期到期的时限中按时完成的比例（{clause}），样本 {n} 件").format(
            clause=clause, n=pair[0].due
        ),
    }


def _mood(better: float | None) -> str:
    """Good, bad, or neither when nothing moved or there is nothing to compare with."""
    if not better:
        return ""
    return "good" if better > 0 else "bad"


def _hours_kpi(now: float | None, then: float | None) -> dict[str, Any]:
    delta = round(now - then, 1) if now is not None and then is not None else None
    told = _("较上期 {delta} 小时").format(delta=f"{delta:+.1f}") if delta is not None else ""
    return {
        "label": _("平均处理时长"),
        "value": "—" if now is None else f"{now:.1f}",
        "unit": "" if now is None else _("小时"),
        "delta": _("本期没有办结的案件") if now is None else told,
        "mood": _mood(-delta if delta else None),
        "up": False,
        "spark": "",
        "url": "/desk/inbox/?view=closed",
        "definition": _("从收到（或重新处理）到告知结果的平均小时数"),
    }


def _volume(flow: list[figures.Day]) -> dict[str, Any]:
    labels = [f"{d.day.month}/{d.day.day}" for d in flow]
    url = [INBOX] * len(flow)
    chart = charts.panels(
        title=_("每日新增、办结与按时率"),
        labels=labels,
        bars=[
            charts.Series(_("新增"), [d.filed for d in flow], url, "c1", _("件")),
            charts.Series(_("办结"), [d.done for d in flow], url, "c2", _("件")),
        ],
        rate=charts.Rate(_("按时率"), [d.rate for d in flow], url, TARGET),
    )
    low = [d for d in flow if d.rate is not None and d.rate < TARGET]
    return {
        "chart": chart,
        "legend": [
            {"label": _("新增"), "mark": "c1"},
            {"label": _("办结"), "mark": "c2"},
            {"label": _("按时率"), "mark": "line"},
            {"label": _("目标 {n}%").format(n=int(TARGET)), "mark": "target"},
        ],
        "finding_lead": _("{days}按时率低于 {n}% 目标。").format(
            days="、".join(f"{d.day.month}/{d.day.day}" for d in low[:5]), n=int(TARGET)
        )
        if low
        else _("每天都达到按时率目标。")
        if sum(d.due for d in flow)
        else _("本期还没有到期的时限。"),
        "finding": _("本期到期时限 {due} 个，按时 {kept} 个。").format(
            due=sum(d.due for d in flow), kept=sum(d.kept for d in flow)
        ),
        "url": INBOX,
        "total": sum(d.filed for d in flow),
        "head": [_("日期"), _("新增"), _("办结"), _("到期"), _("按时"), _("按时率")],
        "table": [
            [label, d.filed, d.done, d.due, d.kept, "—" if d.rate is None else f"{d.rate}%"]
            for label, d in zip(labels, flow, strict=True)
        ],
    }


def _risks(who: Who) -> dict[str, Any]:
    cases: list[Case] = []
    for view in ("overdue", "soon"):
        cases += queries.inbox(who["by"], view=view, limit=6, at=who["at"]).cases
    counts = queries.counts(who["by"], who["at"])
    return {
        "risks": shown.rows(cases[:6], who["by"], who["at"]),
        "risks_url": "/desk/inbox/?view=overdue",
        "risks_total": counts["overdue"] + counts["soon"],
    }


def _loads(who: Who) -> list[dict[str, Any]]:
    team = [c for c in people.everybody() if c.on_duty]
    found = figures.loads([c.id for c in team], who["at"])
    busy = sorted(
        (c for c in team if c.id in found),
        key=lambda c: -(found[c.id].over + found[c.id].soon + found[c.id].ok),
    )
    return [_load(c, found[c.id]) for c in busy[:8]]


def _load(person: people.Colleague, load: figures.Load) -> dict[str, Any]:
    return {
        "name": person.name,
        "url": f"/desk/inbox/?view=all&owner={person.id}",
        "bar": charts.load_bar(
            name=person.name, over=load.over, soon=load.soon, ok=load.ok, cap=person.capacity
        ),
        "total": load.over + load.soon + load.ok,
        "cap": person.capacity,
    }


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    return figures.midnight(first), figures.midnight(last + timedelta(days=1))


def _categories(first: date, last: date, who: Who) -> Any:
    found = figures.shares(who["by"], *_span(first, last))
    total = sum(found.values()) or 1
    book = policy.current(who["at"])
    rows = [
        charts.Bar(
            _short(shown.say(book.categories[id])), found.get(id, 0),
            f"/desk/inbox/?view=all&category={id}", f"{round(100 * found.get(id, 0) / total)}%",
        )
        for id in book.categories
    ]  # fmt: skip
    return charts.horizontal_bars(title=_("投诉类别分布"), rows=rows)


def _short(name: str) -> str:
    """What fits beside a bar: an English name is cut to its first word."""
    return name.split()[0] if shown.english() else name


def _hours(first: date, last: date, who: Who) -> Any:
    found = figures.arrivals(who["by"], *_span(first, last))
    names = [words.weekday_words(date(2026, 11, 23) + timedelta(days=n)) for n in range(7)]
    rows = [
        charts.HeatRow(name, [found.get((n + 1, slot), 0) for slot in range(12)], [INBOX] * 12)
        for n, name in enumerate(names)
    ]
    columns = [_("{n}时").format(n=2 * slot) for slot in range(12)]
    return charts.heat_map(title=_("进线时段"), columns=columns, rows=rows)
