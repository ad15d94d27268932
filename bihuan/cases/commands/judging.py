"""Say of dues that have passed that they have, and warn of those that are near (2.3.2, 2.3.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.db import transaction

from bihuan.cases.deadlines import ORDER
from bihuan.core.actors import SYSTEM, Actor
from bihuan.events import log
from bihuan.events.log import Fact
from bihuan.store import statements

AT_ONCE = 500  # clocks in one transaction
#: Whoever acts in the last second acts in time, though their step may still be on its way.
ON_ITS_WAY = timedelta(seconds=5)
#: Finds, marks and tells of them in one look. Nobody waits: a row that somebody changes, and a
#: case on whose stream somebody writes at this moment, are left to the next look, and no row of
#: a case is touched, which at night would mean to write half of its table into the journal.
_MARK = """
WITH found AS MATERIALIZED (
    SELECT ctid, case_id FROM cases_clock
    WHERE done_at IS NULL AND void_at IS NULL AND late_at IS NULL AND {which}
    ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
), free AS MATERIALIZED (
    SELECT ctid, case_id FROM found WHERE pg_try_advisory_xact_lock(case_id)
)
UPDATE cases_clock AS clock SET {mark}
FROM free JOIN cases_case AS said ON said.id = free.case_id
WHERE clock.ctid = free.ctid
RETURNING clock.case_id, clock.round, clock.milestone, clock.due_at::text, clock.hard,
    clock.promises, said.number, said.owner_id, said.department
"""
_MISSED = _MARK.format(which="due_at < %(at)s", mark="late_at = clock.due_at")
_WARNED = _MARK.format(
    # what ends with a working day is warned of in working hours (2.3.2, X-11)
    which="""hard AND warned_at IS NULL AND due_at >= %(at)s AND due_at < CASE
        WHEN (due_at AT TIME ZONE 'Asia/Shanghai')::time = '00:00' THEN %(evening)s
        ELSE %(until)s END AND due_at < greatest(%(until)s, %(evening)s)""",
    mark="warned_at = %(at)s",
)


class _Marked(NamedTuple):
    """A clock that was news, and what is said of its case; the due as PostgreSQL writes it."""

    case_id: int
    round: int
    milestone: str
    due_at: str
    hard: bool
    promises: list[str]
    number: str
    owner_id: int
    department: str


def judge(
    *,
    within: timedelta,
    evening: timedelta | None = None,
    by: Actor,
    at: datetime,
    most: int = AT_ONCE,
) -> int:
    """Say of all that has passed that it has, and warn of what is due within this time.

    `evening` is how long before midnight a limit of working days is warned of. Returns how many
    were news: each is said once, whoever looks and whenever. A due is said to have passed five
    seconds later.
    """
    news = _until_none_is_left(partial(_miss, by=by, at=at, most=most), most)
    near = {"at": at, "until": at + within, "evening": at + (evening or within), "most": most}
    return news + _until_none_is_left(partial(_warn, near=near, at=at), most)


def _until_none_is_left(say_some: Callable[[], int], most: int) -> int:
    """At midnight more than one transaction's worth may pass, and all within the minute."""
    news = some = say_some()
    while some == most:
        some = say_some()
        news += some
    return news


@transaction.atomic
def _miss(*, by: Actor, at: datetime, most: int) -> int:
    """A soft row turns amber and is no breach."""
    marked = _marked(_MISSED, {"at": at - ON_ITS_WAY, "most": most})
    facts = [
        Fact("clock.missed", one.case_id, _told(one) | {"promises": one.promises}, "2.3.3")
        for one in marked
        if one.hard
    ]
    log.append_all(facts, by=by, at=at)
    return len(marked)


@transaction.atomic
def _warn(*, near: Mapping[str, object], at: datetime) -> int:
    marked = _marked(_WARNED, near)
    facts = [Fact("clock.warned", one.case_id, _told(one), "2.3.2") for one in marked]
    log.append_all(facts, by=SYSTEM, at=at)
    return len(marked)


def _marked(statement: str, values: Mapping[str, object]) -> list[_Marked]:
    """In the order they fell due; PostgreSQL returns them in any."""
    marked = [_Marked(*row) for row in statements.run(statement, values)]
    return sorted(marked, key=lambda one: (one.due_at, ORDER.get(one.milestone, len(ORDER))))


def _told(one: _Marked) -> dict[str, object]:
    return {
        "number": one.number,
        "round": one.round,
        "milestone": one.milestone,
        "due_at": datetime.fromisoformat(one.due_at).isoformat(),
        "owner": one.owner_id,
        "department": one.department,
    }
