"""Open dues are counted anew when an official arrangement reaches them (2.3.1, CALENDAR §5)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.cases import queries, replacing
from bihuan.cases.commands.steps import handbook
from bihuan.cases.models import Case
from bihuan.core.actors import Actor
from bihuan.events import log
from bihuan.policy import commands as calendar
from bihuan.policy import queries as policy
from bihuan.store import statements

AT_ONCE = 25  # cases in one transaction: whoever works on one of them waits as long as it takes


@transaction.atomic
def recount(*, by: Actor, at: datetime, most: int = AT_ONCE) -> int:
    """按放假安排重算：the next open cases that the oldest unfinished arrangement may reach.

    Returns how many were looked at; 0 when all is done. What a case was owed and is owed now
    stands in its log, and its person and handler are told (2.3.2). Whoever is at it already in
    another process leaves nothing to do.
    """
    year = policy.year_to_recount(at)
    if year is None or not statements.run(_ALONE):
        return 0
    cases = queries.running_through(year.year, after=year.recounted_to, most=most)
    moved = sum(_recounted(id, by, at) for id in cases)
    to = cases[-1] if cases else year.recounted_to
    calendar.recounted(id=year.id, to=to, moved=moved, done=len(cases) < most, at=at)
    return len(cases)


@transaction.atomic
def recount_now(
    *, year_id: int, after: int, by: Actor, at: datetime, most: int = AT_ONCE
) -> list[int]:
    """The same for the next open cases after this one, at once; returns them.

    What other processes still file by the calendar they know is left to `recount`.
    """
    year = policy.calendar_year(year_id)
    cases = queries.running_through(year.year, after=after, most=most)
    moved = sum(_recounted(id, by, at) for id in cases)
    calendar.recounted(id=year.id, to=year.recounted_to, moved=moved, done=False, at=at)
    return cases


_ALONE = "SELECT 1 WHERE pg_try_advisory_xact_lock(hashtext('calendar'))"


def _recounted(id: int, by: Actor, at: datetime) -> bool:
    """Whether a due moved. A case that ended in the meantime is left as it is."""
    case = Case.objects.select_for_update().get(id=id)
    if not case.is_open:
        return False
    before = vars(case).copy()
    moved = replacing.replace(case, handbook(case), policy.workdays(), replacing.CALENDAR, at)
    if not moved:
        return False
    statements.update(case, before)
    log.append(
        "clock.rescheduled", stream=case.id, by=by, at=at, clause="2.3.1", number=case.number,
        round=case.round, version=case.version, owner=case.owner_id, department=case.department,
        dues=moved,
    )  # fmt: skip
    return True
