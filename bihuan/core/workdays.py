"""Is this date a working day; the n-th working day after it (holidays and make-up days)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from types import MappingProxyType
from typing import Literal

Status = Literal["final", "provisional"]

SATURDAY = 5
ONE_DAY = timedelta(days=1)


def _days_after(start: date, counts: Callable[[date], bool]) -> Iterator[date]:
    day = start
    while True:
        day += ONE_DAY
        if counts(day):
            yield day


def _nth(days: Iterator[date], n: int) -> date:
    if n < 1:
        raise ValueError(f"a period has at least one working day, not {n}")
    return next(islice(days, n - 1, None))


@dataclass(frozen=True, slots=True)
class Workdays:
    """China's working days. Dates are local dates of Asia/Shanghai.

    `years` are those whose official arrangement is known; in any other year Monday to Friday
    work except the days that are `statutory` by law, and the answer is provisional, because
    nobody knows yet which days will be exchanged. A year without data is never an error.
    """

    off: frozenset[date]  # 放假: days of a published arrangement that rest
    on: frozenset[date]  # 调休上班: Saturdays and Sundays that work
    years: frozenset[int]
    statutory: frozenset[date] = frozenset()
    names: Mapping[date, str] = field(default_factory=dict, hash=False)  # 2026-02-17: 春节

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", MappingProxyType(dict(self.names)))

    def status(self, day: date) -> Status:
        """Whether what is said of this day can still change."""
        return "final" if day.year in self.years else "provisional"

    def is_workday(self, day: date) -> bool:
        """As the State Council arranged it; as the law lets us expect where it has not yet."""
        if day in self.on:
            return True
        known_off = day in self.off or (day.year not in self.years and day in self.statutory)
        return day.weekday() < SATURDAY and not known_off

    def may_be_workday(self, day: date) -> bool:
        """The cautious reading: in a year without an arrangement all Mon–Fri may work."""
        return self.is_workday(day) or (day.year not in self.years and day.weekday() < SATURDAY)

    def differs(self, other: Workdays, year: int) -> list[date]:
        """The days of this year that work in one of the two and rest in the other."""
        first = date(year, 1, 1)
        days = [first + ONE_DAY * n for n in range((date(year, 12, 31) - first).days + 1)]
        return [day for day in days if self.is_workday(day) != other.is_workday(day)]

    def after(self, start: date) -> Iterator[date]:
        """Every working day after `start`; the day a period starts on is not counted (2.3.1)."""
        return _days_after(start, self.is_workday)

    def add(self, start: date, n: int) -> date:
        """The n-th working day after `start`, n ≥ 1 (ValueError below)."""
        return _nth(self.after(start), n)

    def earliest(self, start: date, n: int) -> date:
        """The first date the n-th working day can be, whatever is still to be announced."""
        return _nth(_days_after(start, self.may_be_workday), n)
