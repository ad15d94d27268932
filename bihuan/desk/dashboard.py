"""The supervisor's overview: what comes in, what is late, who has too much (2.3.2, 7.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.cases.models import Case
from bihuan.cases.queries import figures
from bihuan.complaints import queries as complaints
from bihuan.core import inputs
from bihuan.desk import kpis, shown
from bihuan.desk.listing import INBOX, MONDAY
from bihuan.policy import queries as policy
from bihuan.web import charts, heat, words
from bihuan.web.door import Who, staff

PERIODS = (7, 14, 30)
TARGET = 95.0  # the aim this page holds itself against; not a figure of the handbook


@dataclass(frozen=True, slots=True)
class Span:
    """The days the page is about, the same number of days before them, and the cases behind."""

    first: date
    days: int

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.days - 1)

    @property
    def before(self) -> Span:
        return Span(self.first - timedelta(days=self.days), self.days)

    def cases(self, figure: str, **more: Any) -> str:
        """Where the very cases stand that this figure counts."""
        days = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        return f"{INBOX}?{urlencode({'view': 'every', 'figure': figure, **days, **more})}"


@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """运营看板."""
    who = staff(request)
    days = inputs.whole(request.GET.get("days", "7"), field="days", least=1, most=90)
    today = words.local(who["at"]).date()
    span = Span(today - timedelta(days=days - 1), days)
    read = complaints.overview(who["by"], span.first, days, who["at"], before=days)
    now = read.of(span.first, days)
    loads = figures.loads(who["by"], who["at"])
    open_ = _sum(loads.values())
    context = {
        "period": f"{words.date_words(span.first)}—{words.date_words(today, span.first)}",
        "periods": [
            {"label": _("近 {n} 日").format(n=n), "url": f"?days={n}", "current": n == days}
            for n in PERIODS
        ],
        "kpis": kpis.kpis(span, now, read.of(span.before.first, days), open_, who),
        "volume": _volume(now.flow, span, today),
        "load": (load := _loads(loads)),
        "load_finding": _load_finding(load),
        "categories": _categories(now.categories, span, who),
        "hours": _hours(now.slots, span),
    } | _risks(open_, who)
    return render(request, "desk/dashboard.html", context)


def _sum(loads: Iterable[figures.Load]) -> figures.Load:
    found = list(loads)
    over, soon = sum(one.over for one in found), sum(one.soon for one in found)
    return figures.Load(0, over, soon, sum(one.ok for one in found))


def _volume(flow: list[queries.Day], span: Span, today: date) -> dict[str, Any]:
    labels = [words.date_words(d.day, today) for d in flow]
    chart = charts.panels(
        title=_("每日新增、办结与按时率"),
        labels=labels,
        bars=[
            charts.Series(_("新增"), [d.filed for d in flow], _urls(flow, "filed"), "c1", _("件")),
            charts.Series(
                _("告知结果"), [d.done for d in flow], _urls(flow, "done"), "c2", _("件")
            ),
        ],
        rate=charts.Rate(_("按时率"), [d.rate for d in flow], _urls(flow, "due"), TARGET),
    )
    return {
        "chart": chart,
        "legend": [
            {"label": _("新增"), "mark": "c1"},
            {"label": _("告知结果"), "mark": "c2"},
            {"label": _("按时率"), "mark": "line"},
            {"label": _("目标 {n}%").format(n=int(TARGET)), "mark": "target"},
        ],
        "url": span.cases("filed"),
        "total": sum(d.filed for d in flow),
        "head": [_("日期"), _("新增"), _("告知结果"), _("到期"), _("按时"), _("按时率")],
        "table": [
            [label, d.filed, d.done, d.due, d.kept, "—" if d.rate is None else f"{d.rate}%"]
            for label, d in zip(labels, flow, strict=True)
        ],
    } | _finding(flow, today)


def _urls(flow: list[queries.Day], of: str) -> list[str]:
    """The cases of each day; a rate leads to what was late, or else to what was due."""
    found = []
    for day in flow:
        what = {"done": "told"}.get(of, of)
        if of == "due" and day.due > day.kept:
            what = "late"
        found.append(Span(day.day, 1).cases(what) if getattr(day, of) else "")
    return found


def _finding(flow: list[queries.Day], today: date) -> dict[str, str]:
    """What the chart shows, in one sentence, and the sample it rests on."""
    low = [d for d in flow if d.rate is not None and d.rate < TARGET]
    due, kept = sum(d.due for d in flow), sum(d.kept for d in flow)
    if not due:
        lead = _("本期还没有到期的时限。")
    elif not low:
        lead = _("每天都达到按时率目标。")
    elif len(low) <= 3:
        named = _("、").join(words.date_words(d.day, today) for d in low)
        lead = _("{days}按时率低于 {n}% 目标。").format(days=named, n=int(TARGET))
    else:
        judged = sum(d.rate is not None for d in flow)
        lead = _("有到期时限的 {all} 天里，{low} 天按时率低于 {n}% 目标。").format(
            all=judged, low=len(low), n=int(TARGET)
        )
    told = _("本期到期的硬性时限 {due} 个，按时 {kept} 个；一件投诉可有多个时限。")
    return {"finding_lead": lead, "finding": told.format(due=due, kept=kept)}


def _risks(open_: figures.Load, who: Who) -> dict[str, Any]:
    cases: list[Case] = []
    for view in ("overdue", "soon"):
        cases += queries.inbox(who["by"], view=view, limit=8, at=who["at"]).cases
    return {
        "risks": shown.rows(cases[:8], who["by"], who["at"]),
        "risk_views": [
            {"label": _("已超期"), "url": f"{INBOX}?view=overdue", "total": open_.over},
            {"label": _("临近"), "url": f"{INBOX}?view=soon", "total": open_.soon},
        ],
    }


def _loads(loads: Mapping[int, figures.Load]) -> list[dict[str, Any]]:
    """Whoever is on duty and has open cases, the most pressed first."""
    team = {c.id: c for c in people.everybody() if c.on_duty}
    found = [one for one in loads.values() if one.owner_id in team]
    busy = sorted(found, key=lambda one: (-one.over, -one.soon, -one.ok, one.owner_id))
    return [_load(team[one.owner_id], one) for one in busy[:7]]


def _load(person: people.Colleague, load: figures.Load) -> dict[str, Any]:
    return {
        "name": person.name,
        "department": person.department,
        "url": f"{INBOX}?view=all&owner={person.id}",
        "bar": charts.load_bar(
            name=person.name, over=load.over, soon=load.soon, ok=load.ok, cap=person.capacity
        ),
        "over": load.over,
        "soon": load.soon,
        "ok": load.ok,
        "total": load.total,
        "cap": person.capacity,
        "room": person.capacity - load.total,
    }


def _load_finding(load: list[dict[str, Any]]) -> str:
    """Who is pressed, and who of the same department has room."""
    pressed = [one for one in load if one["over"] + one["soon"] > 1]
    for one in pressed:
        mates = [m for m in load if m["department"] == one["department"] and m is not one]
        freest = max(mates, key=lambda m: int(m["room"]), default=None)
        if freest and freest["room"] > max(one["room"], 0):
            return _("{name}手上有 {n} 件超期或临近，同部门的{other}还有 {room} 件额度。").format(
                name=one["name"], n=one["over"] + one["soon"],
                other=freest["name"], room=freest["room"],
            )  # fmt: skip
    return ""


def _categories(found: Mapping[str, int], span: Span, who: Who) -> dict[str, Any]:
    total = sum(found.values())
    book = policy.current(who["at"])
    rows = [
        charts.Bar(
            shown.say(category),
            found.get(id, 0),
            span.cases("filed", kind="complaint", category=id) if found.get(id) else "",
            f"{round(100 * found.get(id, 0) / total)}%" if total else "",
        )
        for id, category in book.categories.items()
    ]
    return {
        "chart": charts.horizontal_bars(title=_("投诉类别分布"), rows=rows, slot="S"),
        "url": span.cases("filed", kind="complaint"),
        "total": total,
        "table": [[row.label, int(row.value), row.note or "—"] for row in rows],
    }


def _hours(found: Mapping[tuple[int, int], int], span: Span) -> dict[str, Any]:
    names = [words.weekday_words(MONDAY + timedelta(days=n)) for n in range(7)]
    rows = [
        heat.HeatRow(
            name,
            [found.get((n, slot), 0) for slot in range(12)],
            [span.cases("filed", weekday=n, slot=slot) for slot in range(12)],
        )
        for n, name in enumerate(names, start=1)
    ]
    columns = [_("{n}时").format(n=2 * slot) for slot in range(12)]
    return {
        "chart": heat.heat_map(title=_("进线时段"), columns=columns, rows=rows),
        "total": sum(found.values()),
    }
