"""How many dues of a period were kept and how late the others, read from the kept sums (2.3.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bihuan.complaints import lateness, rules
from bihuan.complaints.models import Unreckoned
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound
from bihuan.store import statements
from bihuan.web.counted import MOST, counted

LONGEST = timedelta(days=3 * 366)
_READ = """
SELECT scope, staff_id, milestone, clauses, severity, department, step, sum(n)::int
FROM complaints_ontime JOIN unnest(%s::text[], %s::date[]) AS wanted (grain, day) USING (grain, day)
WHERE hard = %s GROUP BY 1, 2, 3, 4, 5, 6, 7
"""


@dataclass(slots=True)
class Line:
    """Dues that are alike in one respect: how many, by step of lateness."""

    steps: Counter[int] = field(default_factory=Counter)

    @property
    def due(self) -> int:
        return self.steps.total()

    @property
    def kept(self) -> int:
        return self.steps[lateness.KEPT]

    @property
    def missed(self) -> int:
        return self.due - self.kept

    @property
    def running(self) -> int:
        """Missed, and their step is still not done: how late they will be is not known yet."""
        return self.steps[lateness.RUNNING]

    @property
    def rate(self) -> float | None:
        """Per cent kept, None when nothing was due."""
        return round(100 * self.kept / self.due, 1) if self.due else None

    def late(self, share: int) -> int | None:
        """So many per cent of those that have ended late were at most so many minutes late."""
        return lateness.percentile(self.steps, share)


@dataclass(slots=True)
class OnTimeReport:
    """One period, counted in each respect; a due that serves two clauses counts under both."""

    first: date
    last: date
    hard: bool
    total: Line = field(default_factory=Line)
    by: dict[str, dict[str, Line]] = field(default_factory=dict)


GROUPS = ("clause", "milestone", "severity", "department", "staff")


def on_time(by: Actor, first: date, last: date, *, hard: bool = True) -> OnTimeReport:
    """One statement, whatever the size of the house. NotFound for who may not read reports."""
    _reader(by)
    if not timedelta() <= last - first <= LONGEST:
        raise Invalid({"to": "not_valid"})
    found = OnTimeReport(first, last, hard, by={name: {} for name in GROUPS})
    for scope, staff_id, milestone, clauses, severity, department, step, n in _read(
        _wanted(first, last), hard
    ):
        if scope == "k":  # every due stands there once
            found.total.steps[step] += n
        for name, key in {
            "k": [("milestone", milestone), *(("clause", one) for one in clauses.split())],
            "s": [("severity", severity)],
            "d": [("department", department)],
            "p": [("staff", str(staff_id))],
        }[scope]:
            found.by[name].setdefault(key, Line()).steps[step] += n
    for name, lines in found.by.items():  # what corrections have emptied is not there
        found.by[name] = {key: line for key, line in sorted(lines.items()) if line.due}
    return found


def may_read(by: Actor) -> bool:
    """Whether this actor is shown the way to the reports."""
    return rules.reads_reports(by)


def unreckoned(by: Actor, most: int = MOST) -> int:
    """How many cases wait to be counted; 0 most of the time."""
    _reader(by)
    return counted(Unreckoned.objects.all(), most)


def _reader(by: Actor) -> None:
    if not rules.reads_reports(by):
        raise NotFound()


def _read(wanted: Iterable[tuple[str, date]], hard: bool) -> list[Any]:
    grains, days = zip(*wanted, strict=True)
    return statements.run(_READ, [list(grains), list(days), hard])


def _wanted(first: date, last: date) -> list[tuple[str, date]]:
    """Whole months by their sums, the days before and after one by one."""
    found: list[tuple[str, date]] = []
    day = first
    while day <= last:
        after = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        if day.day == 1 and after - timedelta(days=1) <= last:
            found.append(("m", day))
            day = after
        else:
            found.append(("d", day))
            day += timedelta(days=1)
    return found
