"""When a service point is open, who is called next and how long that takes.

Minutes are counted from midnight in Shanghai; a span is open at its start and shut at its end.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from bihuan.core.clocks import SHANGHAI
from bihuan.core.workdays import Workdays

T = TypeVar("T")
Span = tuple[int, int]

CLAUSE = "6.4"
ORDINARY, PRIORITY = "A", "P"
MIDNIGHT = 24 * 60
WEEK = (1, 2, 3, 4, 5, 6, 7)
WORKING_WEEK = WEEK[:5]
_SPAN = re.compile(r"(\d{1,2}):([0-5]\d)\s*[-–—~]\s*(\d{1,2}):([0-5]\d)")
_BETWEEN = re.compile(r"[,，、;；\s]*")

#: action: the states of a visit it may be taken in, and the state it leads to
STEPS: dict[str, tuple[frozenset[str], str]] = {
    "call":     (frozenset({"waiting"}),                                     "called"),
    "recall":   (frozenset({"called"}),                                      "called"),
    "serve":    (frozenset({"called"}),                                      "serving"),
    "transfer": (frozenset({"called", "serving"}),                           "waiting"),
    "no_show":  (frozenset({"called"}),                                      "no_show"),
    "finish":   (frozenset({"called", "serving"}),                           "done"),
    "drop":     (frozenset({"waiting"}),                                     "left"),
    "put_back": (frozenset({"called", "serving", "no_show", "done", "left"}), "waiting"),
}  # fmt: skip
#: What ends a visit may be said on a later day, when nobody thought of it.
ENDS = frozenset({"no_show", "finish", "drop"})
AT_A_WINDOW = ("called", "serving")


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


def slots(day: date, spans: Sequence[Span], minutes: int) -> list[datetime]:
    """When an appointment may begin: whole visits only, none across a break."""
    return [
        moment(day, start)
        for first, last in spans
        for start in range(first, last - minutes + 1, minutes)
    ]


def is_open(spans: Sequence[Span], at: datetime) -> bool:
    """Whether one of the day's spans runs."""
    there = at.astimezone(SHANGHAI)
    minute = 60 * there.hour + there.minute
    return any(first <= minute < last for first, last in spans)


def number(lane: str, ordinal: int) -> str:
    """A001; a day has more than 999 only in theory, and then the number grows."""
    return f"{lane}{ordinal:03}"


def in_order(
    priority: Sequence[T], ordinary: Sequence[T], *, called_in_a_row: int, most_in_a_row: int
) -> list[T]:
    """Everybody who waits, in the order of calling.

    The priority lane goes first, but after `most_in_a_row` of it one of the ordinary lane, so
    that nobody waits for ever. Within a lane whoever came first is called first.
    """
    first, second = list(reversed(priority)), list(reversed(ordinary))
    order: list[T] = []
    row = called_in_a_row
    while first or second:
        takes_ordinary = bool(second) and (not first or row >= most_in_a_row)
        order.append(second.pop() if takes_ordinary else first.pop())
        row = 0 if takes_ordinary else row + 1
    return order


def expected_wait(*, ahead: int, busy: int, windows: int, minutes: int) -> int:
    """Minutes until somebody with so many ahead is called, rounded up to five; 0 is now.

    `busy` windows serve somebody, each for `minutes` on average; one that is free calls at once.
    """
    rounds = max(0, ahead + busy + 1 - max(windows, 1))
    waited = -(-rounds * minutes // max(windows, 1))
    return -(-waited // 5) * 5


def typical(lengths: Sequence[timedelta], otherwise: int) -> int:
    """The median of the last visits in whole minutes, at least 1; `otherwise` for too few."""
    if len(lengths) < 3:
        return otherwise
    middle = sorted(lengths)[len(lengths) // 2]
    return max(1, round(middle.total_seconds() / 60))
