"""What is late and still not done climbs the ladder of supervisors, rung by rung (2.3.2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.core.actors import SYSTEM
from bihuan.core.terms import Rung
from bihuan.events import log
from bihuan.events.log import Fact
from bihuan.policy import queries as policy
from bihuan.store import statements

AT_ONCE = 500  # clocks in one transaction
#: As in the sweep, nobody waits for anybody.
_CLIMB = """
WITH found AS MATERIALIZED (
    SELECT ctid, case_id FROM cases_clock
    WHERE hard AND done_at IS NULL AND void_at IS NULL AND late_at IS NOT NULL
        AND rung = ANY(%(below)s::smallint[]) AND due_at < %(before)s
    ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
), free AS MATERIALIZED (
    SELECT ctid, case_id FROM found WHERE pg_try_advisory_xact_lock(case_id)
)
UPDATE cases_clock AS clock SET rung = %(rung)s
FROM free JOIN cases_case AS said ON said.id = free.case_id
WHERE clock.ctid = free.ctid
RETURNING clock.case_id, clock.due_at::text, clock.round, clock.milestone, said.number,
    said.owner_id, said.department,
    (SELECT max(rung) FROM cases_clock AS known WHERE known.case_id = clock.case_id
        AND known.round = clock.round)
"""
_Late = tuple[int, str, int, str, str, int, str, int]


def climb(*, at: datetime, most: int = AT_ONCE) -> int:
    """逐级上报：each round is told of once a rung, with the names of those who are told.

    The highest rung it has reached, where several were passed since the last look. Returns how
    many clocks climbed.
    """
    climbed = 0
    ladder = sorted(policy.current(at).rungs.values(), key=lambda rung: -rung.id)
    for rung in ladder:
        while some := _climb_to(rung, at, most):
            climbed += some
            if some < most:
                break
    return climbed


@transaction.atomic
def _climb_to(rung: Rung, at: datetime, most: int) -> int:
    late: list[_Late] = sorted(
        statements.run(
            _CLIMB,
            {
                "rung": rung.id, "below": list(range(rung.id)), "most": most,
                "before": at - timedelta(hours=rung.hours),
            },
        )
    )  # fmt: skip
    told = _Told(rung)
    new = [row for row in late if row[7] < rung.id]  # the rung was not told of the case before
    facts = [_fact(rung, list(rows), told) for _, rows in groupby(new, key=lambda row: row[0])]
    log.append_all(facts, by=SYSTEM, at=at)
    return len(late)


class _Told:
    """Whom a rung tells, by department; looked up once in a look at the clocks."""

    def __init__(self, rung: Rung) -> None:
        self._rung = rung
        self._known: dict[str, list[int]] = {}

    def of(self, department: str) -> list[int]:
        if department not in self._known:
            self._known[department] = people.ladder(self._rung.whom, department)
        return self._known[department]


def _fact(rung: Rung, rows: Iterable[_Late], told: _Told) -> Fact:
    """The due that passed first stands for the case; the others are named beside it."""
    first, *others = rows
    case_id, due_at, round_, milestone, number, owner, department, _ = first
    data = {
        "number": number,
        "round": round_,
        "rung": rung.id,
        "milestone": milestone,
        "due_at": datetime.fromisoformat(due_at).isoformat(),
        "milestones": [row[3] for row in others],
        "owner": owner,
        "department": department,
        "told": told.of(department),
    }
    return Fact("clock.escalated", case_id, data, rung.clause)
