"""The very dues behind a figure of the on-time report, each with its case (UI rule 14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Func, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Concat

from bihuan.accounts import queries as accounts
from bihuan.cases import queries as cases
from bihuan.complaints import lateness, rules
from bihuan.complaints.models import Judged
from bihuan.core import keyset
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound

WHAT = ("due", "kept", "missed", "running")


@dataclass(frozen=True, slots=True)
class Which:
    """Which dues: those of whole days in Shanghai, narrowed; empty means all."""

    first: date
    last: date
    what: str = "due"
    hard: bool = True
    clause: str = ""
    milestone: str = ""
    severity: str = ""
    department: str = ""
    staff: int = -1


@dataclass(frozen=True, slots=True)
class JudgedDue:
    """One of them; `number` and `case_url` are "" for a case out of sight, `late` None: runs on."""

    number: str
    case_url: str
    milestone: str
    due_at: datetime
    clauses: tuple[str, ...]
    severity: str
    department: str
    holder: str
    late: int | None


@dataclass(frozen=True, slots=True)
class Judgements:
    """One keyset page; `cursor` opens the next, empty at the end."""

    dues: list[JudgedDue]
    cursor: str = ""


def judged_rows(by: Actor, which: Which) -> QuerySet[Any]:
    """All of them, the latest due first. NotFound for who may not read reports."""
    if not rules.reads_reports(by):
        raise NotFound()
    if which.what not in WHAT:
        raise Invalid({"what": "not_known"}, allowed=list(WHAT))
    start = cases.figures.midnight(which.first)
    end = cases.figures.midnight(which.last + timedelta(days=1))
    found = Judged.objects.filter(due_at__gt=start, due_at__lte=end, hard=which.hard)
    if which.what != "due":
        found = found.filter(_IS[which.what])
    for name in ("milestone", "severity", "department"):
        if value := getattr(which, name):
            found = found.filter(**{name: value})
    if which.staff >= 0:
        found = found.filter(staff_id=which.staff)
    if which.clause:
        found = found.annotate(padded=Concat(Value(" "), "clauses", Value(" ")))
        found = found.filter(padded__contains=f" {which.clause} ")
    # a cursor holds numbers only, and two steps of a case may be due in one moment
    found = found.annotate(place=Func("milestone", function="hashtext", output_field=_NUMBER))
    return found.order_by("-due_at", "case_id", "round", "place")


_NUMBER: IntegerField[int, int] = IntegerField()


_IS = {
    "kept": Q(step=lateness.KEPT),
    "missed": ~Q(step=lateness.KEPT),
    "running": Q(step=lateness.RUNNING),
}


def judged(by: Actor, which: Which, *, cursor: str = "", limit: int = 40) -> Judgements:
    """One page of them. A cursor that does not read back is Invalid."""
    found = judged_rows(by, which)
    if cursor:
        due, case_id, round, place = keyset.read(cursor, datetime, int, int, int)
        found = found.filter(
            Q(due_at__lt=due)
            | Q(due_at=due, case_id__gt=case_id)
            | Q(due_at=due, case_id=case_id, round__gt=round)
            | Q(due_at=due, case_id=case_id, round=round, place__gt=place)
        )
    page, after = keyset.cut(
        found[: limit + 1], limit, lambda row: (row.due_at, row.case_id, row.round, row.place)
    )
    return Judgements(judged_shown(page, by), after)


def how_many(by: Actor, which: Which) -> int:
    """To the last one, since the figure says how many."""
    return judged_rows(by, which).count()


def judged_shown(page: list[Judged], by: Actor) -> list[JudgedDue]:
    """With their cases and people, each read once."""
    seen = cases.visible(by).in_bulk({row.case_id for row in page})
    names = accounts.staff_names(row.staff_id for row in page)
    return [
        JudgedDue(
            number=seen[row.case_id].number if row.case_id in seen else "",
            case_url=seen[row.case_id].desk_url if row.case_id in seen else "",
            milestone=row.milestone,
            due_at=row.due_at,
            clauses=tuple(row.clauses.split()),
            severity=row.severity,
            department=row.department,
            holder=names.get(row.staff_id, ""),
            late=row.late,
        )
        for row in page
    ]
