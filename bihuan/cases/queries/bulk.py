"""Runs over many cases: what they are to take, how far they have come, what failed and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import Count, Q

from bihuan.cases.models import BulkItem, BulkRun, Case
from bihuan.cases.queries.lists import Filters, whole
from bihuan.cases.queries.rows import visible
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import NotFound
from bihuan.store import secrets
from bihuan.store.statements import Kept

TABLE, COLUMN = "cases_bulkrun", "sealed"
_SOME_RUN, _SOME_CASE = -11, -12  # exchanged in the kept query
MOST_CASES = 1000  # of one run
STOPPED = "stopped"  # why a case was not taken: the run was stopped before it
_SHOWN_FOR = timedelta(minutes=1)  # a run that ended well is told of on every page so long
_TOLD_FOR = timedelta(minutes=10)  # one with failures so long


@dataclass(frozen=True, slots=True)
class Chosen:
    """One case somebody has chosen, as they saw it."""

    case_id: int
    number: str
    version: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """A run as its orderer sees it."""

    id: int
    action: str
    raw: Mapping[str, Any]
    state: str
    total: int
    done: int
    refused: int
    ordered_at: datetime
    due_at: datetime
    ended_at: datetime | None
    undoes: int
    staff_id: int
    stopped: int = 0  # of those refused: left, since somebody stopped the run

    @property
    def waiting(self) -> int:
        return self.total - self.done - self.refused


def facts_of(case: Case) -> dict[str, Any]:
    """What a run may change of a case, and so must be able to give back."""
    return {
        "owner": case.owner_id,
        "department": case.department,
        "priority": case.priority,
    }


def chosen(given: Mapping[str, int], by: Actor) -> list[Chosen]:
    """These cases by number, in the order of the inbox, each with the version that was seen.

    0: as it is now. Unknown and forbidden numbers are not among them.
    """
    if not given:
        return []
    rows = visible(by).filter(number__in=list(given)[:MOST_CASES])
    return [_chosen(case, given[case.number]) for case in rows.order_by("rank", "sort_due_at")]


def chosen_of_view(
    by: Actor, *, view: str, filters: Filters, at: datetime, most: int = MOST_CASES
) -> list[Chosen]:
    """All the cases of a list, as they are now, in its order; `most` at most."""
    found = whole(by, view=view, filters=filters, at=at)
    return [_chosen(case, case.version) for case in found[:most]]


def _chosen(case: Case, version: int) -> Chosen:
    return Chosen(case.id, case.number, version or case.version, facts_of(case))


def runs_due(at: datetime) -> list[int]:
    """Ids of runs that are to be begun, or gone on with, the oldest first."""
    rows = BulkRun.objects.filter(state__in=["held", "running"], due_at__lte=at)
    return list(rows.order_by("due_at").values_list("id", flat=True)[:50])


def items_waiting(run_id: int, most: int) -> list[int]:
    """The cases of a run that are still to be taken, in their order."""
    rows = BulkItem.objects.filter(run_id=run_id, state="waiting").order_by("place")
    return list(rows.values_list("case_id", flat=True)[:most])


def locked_item(run_id: int, case_id: int) -> BulkItem | None:
    """That case of a run while it waits, held until the transaction ends; None if it does not.

    None too when somebody else holds it. For commands.
    """
    for item in _locking().rows({_SOME_RUN: run_id, _SOME_CASE: case_id}):
        return item
    return None


@cache
def _locking() -> Kept[BulkItem]:
    """A thousand times in a run: the SQL is made once."""
    rows = BulkItem.objects.select_for_update(skip_locked=True)
    return Kept(rows.filter(run_id=_SOME_RUN, case_id=_SOME_CASE, state="waiting"))


def bulk_run(run_id: int, by: Actor) -> Run:
    """One's own run; a supervisor sees that others have one, so as to stop it."""
    row = BulkRun.objects.filter(_theirs(by), id=run_id).first()
    if row is None:
        raise NotFound()
    return _counted([row])[0]


def locked_run(run_id: int, by: Actor) -> BulkRun:
    """The same, held until the transaction ends. For commands."""
    row = BulkRun.objects.select_for_update().filter(_theirs(by), id=run_id).first()
    if row is None:
        raise NotFound()
    return row


def _theirs(by: Actor) -> Q:
    if not by.is_staff or not by.id:
        return Q(pk__in=[])
    return Q() if Role.SUPERVISOR in by.roles else Q(staff_id=by.id)


def bulk_running(by: Actor) -> list[Run]:
    """Others' runs that are on their way, for whoever may stop them; the newest first."""
    if Role.SUPERVISOR not in by.roles:
        return []
    rows = BulkRun.objects.filter(state="running").exclude(staff_id=by.id)
    return _counted(list(rows.order_by("-ordered_at")[:30]))


def bulk_runs(by: Actor, most: int = 30) -> list[Run]:
    """One's own runs, the newest first."""
    if not by.is_staff or not by.id:
        return []
    rows = BulkRun.objects.filter(staff_id=by.id).order_by("-ordered_at")
    return _counted(list(rows[:most]))


def bulk_news(by: Actor, at: datetime) -> list[Run]:
    """Runs that wait, are on their way, or have just ended: for every page of the desk."""
    rows = BulkRun.objects.filter(staff_id=by.id, ordered_at__gt=at - timedelta(hours=1))
    found = list(rows.exclude(state="taken_back").order_by("-ordered_at")[:3])
    return [run for run in _counted(found) if _is_news(run, at)] if found else []


def _is_news(run: Run, at: datetime) -> bool:
    return not run.ended_at or at - run.ended_at < (_TOLD_FOR if run.refused else _SHOWN_FOR)


def _counted(rows: Sequence[BulkRun]) -> list[Run]:
    """With how far each has come: one query for all."""
    found = BulkItem.objects.filter(run_id__in=[row.id for row in rows]).values("run_id")
    counts = found.annotate(
        done=Count("case_id", filter=Q(state="done")),
        refused=Count("case_id", filter=Q(state="refused")),
        stopped=Count("case_id", filter=Q(state="refused", why=STOPPED)),
    )
    known = {one["run_id"]: (one["done"], one["refused"], one["stopped"]) for one in counts}
    return [_run(row, *known.get(row.id, (0, 0, 0))) for row in rows]


def _run(row: BulkRun, done: int, refused: int, stopped: int) -> Run:
    return Run(
        id=row.id, action=row.action, raw=fields_of(row), state=row.state, total=row.total,
        done=done, refused=refused, ordered_at=row.ordered_at,
        due_at=row.due_at, ended_at=row.ended_at, undoes=row.undoes, staff_id=row.staff_id,
        stopped=stopped,
    )  # fmt: skip


def fields_of(row: BulkRun) -> dict[str, Any]:
    """The fields of its step as they were filled in."""
    found: dict[str, Any] = json.loads(
        secrets.open_for_house(TABLE, COLUMN, row.id, bytes(row.sealed))
    )
    return found


def undone_by(run_id: int) -> int:
    """The run that gives this one back; 0 when there is none."""
    rows = BulkRun.objects.filter(undoes=run_id)
    return rows.values_list("id", flat=True).first() or 0


def refused_of(run_id: int, by: Actor) -> list[tuple[str, str, str]]:
    """Number, subject and why of each case that was not taken; no subject where it is hidden now.

    Two queries, for any number.
    """
    rows = list(BulkItem.objects.filter(run_id=run_id, state="refused").order_by("place"))
    seen = visible(by).filter(id__in=[row.case_id for row in rows])
    subjects = dict(seen.values_list("id", "subject"))
    return [(row.number, subjects.get(row.case_id, ""), row.why) for row in rows]


def outcomes(run_ids: Iterable[int]) -> dict[tuple[int, int], tuple[str, str]]:
    """By run and case: how it went so far and why not; taken_back where the whole run was."""
    wanted = list(run_ids)
    back = set(
        BulkRun.objects.filter(id__in=wanted, state="taken_back").values_list("id", flat=True)
    )
    rows = BulkItem.objects.filter(run_id__in=wanted)
    return {
        (row.run_id, row.case_id): ("taken_back" if row.run_id in back else row.state, row.why)
        for row in rows
    }


def runs_too_old(at: datetime, days: int = 30) -> list[int]:
    """Ids of runs nobody asks about any more: their words go."""
    rows = BulkRun.objects.filter(ordered_at__lt=at - timedelta(days=days))
    return list(rows.values_list("id", flat=True)[:20])
