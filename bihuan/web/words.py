"""Times, limits and money in the words a reader sees; pure, the moment of reading is given.

Times are shown in Asia/Shanghai. A working day ends at 24:00, stored as 00:00 of the next day
(HOUSE §6b), so a due at 00:00 is shown as 24:00 of the day before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.core.clocks import CountedDay
from bihuan.core.handbook import Limit

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
SOON = timedelta(hours=4)
URGENT = timedelta(hours=1)
SOON_SHARE = 4  # a quarter of the time is left (UI rule 1)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

State = Literal["ok", "soon", "urgent", "over", "paused", "met", "late_met"]


def english() -> bool:
    """Is the reader's language English?"""
    return (get_language() or "").startswith("en")


@dataclass(frozen=True, slots=True)
class Sla:
    """A clock as the chip shows it; `due` is ISO 8601, `soft` turns amber at most."""

    state: State
    due: str
    text: str
    soft: bool = False


@dataclass(frozen=True, slots=True)
class StripDay:
    """One box of the strip that shows which days a limit counts."""

    label: str
    sub: str
    kind: str


def local(at: datetime) -> datetime:
    """The same moment on the clocks of Shanghai."""
    return at.astimezone(SHANGHAI)


def day_words(day: date, today: date) -> str:
    """今天, 明天, 昨天, 11月25日; with the year when it is another one."""
    near = {0: _("今天"), 1: _("明天"), -1: _("昨天")}.get((day - today).days)
    return near or date_words(day, today)


def say(term: Any, otherwise: str = "") -> str:
    """A term of the handbook in the reader's language; `otherwise` where there is none."""
    if term is None:
        return otherwise
    return str(term.en if english() else term.zh)


def date_words(day: date, today: date | None = None) -> str:
    """11月25日; the year is left out when it is the reader's own."""
    pattern = _("{month}月{day}日")
    if today is None or day.year != today.year:
        pattern = _("{year}年{month}月{day}日")
    return pattern.format(year=day.year, month=day.month, day=day.day, mon=MONTHS[day.month - 1])


def moment_words(moment: datetime, at: datetime) -> str:
    """When something happened: 11月25日 18:00."""
    there = local(moment)
    return f"{date_words(there.date(), local(at).date())} {there:%H:%M}"


def full_moment(moment: datetime) -> str:
    """With its year, for a paper that is read in another one: 2026年11月25日 18:00."""
    there = local(moment)
    return f"{date_words(there.date())} {there:%H:%M}"


def due_moment(due: datetime, at: datetime) -> str:
    """When something is due, without relative words: 11月25日 24:00."""
    day, hour = _day_and_hour(due)
    return f"{date_words(day, local(at).date())} {hour}"


def due_words(due: datetime, at: datetime) -> str:
    """By when: 今天 18:00 前, 11月25日 24:00 前."""
    day, hour = _day_and_hour(due)
    return _("{day} {hour} 前").format(day=day_words(day, local(at).date()), hour=hour)


def _day_and_hour(due: datetime) -> tuple[date, str]:
    there = local(due)
    if (there.hour, there.minute, there.second) == (0, 0, 0):
        return there.date() - ONE_DAY, "24:00"
    return there.date(), f"{there:%H:%M}"


def span_words(span: timedelta) -> str:
    """2天4时, 1时12分, 12分钟: two units at most, never seconds (UI rule 1)."""
    minutes = max(1, round(abs(span.total_seconds()) / 60))
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return _("{d}天{h}时").format(d=days, h=hours)
    if hours:
        return _("{h}时{m}分").format(h=hours, m=f"{rest:02}")
    return _("{m}分钟").format(m=rest)


def left_words(due: datetime, at: datetime) -> str:
    """剩 2天4时, or 超 1时12分 when the due has passed."""
    pattern = _("剩 {time}") if at <= due else _("超 {time}")
    return pattern.format(time=span_words(due - at))


def ago_words(moment: datetime, at: datetime) -> str:
    """刚刚, 12分钟前, 2天4时前."""
    if at - moment < timedelta(minutes=1):
        return _("刚刚")
    return _("{time}前").format(time=span_words(at - moment))


def sla_state(
    due: datetime, at: datetime, started: datetime, done: datetime | None = None
) -> State:
    """How a clock stands: 25 % or four hours left is soon, one hour is urgent (UI rule 1)."""
    if done is not None:
        return "late_met" if done > due else "met"
    left = due - at
    if left < timedelta():
        return "over"
    if left <= URGENT:
        return "urgent"
    if left <= SOON or left * SOON_SHARE <= due - started:
        return "soon"
    return "ok"


def sla(
    due: datetime,
    at: datetime,
    started: datetime,
    *,
    done: datetime | None = None,
    soft: bool = False,
) -> Sla:
    """The chip of a clock. A soft clock turns amber, never red: it is no breach (HOUSE §6b)."""
    state = sla_state(due, at, started, done)
    if done is not None:
        text = _("按时完成") if state == "met" else _("超期完成")
        return Sla(state, "", text, soft)
    if soft and state in ("urgent", "over"):
        state = "soon"
    return Sla(state, due.isoformat(), left_words(due, at), soft)


def limit_words(limit: Limit) -> str:
    """3 个工作日, 48 小时, 15 分钟."""
    patterns = {
        "minutes": _("{n} 分钟"),
        "hours": _("{n} 小时"),
        "workdays": _("{n} 个工作日"),
    }
    return patterns[limit.unit].format(n=limit.amount)


def weekday_words(day: date) -> str:
    """周一 … 周日."""
    names = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    return names[day.weekday()]


def day_strip(counted: Sequence[CountedDay]) -> list[StripDay]:
    """The days between start and due as boxes; nothing for a limit that runs by the hour."""
    numbered = [day for day in counted if day.number is not None]
    if not numbered:
        return []
    last = numbered[-1].day
    return [_box(day, is_last=day.day == last) for day in counted]


def _box(counted: CountedDay, *, is_last: bool) -> StripDay:
    kind = "last" if is_last else counted.kind
    return StripDay(f"{counted.day.month}/{counted.day.day}", _why(counted, is_last=is_last), kind)


def _why(counted: CountedDay, *, is_last: bool) -> str:
    match counted.kind:
        case "received":
            return _("收到")
        case "weekend":
            return weekday_words(counted.day)
        case "holiday":
            return _(counted.note) if counted.note else _("放假")
        case "held":
            return _("停表")
        case "make_up":
            return _("第{n}天补班").format(n=counted.number)
    return (_("第{n}天 24:00") if is_last else _("第{n}天")).format(n=counted.number)


def why_steps(
    limit: Limit, started: datetime, due: datetime, at: datetime, unheld: datetime | None = None
) -> list[str]:
    """How the due comes about, as sentences to be read one after the other.

    `unheld` is when it would be due if the clock had not stood still.
    """
    steps = [_("从 {start} 开始计算。").format(start=moment_words(started, at))]
    if limit.unit == "workdays":
        steps.append(
            _(
                "收到当日不计，从下一个工作日起数满 {limit}；周末与放假不计，调休上班日计入。"
            ).format(limit=limit_words(limit))
        )
    else:
        steps.append(_("连续计算 {limit}，不扣除周末与放假。").format(limit=limit_words(limit)))
    if unheld:
        steps.append(
            _("计时按规定暂停过，暂停的时间不计；不暂停则为 {due}。").format(
                due=due_moment(unheld, at)
            )
        )
    steps.append(_("所以最迟是 {due}。").format(due=due_moment(due, at)))
    return steps


def money(fen: int) -> str:
    """Whole fen as yuan with two decimals: 329.00."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02}"


def size_words(size: int) -> str:
    """A file's size: 812 KB, 2.4 MB."""
    return f"{size / 1e6:.1f} MB" if size >= 1_000_000 else f"{max(1, size // 1000)} KB"
