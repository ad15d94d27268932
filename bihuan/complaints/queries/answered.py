"""How the records of missed deadlines stand, by clause, department and person (2.3.3, 2.2.4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from bihuan.cases.queries import figures
from bihuan.complaints import rules
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound
from bihuan.store import statements

LONGEST = timedelta(days=366)
RESPECTS = ("clause", "department", "staff", "cause")
#: Minutes are those of clocks that have ended; what still runs has none yet.
_READ = """
SELECT record.clauses, record.department, record.staff_id, record.cause_code,
    CASE WHEN record.cancelled_at IS NOT NULL THEN 'cancelled'
        WHEN appeal.record_id IS NOT NULL THEN 'appealed'
        WHEN record.signed_at IS NOT NULL THEN 'signed'
        WHEN record.cause <> '' AND record.measure <> '' THEN 'explained' ELSE 'open' END,
    count(*)::int, COALESCE(sum(judged.late), 0)::bigint
FROM complaints_accountability AS record
LEFT JOIN complaints_judged AS judged USING (case_id, round, milestone, due_at)
LEFT JOIN complaints_appeal AS appeal
    ON appeal.record_id = record.id AND appeal.decided_at IS NULL
WHERE record.due_at > %s AND record.due_at <= %s GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(slots=True)
class Answered:
    """Records that are alike in one respect: how many by state, and their minutes late."""

    states: Counter[str] = field(default_factory=Counter)
    minutes: int = 0

    @property
    def total(self) -> int:
        return self.states.total()


@dataclass(slots=True)
class AnsweredReport:
    """One period by the dues; a breach of two clauses counts under both."""

    first: date
    last: date
    total: Answered = field(default_factory=Answered)
    by: dict[str, dict[str, Answered]] = field(default_factory=dict)


def answered(by: Actor, first: date, last: date) -> AnsweredReport:
    """One statement. NotFound for who may not read reports; Invalid for more than a year."""
    if not rules.reads_reports(by):
        raise NotFound()
    if not timedelta() <= last - first <= LONGEST:
        raise Invalid({"to": "not_valid"})
    found = AnsweredReport(first, last, by={name: {} for name in RESPECTS})
    days = [figures.midnight(first), figures.midnight(last + timedelta(days=1))]
    for clauses, department, staff_id, cause, state, n, minutes in statements.run(_READ, days):
        keys = [("department", department), ("staff", str(staff_id)), ("cause", cause)]
        lines = [found.by[name].setdefault(key, Answered()) for name, key in keys]
        lines += [found.by["clause"].setdefault(one, Answered()) for one in clauses.split()]
        for line in (found.total, *lines):
            line.states[state] += n
            line.minutes += minutes
    found.by = {name: dict(sorted(lines.items())) for name, lines in found.by.items()}
    return found
