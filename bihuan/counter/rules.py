"""When a visit may begin, who is called next and how long that takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from bihuan.core.opening import Span, moment

T = TypeVar("T")

CLAUSE = "6.4"
ORDINARY, PRIORITY = "A", "P"

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


def slots(day: date, spans: Sequence[Span], minutes: int) -> list[datetime]:
    """When an appointment may begin: whole visits only, none across a break."""
    return [
        moment(day, start)
        for first, last in spans
        for start in range(first, last - minutes + 1, minutes)
    ]


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
