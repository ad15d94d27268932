"""The four figures on top of the overview, each with its definition, period, sample and cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from bihuan.cases import queries
from bihuan.cases.queries.figures import Load
from bihuan.desk import shown
from bihuan.desk.listing import INBOX
from bihuan.policy import queries as policy
from bihuan.web import charts
from bihuan.web.door import Who

if TYPE_CHECKING:
    from bihuan.desk.dashboard import Span


def kpis(
    span: Span, now: queries.Period, then: queries.Period, open_: Load, who: Who
) -> list[dict[str, Any]]:
    """Response, handling, duration, and what is overdue at this moment."""
    return [
        _rate(_("24 小时响应率"), "case.first_response", span, now, then, who),
        _rate(_("72 小时办结率"), "case.handling_done", span, now, then, who),
        _duration(span, now, then),
        _overdue(open_),
    ]


def _rate(
    label: str, milestone: str, span: Span, this: queries.Period, last: queries.Period, who: Who
) -> dict[str, Any]:
    now, then = this.kept(milestone), last.kept(milestone)
    days = this.kept_by_day(milestone)
    series = [r for day in sorted(days) if (r := days[day].rate) is not None]
    delta = _delta(now.rate, then.rate)
    told = _("较上期 {delta} 个百分点").format(delta=f"{delta:+.1f}") if delta is not None else ""
    late = now.due - now.kept
    step = shown.say(policy.current(who["at"]).milestones[milestone])
    return {
        "label": label,
        "value": "—" if now.rate is None else f"{now.rate:.1f}",
        "unit": "" if now.rate is None else "%",
        "delta": told if now.due else _("本期没有到期的时限"),
        "mood": _mood(delta),
        "up": True,
        "spark": _spark(series, delta),
        "definition": _(
            "“{step}”的硬性时限（1.2、1.3、1.4）中，在本期到期的有多少按时完成；按每个时限自己的到期日计入。"
        ).format(step=step),
        "links": [
            {"label": _("到期 {n} 个").format(n=now.due),
             "url": span.cases("due", milestone=milestone) if now.due else ""},
            {"label": _("未按时 {n} 个").format(n=late),
             "url": span.cases("late", milestone=milestone) if late else ""},
        ],
    }  # fmt: skip


def _duration(span: Span, this: queries.Period, last: queries.Period) -> dict[str, Any]:
    now, then = this.hours, last.hours
    delta = _delta(now.mean, then.mean)
    told = _("较上期 {delta} 小时").format(delta=f"{delta:+.1f}") if delta is not None else ""
    better = -delta if delta is not None else None
    return {
        "label": _("平均处理时长"),
        "value": "—" if now.mean is None else f"{now.mean:.1f}",
        "unit": "" if now.mean is None else _("小时"),
        "delta": told if now.told else _("本期没有告知结果的案件"),
        "mood": _mood(better),
        "up": False,
        "spark": _spark(this.hours_by_day, better),
        "definition": _("从收到（或重新处理）到告知结果的平均小时数，按本期告知结果的案件计算。"),
        "links": [
            {"label": _("告知结果 {n} 件").format(n=now.told),
             "url": span.cases("told") if now.told else ""},
        ],
    }  # fmt: skip


def _overdue(load: Load) -> dict[str, Any]:
    late, open_ = load.over, load.total
    return {
        "label": _("现已超期"),
        "value": late,
        "unit": _("件"),
        "delta": _("占未结的 {share}%").format(share=round(100 * late / open_)) if open_ else "",
        "mood": "bad" if late else "",
        "up": True,
        "spark": "",
        "definition": _("此刻未结的案件中，最近一个硬性时限已过的件数；不随上方的期间变化。"),
        "links": [
            {"label": _("已超期 {n} 件").format(n=late),
             "url": f"{INBOX}?view=overdue" if late else ""},
            {"label": _("未结 {n} 件").format(n=open_),
             "url": f"{INBOX}?view=all" if open_ else ""},
        ],
    }  # fmt: skip


def _delta(now: float | None, then: float | None) -> float | None:
    return round(now - then, 1) if now is not None and then is not None else None


def _mood(better: float | None) -> charts.Mood | str:
    """Good, bad, or neither when nothing moved or there is nothing to compare with."""
    if not better:
        return ""
    return "good" if better > 0 else "bad"


def _spark(series: list[float], better: float | None) -> str:
    if len(series) < 2:
        return ""
    mood: charts.Mood = "plain" if not better else "good" if better > 0 else "bad"
    return charts.sparkline(series, mood=mood)
