"""When a promise falls due, and whether the facts kept it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from bihuan.core.handbook import Limit, Promise
from bihuan.core.workdays import ONE_DAY, Status, Workdays

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEVER = datetime.max.replace(tzinfo=UTC)
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")

# HOUSE §6b: the order in which a case reaches its milestones
MILESTONES = (
    "complaint.accepted",
    "aftersales.problem_confirmed",
    "case.first_response",
    "case.initial_solution_sent",
    "complaint.initial_review_done",
    "complaint.preliminary_done",
    "complaint.preliminary_result_sent",
    "incident.repaired",
    "case.handling_done",
    "complaint.final_feedback_sent",
    "case.result_notice_sent",
)
RANK = {milestone: rank for rank, milestone in enumerate(MILESTONES)}
FIRST_THAT_PRESSES = RANK["complaint.initial_review_done"]
KEEPS_ITS_OWN = "complaint.final_feedback_sent"  # so that 2.3.1 runs beside 1.4

Kind = Literal[
    "received", "counted", "make_up", "provisional", "weekend", "holiday", "held", "running"
]


@dataclass(frozen=True, slots=True)
class Hold:
    """A break in the calendar, from `start` up to but not including `end`; None: still on.

    Hours stand still for the length of the break. A working day the break touches, wholly or
    in part, is not counted. While a hold is open, a clock it reaches is due NEVER; for the due
    as things stand, give `hold.as_of(at)`. The unheld due is `due()` without holds.
    """

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        _aware(self.start)
        if self.end is not None and _aware(self.end) < self.start:
            raise ValueError(f"a hold cannot end ({self.end}) before it starts ({self.start})")

    def as_of(self, at: datetime) -> Hold:
        """This hold as if it ended at `at`; a hold that has ended is left as it is."""
        return self if self.end is not None else Hold(self.start, max(self.start, at))

    def touches(self, day: date) -> bool:
        """Whether any moment of this Shanghai day is held."""
        opens = datetime.combine(day, time.min, SHANGHAI)
        if self.end is not None and (self.end <= opens or self.end == self.start):
            return False
        return self.start < datetime.combine(day + ONE_DAY, time.min, SHANGHAI)


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day between start and due: its number if it counts, and why it does or does not."""

    day: date
    kind: Kind
    number: int | None
    note: str  # 收到当日不计, 周六, 春节, 调休上班 …


class Due(NamedTuple):
    """When a limit ends, in UTC; `earliest` is the first moment a provisional one may end."""

    at: datetime
    status: Status
    earliest: datetime
    counted: tuple[CountedDay, ...]


class Deadline(NamedTuple):
    """One promise of the handbook, counted from a real moment. Times are UTC."""

    promise: Promise
    started_at: datetime
    due_at: datetime
    effective_due_at: datetime
    hard: bool
    status: Status
    counted: tuple[CountedDay, ...]
    earliest_at: datetime


class ClockRow(NamedTuple):
    """The promises that meet in one milestone at one moment: one row, one breach."""

    milestone: str
    started_at: datetime
    due_at: datetime
    effective_due_at: datetime
    hard: bool
    promises: tuple[str, ...]
    status: Status
    earliest_at: datetime


def due(limit: Limit, start: datetime, days: Workdays, holds: Sequence[Hold] = ()) -> Due:
    """Minutes and hours run from the moment itself; working days end with their last day.

    The day of `start` is not counted (民法典 201); the last working day ends at 24:00 in
    Shanghai, which is 00:00 of the next day. ValueError if `start` has no time zone.
    """
    _aware(start)
    if limit.unit != "workdays":
        return _due_by_the_hour(timedelta(**{limit.unit: limit.amount}), start, holds)
    received = start.astimezone(SHANGHAI).date()
    if not holds:
        return counted_out(days, received, limit.amount)
    return _due_around_holds(days, received, limit.amount, tuple(holds))


def receipt(at: datetime) -> dict[str, datetime]:
    """What starts at the moment of receipt: three names for one instant (1.4, 2.2.3, 7.2)."""
    return dict.fromkeys(("request.submitted", "complaint.received", "feedback.received"), at)


def deadlines(
    promises: Iterable[Promise],
    starts: Mapping[str, datetime],
    days: Workdays,
    holds: Sequence[Hold] = (),
) -> tuple[Deadline, ...]:
    """One deadline for each promise whose start is known, in the order of the promises.

    A promise that an act proves by itself is left out (2.2.1: registered at once).
    """
    ends = [
        (p, start, due(p.limit, start, days, holds))
        for p in promises
        if not p.proved_by and (start := starts.get(p.start)) is not None
    ]
    pressing = _pressing((p.until, end.at) for p, _, end in ends if p.hard)
    return tuple(
        Deadline(
            p, start.astimezone(UTC), end.at, min(end.at, pressing.get(p.until, NEVER)),
            p.hard, end.status, end.counted, end.earliest,
        )
        for p, start, end in ends
    )  # fmt: skip


def _pressing(hard: Iterable[tuple[str, datetime]]) -> dict[str, datetime]:
    """For each milestone the least of the hard dues of later ones (HOUSE §6b)."""
    firsts = [NEVER] * len(MILESTONES)
    for milestone, due_at in hard:
        if milestone in RANK:
            firsts[RANK[milestone]] = min(firsts[RANK[milestone]], due_at)
    return {
        milestone: min(firsts[max(rank + 1, FIRST_THAT_PRESSES) :], default=NEVER)
        for milestone, rank in RANK.items()
        if milestone != KEEPS_ITS_OWN
    }


def rows(among: Iterable[Deadline]) -> tuple[ClockRow, ...]:
    """Promises with the same milestone and due become one row, in the order of milestones."""
    groups: dict[tuple[str, datetime], list[Deadline]] = {}
    for deadline in among:
        groups.setdefault((deadline.promise.until, deadline.due_at), []).append(deadline)
    made = (
        ClockRow(
            milestone=milestone,
            started_at=min(d.started_at for d in group),
            due_at=due_at,
            effective_due_at=min(d.effective_due_at for d in group),
            hard=any(d.hard for d in group),
            promises=tuple(d.promise.id for d in group),
            status="final" if all(d.status == "final" for d in group) else "provisional",
            earliest_at=min(d.earliest_at for d in group),
        )
        for (milestone, due_at), group in groups.items()
    )
    return tuple(sorted(made, key=lambda row: (RANK.get(row.milestone, len(RANK)), row.due_at)))


def explain(deadline: Deadline) -> tuple[CountedDay, ...]:
    """Every day from receipt to due, and why it counts or does not."""
    return deadline.counted


def is_late(*, due_at: datetime, done_at: datetime | None, at: datetime) -> bool:
    """Judged by what happened, never by when somebody looked."""
    return (done_at or at) > due_at


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"{moment} has no time zone, so nobody knows which day it is")
    return moment


def _end_of(day: date) -> datetime:
    """24:00 in Shanghai."""
    return datetime.combine(day + ONE_DAY, time.min, SHANGHAI).astimezone(UTC)


def _due_by_the_hour(length: timedelta, start: datetime, holds: Sequence[Hold]) -> Due:
    at, left = start.astimezone(UTC), length
    for hold in sorted(holds, key=lambda h: h.start):
        ran = max(hold.start - at, timedelta())
        if ran >= left:
            break
        if hold.end is None:
            return Due(NEVER, "provisional", NEVER, ())
        if hold.end > at:
            at, left = hold.end.astimezone(UTC), left - ran
    at += left
    return Due(at, "final", at, _days_running(start, at, holds))


def _days_running(start: datetime, end: datetime, holds: Sequence[Hold]) -> tuple[CountedDay, ...]:
    first, last = start.astimezone(SHANGHAI).date(), end.astimezone(SHANGHAI).date()
    return tuple(
        CountedDay(one.day, "held", None, "暂停计时")
        if any(h.touches(one.day) for h in holds)
        else one
        for one in _all_running(first, last)
    )


@lru_cache(maxsize=4096)
def _all_running(first: date, last: date) -> tuple[CountedDay, ...]:
    length = (last - first).days + 1
    return tuple(
        CountedDay(first + ONE_DAY * n, "running", None, "连续计时") for n in range(length)
    )


@lru_cache(maxsize=4096)  # a day's receipts share a handful of answers
def counted_out(days: Workdays, received: date, amount: int) -> Due:
    """The end of so many working days after the day of receipt."""
    return _due_around_holds(days, received, amount, ())


def _due_around_holds(days: Workdays, received: date, amount: int, holds: tuple[Hold, ...]) -> Due:
    if amount < 1:
        raise ValueError(f"a period has at least one working day, not {amount}")
    counted = [CountedDay(received, "received", None, "收到当日不计")]
    day, number = received, 0
    while number < amount:
        day += ONE_DAY
        held = [h for h in holds if h.touches(day)]
        if any(h.end is None for h in held):
            return Due(NEVER, "provisional", NEVER, tuple(counted))
        works = days.is_workday(day) and not held
        number += works
        counted.append(_told(days, day, number if works else None, bool(held)))
    status: Status = (
        "final" if all(days.status(c.day) == "final" for c in counted[1:]) else "provisional"
    )
    return Due(
        _end_of(day), status, _end_of(_earliest(days, received, amount, holds)), tuple(counted)
    )


def _earliest(days: Workdays, received: date, amount: int, holds: tuple[Hold, ...]) -> date:
    day = received
    while amount:
        day += ONE_DAY
        amount -= days.may_be_workday(day) and not any(h.touches(day) for h in holds)
    return day


def _told(days: Workdays, day: date, number: int | None, held: bool) -> CountedDay:
    weekday = WEEKDAYS[day.weekday()]
    name = days.names.get(day, "")
    if held:
        return CountedDay(day, "held", None, "暂停计时")
    if number is not None:
        if day in days.on:
            return CountedDay(day, "make_up", number, f"{weekday}，调休上班")
        if days.status(day) == "provisional":
            return CountedDay(day, "provisional", number, f"{weekday}，放假安排待公布")
        return CountedDay(day, "counted", number, weekday)
    if day in days.off or day in days.statutory:
        return CountedDay(day, "holiday", None, name or "放假")
    return CountedDay(day, "weekend", None, weekday)
