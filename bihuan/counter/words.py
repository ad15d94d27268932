"""What the counter's tables are called on its pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.core import opening
from bihuan.core.opening import Span
from bihuan.counter import loader
from bihuan.counter.models import Point
from bihuan.web.words import day_words, english, local, weekday_words

WEEKDAYS = {
    1: later("周一"), 2: later("周二"), 3: later("周三"), 4: later("周四"), 5: later("周五"),
    6: later("周六"), 7: later("周日"),
}  # fmt: skip
TO = {"person": later("本人"), "agent": later("受本人委托的人")}
CHECKED = {
    "document": later("查看身份证件原件"),
    "phone": later("当场拨打登记的手机，由本人接听"),
    "number": later("说出案件编号和登记手机的后四位"),
    "mandate": later("查看委托书和受托人证件"),
}
#: tone and icon of a pill, and its words
STATES = {
    "waiting": ("", "hourglass", later("等候")),
    "called": ("warn", "megaphone", later("已叫号")),
    "serving": ("info", "user-check", later("办理中")),
    "done": ("ok", "circle-check", later("已办完")),
    "no_show": ("hot", "user-x", later("过号")),
    "left": ("", "ticket-x", later("已作废")),
}
BOOKED = {
    "booked": ("info", "calendar-check", later("已预约")),
    "kept": ("ok", "circle-check", later("已报到")),
    "missed": ("hot", "calendar-off", later("未到")),
    "cancelled": ("", "calendar-x", later("已取消")),
}


def pill(table: Any, state: str) -> dict[str, Any]:
    """A state as its pill."""
    tone, icon, label = table[state]
    return {"tone": tone, "icon": icon, "label": label}


def reason(id: str) -> str:
    """Why somebody goes first, in the reader's language."""
    found = loader.reasons().get(id)
    return "" if found is None else found.en if english() else found.zh


def needs() -> list[tuple[str, str]]:
    """The reasons somebody can give beside an appointment."""
    return [(id, reason(id)) for id in loader.reasons() if id != "appointment"]


def first() -> str:
    """Who takes a priority number, as lanes.toml says."""
    listed = (reason(one.id) for one in loader.reasons().values() if one.priority)
    return (", " if english() else "、").join(listed)


def hours(spans: tuple[Span, ...]) -> str:
    """09:00–12:00, 13:30–17:30; or that it is closed."""
    between = ", " if english() else "、"
    said = between.join(f"{opening.clock(a)}–{opening.clock(b)}" for a, b in spans)
    return said or _("不营业")


def day(one: date, at: datetime) -> str:
    """今天 周一, 12月3日 周四."""
    return f"{day_words(one, local(at).date())} {weekday_words(one)}"


def wait(minutes: int) -> str:
    """How long somebody waits, as an estimate."""
    if minutes == 0:
        return _("马上")
    return _("约 {minutes} 分钟").format(minutes=minutes)


def facts(row: Point) -> list[str]:
    """What makes it easy to come."""
    listed = (
        (row.wheelchair, _("无障碍通道")),
        (row.hearing_loop, _("助听环路")),
        (row.priority, _("老年人和残疾人优先窗口")),
    )
    return [words for there, words in listed if there]


def week(row: Point) -> list[tuple[Any, str]]:
    """The hours of each weekday."""
    return [(name, hours(row.week.get(n, ()))) for n, name in WEEKDAYS.items()]
