"""When a channel is silent, what people are shown of it, and what it is worth: pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

#: What the house makes known of a channel, beside what other rooms know: in rows of this room.
PUBLISHED = ("phone", "wechat", "app")
#: Of these the hours are published here; a counter has its own, a chat says whether it is open.
WITH_HOURS = ("phone", "wechat")
#: The ways in that people are shown, in this order; the handbook strengthens the first two (6.4).
SHOWN = ("chat", "phone", "web", "app", "wechat", "email", "counter")
#: What the handbook states of 2024, in per cent of satisfied users; for comparison only (X-20).
STATED = {"chat": 88, "phone": 86}
SATISFIED = 4  # of five: the mean of all answers to one survey is at least that
BLINK = timedelta(minutes=5)  # the watch looks every 20 s; after so long nobody looked

State = Literal["open", "shut", "unknown", "planned", "down"]
#: What works stands first (6.4).
ORDER: dict[State, int] = {"open": 0, "unknown": 0, "shut": 1, "planned": 2, "down": 3}
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{2,24}[0-9]")
_WEB = re.compile(r"https?://[^\s<>\"']{3,290}")
Span = tuple[datetime, datetime]


def state(*, failing: bool, planned: bool, open_now: bool | None, always: bool) -> State:
    """What people are told. Who is told that it is shut need not hear that it would not work."""
    if planned:
        return "planned"
    if failing:
        return "down"
    if always or open_now:
        return "open"
    return "unknown" if open_now is None else "shut"


def is_silent(failing_since: datetime | None, at: datetime, patience: timedelta) -> bool:
    """Whether staff are to hear of it: not of what is over before anybody could have looked."""
    return failing_since is not None and at - failing_since >= patience


def is_told_again(told_at: datetime | None, at: datetime, pause: timedelta) -> bool:
    """A channel that comes and goes is told of once within the pause."""
    return told_at is None or at - told_at >= pause


def is_phone(text: str) -> bool:
    """Whether it can be dialled: 400-123-4567, 95188, +86 21 5550 0188."""
    return bool(_PHONE.fullmatch(text))


def dialled(text: str) -> str:
    """The same for a tel: link."""
    return re.sub(r"[^+0-9]", "", text)


def is_link(text: str) -> bool:
    """Whether it can be opened, so that its QR code leads somewhere."""
    return bool(_WEB.fullmatch(text))


def is_satisfied(scores: Mapping[str, int]) -> bool:
    """By the mean of the answers, each from one to five."""
    return sum(scores.values()) >= SATISFIED * len(scores) > 0


def quarter_of(day: date) -> date:
    """The first day of the quarter it lies in."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def per_cent(part: int, whole: int) -> float | None:
    """With one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def covered(spans: Iterable[Span], since: datetime, until: datetime) -> timedelta:
    """How long of the period at least one of the spans runs."""
    total, reached = timedelta(), since
    for first, last in sorted(spans):
        first, last = max(first, reached), min(last, until)
        if last > first:
            total += last - first
            reached = last
    return total


def available(
    silent: Sequence[Span], unseen: Sequence[Span], *, since: datetime, until: datetime
) -> float | None:
    """Per cent of the watched time in which it worked; None when nobody watched.

    What nobody watched counts neither way: it is taken out of the whole.
    """
    watched = (until - since) - covered(unseen, since, until)
    if watched <= timedelta():
        return None
    either = covered([*silent, *unseen], since, until) - covered(unseen, since, until)
    return round(100 * (1 - either / watched), 2)
