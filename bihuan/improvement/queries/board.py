"""Feedback as the board shows it: its level with the why, owner, planned day, answered or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from django.db.models import Exists, OuterRef, QuerySet

from bihuan.accounts import queries as people
from bihuan.cases import queries as cases
from bihuan.core.actors import Actor
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import Invalid, NotFound
from bihuan.core.scales import Level, Rung, Scale
from bihuan.improvement.models import FeedbackTriage
from bihuan.improvement.queries.rows import number as default
from bihuan.improvement.rules import feedback as rules
from bihuan.policy import loader
from bihuan.policy import queries as policy
from bihuan.web.counted import MOST, said, within

LISTS = ("open", "new", "urgent", "important", "general", "late", "unanswered", "ended")


class Case(Protocol):
    """What is read of a case beside its judgement."""

    id: Any
    number: Any
    subject: Any
    kind: Any
    issue: Any
    severity: Any
    priority: Any
    owner_id: Any
    department: Any
    received_at: Any
    next_due_at: Any

    @property
    def is_open(self) -> bool: ...
    @property
    def desk_url(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Planned:
    """When it is to be done; `state` is planned, late, done or unplanned."""

    state: str
    due_on: date | None
    owed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement and who made it."""

    row: FeedbackTriage
    by: str


@dataclass(frozen=True, slots=True)
class Row:
    """A piece of feedback on the board; `people` raised the same issue lately."""

    case: Case
    judged: FeedbackTriage | None
    owner: str
    plan: Planned
    answered: bool


@dataclass(frozen=True, slots=True)
class Board:
    """One page of a list, and how many stand in each."""

    rows: list[Row]
    counts: Mapping[str, int]
    cursor: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The scales in force, and what the facts of a case say about each."""

    scales: Mapping[str, Scale]
    levels: Mapping[str, Level]
    suggested: Mapping[str, Rung]
    severity: str
    priority: str
    people: int
    days: int


def scaled(at: datetime) -> Handbook:
    """The text in force; one from before the scales were thought of has those of the house."""
    book = policy.current(at)
    return book if book.scales else loader.load_current()


def facts(case: Case, by: Actor, at: datetime) -> Facts:
    """What speaks for which rung: how severe, how pressing, how many people said the same."""
    book, days = scaled(at), default("feedback_reach", at)
    # what no cue word leads to is everything else: two of those are not about the same
    specific = case.issue in book.issues and bool(book.issues[case.issue].cues)
    found = cases.raised_by(by, [case.issue], at - timedelta(days=days)) if specific else {}
    told = max(found.get(case.issue, 1), 1)
    rungs = rules.suggestion(book, severity=case.severity, priority=case.priority, people=told)
    return Facts(book.scales, book.levels, rungs, case.severity, case.priority, told, days)


def triaged(number: str, by: Actor, at: datetime) -> tuple[Row, Facts]:
    """That case with its judgement and facts; NotFound when there is none for this actor."""
    if not by.is_staff:
        raise NotFound()
    case = cases.get(number, by)
    return _rows([case], at)[0], facts(case, by, at)


def history(case_id: int) -> list[Judged]:
    """Every judgement of this case, the last first."""
    rows = list(FeedbackTriage.objects.filter(case_id=case_id).order_by("-id"))
    names = people.staff_names(row.by_id for row in rows)
    return [Judged(row, names.get(row.by_id, "")) for row in rows]


def locked_triage(case_id: int) -> FeedbackTriage | None:
    """The judgement that holds, kept until the transaction ends. For commands."""
    return FeedbackTriage.objects.select_for_update().filter(case_id=case_id, current=True).first()


def board(
    by: Actor, at: datetime, *, show: str = "open", cursor: str = "", limit: int = 40
) -> Board:
    """One list of the board; NotFound for outsiders, Invalid for a list that there is not."""
    if not by.is_staff:
        raise NotFound()
    if show not in LISTS:
        raise Invalid({"show": "not_known"}, allowed=list(LISTS))
    rows = _listed(show, by, at)
    turn = cases.newest if show == "ended" else cases.in_order
    page = turn(rows, cursor=cursor, limit=limit)
    return Board(_rows(page.cases, at), _counts(by, at), page.cursor)


def unjudged(by: Actor, at: datetime, most: int = MOST) -> list[Any]:
    """The feedback that nobody has judged yet, the newest first."""
    if not by.is_staff:
        raise NotFound()
    return list(_listed("new", by, at).order_by("-received_at", "-id")[:most])


def _listed(show: str, by: Actor, at: datetime) -> QuerySet[Any]:
    judged = FeedbackTriage.objects.filter(case_id=OuterRef("id"), current=True)
    rows = cases.feedback(by, also=Exists(judged), ended=show == "ended")
    match show:
        case "new":
            return rows.exclude(Exists(judged))
        case "urgent" | "important" | "general":
            return rows.filter(Exists(judged.filter(level=show)))
        case "late":
            return cases.late_plans(rows, at)
        case "unanswered":
            return cases.unanswered(rows)
    return rows


def _counts(by: Actor, at: datetime) -> dict[str, int]:
    """All in one statement, each no further than a page says it."""
    lists = {show: _listed(show, by, at).order_by("id") for show in LISTS if show != "ended"}
    asked = {show: within(rows, MOST) for show, rows in lists.items()}
    found = cases.visible(by).order_by("id").values(**asked).first() or dict.fromkeys(asked, 0)
    return {show: said(number, MOST) for show, number in found.items()}


def _rows(found: Sequence[Case], at: datetime) -> list[Row]:
    """These with everything beside them, in five queries, however many there are."""
    ids = [case.id for case in found]
    judged = {t.case_id: t for t in FeedbackTriage.objects.filter(case_id__in=ids, current=True)}
    owners = people.staff_names(case.owner_id for case in found)
    plans, last = cases.plans(ids), cases.last_words(ids)
    return [
        Row(
            case=case,
            judged=judged.get(case.id),
            owner=owners.get(case.owner_id, ""),
            plan=_plan(case, plans.get(case.id), at),
            answered=case.id in last and last[case.id].voice == "agent",
        )
        for case in found
    ]


def _plan(case: Case, measure: Any, at: datetime) -> Planned:
    owed = case.next_due_at if case.is_open else None
    due_on, done = (measure.due_on, measure.done_at is not None) if measure else (None, False)
    return Planned(rules.plan_state(due_on=due_on, done=done, owed_at=owed, at=at), due_on, owed)
