"""When something is open: hours as people write them, a week, a day, the calendar.

Minutes are counted from midnight in Shanghai; a span is open at its start and shut at its end.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from bihuan.core.clocks import SHANGHAI
from bihuan.core.workdays import Workdays

Span = tuple[int, int]

MIDNIGHT = 24 * 60
WEEK = (1, 2, 3, 4, 5, 6, 7)
WORKING_WEEK = WEEK[:5]
_SPAN = re.compile(r"(\d{1,2}):([0-5]\d)\s*[-–—~]\s*(\d{1,2}):([0-5]\d)")
_BETWEEN = re.compile(r"[,，、;；\s]*")


def read_spans(text: str) -> tuple[Span, ...]:
    """09:00-12:00，13:30-17:30 as spans; none of an empty text.

    ValueError where something else is written, a span ends before it begins, or two overlap.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = [tuple(map(int, one.groups())) for one in _SPAN.finditer(plain)]
    if _BETWEEN.fullmatch(_SPAN.sub("", plain)) is None:
        raise ValueError(text)
    spans = tuple((60 * h + m, 60 * h2 + m2) for h, m, h2, m2 in found)
    edges = [edge for span in spans for edge in span]
    if edges != sorted(set(edges)) or (edges and edges[-1] > MIDNIGHT):
        raise ValueError(text)
    return spans


def read_week(hours: Mapping[int, str], faults: dict[str, str]) -> dict[str, list[list[int]]]:
    """Each weekday as it was written, without those that are shut; a fault at its `hours_n`."""
    week = {}
    for n in WEEK:
        try:
            week[str(n)] = [list(span) for span in read_spans(hours.get(n, ""))]
        except ValueError:
            faults[f"hours_{n}"] = "not_hours"
    return {n: spans for n, spans in week.items() if spans}


def write_spans(spans: Sequence[Sequence[int]]) -> str:
    """The same as people read it."""
    return "，".join(f"{clock(first)}-{clock(last)}" for first, last in spans)


def clock(minute: int) -> str:
    """09:30; the end of a day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def spans_on(
    day: date,
    *,
    week: Mapping[int, Sequence[Span]],
    special: Mapping[date, Sequence[Span]],
    days: Workdays,
) -> tuple[Span, ...]:
    """When it is open on this day: as said for the day itself, else by week and calendar.

    Statutory days off are closed, weekends within them too. A Saturday or Sunday that is worked
    for one is open by its own hours, or, where it has none, by those of the working week.
    """
    if day in special:
        return tuple(special[day])
    off = day in days.off or (day.year not in days.years and day in days.statutory)
    own = tuple(week.get(day.isoweekday(), ()))
    if day in days.on:
        return own or next((tuple(week[n]) for n in WORKING_WEEK if week.get(n)), ())
    return () if off else own


def moment(day: date, minute: int) -> datetime:
    """That minute of that day; 24:00 is the next midnight."""
    return datetime.combine(day, time.min, SHANGHAI) + timedelta(minutes=minute)


def is_open(spans: Sequence[Span], at: datetime) -> bool:
    """Whether one of the day's spans runs."""
    there = at.astimezone(SHANGHAI)
    minute = 60 * there.hour + there.minute
    return any(first <= minute < last for first, last in spans)


def opens_next(
    at: datetime,
    *,
    week: Mapping[int, Sequence[Span]],
    special: Mapping[date, Sequence[Span]],
    days: Workdays,
    within: int = 60,
) -> datetime | None:
    """The next moment after `at` at which it opens; None where it does not within so many days."""
    first = at.astimezone(SHANGHAI).date()
    for day in (first + timedelta(days=n) for n in range(within)):
        for start, _ in spans_on(day, week=week, special=special, days=days):
            if moment(day, start) > at:
                return moment(day, start)
    return None
