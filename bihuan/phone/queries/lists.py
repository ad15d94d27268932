"""Calls by list: of today, going on, missed; and the calls that are owed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.db.models import Count, Q, QuerySet

from bihuan.accounts import queries as people
from bihuan.accounts.queries import Shown
from bihuan.cases import queries as cases
from bihuan.cases.queries import Case
from bihuan.core import keyset
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import Invalid, NotFound
from bihuan.phone.models import Attempt, Call, CallBack
from bihuan.phone.queries.rows import masked
from bihuan.phone.rules.facts import LONGEST, UNANSWERED
from bihuan.store import secrets
from bihuan.web.counted import counted

OF_CALLS, OF_BACKS = ("today", "live", "missed", "all"), ("callbacks", "done")
LISTS = (*OF_CALLS, *OF_BACKS)


@dataclass(frozen=True, slots=True)
class Line:
    """A call as lists show it: its number masked, its person, its agent, its case if one may see
    it, and how many cases of the person are open.
    """

    call: Call
    number: str
    person: Shown | None
    agent: str
    case: Case | None
    open_cases: int


@dataclass(frozen=True, slots=True)
class Owed:
    """A call that is owed, with the call it comes from, its owner and what was tried."""

    back: CallBack
    line: Line
    owner: str
    late: bool
    attempts: list[Attempt] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    """One keyset page of a list, and how many stand in those that wait; `cursor` "" at the end."""

    lines: list[Line]
    owed: list[Owed]
    counts: Mapping[str, int]
    cursor: str


def nobody_to_call(since: datetime) -> int:
    """Calls from withheld numbers that nobody answered since then: none of them can be called."""
    rows = Call.objects.filter(direction="in", outcome__in=UNANSWERED, started_at__gte=since)
    return rows.filter(number_index=None, person_id=0, case_id=0).count()


def board(by: Actor, at: datetime, *, show: str, cursor: str = "", limit: int = 40) -> Page:
    """One list. NotFound for outsiders, Invalid for a list or a cursor that there is not."""
    if not by.is_staff:
        raise NotFound()
    if show not in LISTS:
        raise Invalid({"list": "not_known"}, allowed=list(LISTS))
    counts = {
        "live": counted(_going_on(at)),
        "callbacks": counted(CallBack.objects.filter(outcome="")),
    }
    if show in OF_BACKS:
        backs, more = keyset.cut(
            _backs(show, cursor)[: limit + 1], limit, lambda b: (b.due_at, b.id)
        )
        return Page([], owed(backs, by, at), counts, more)
    found, more = keyset.cut(
        _calls(show, at, cursor)[: limit + 1], limit, lambda call: (call.started_at, call.id)
    )
    return Page(lines(found, by), [], counts, more)


def _calls(show: str, at: datetime, cursor: str) -> QuerySet[Call]:
    rows = Call.objects.order_by("-started_at", "-id")
    if cursor:
        since, id = keyset.read(cursor, datetime, int)
        rows = rows.filter(Q(started_at__lt=since) | Q(started_at=since, id__lt=id))
    match show:
        case "today":
            return rows.filter(started_at__gte=midnight(at))
        case "live":
            return rows.filter(ended_at=None, started_at__gt=at - LONGEST)
        case "missed":
            return rows.filter(direction="in", outcome__in=UNANSWERED)
    return rows


def _backs(show: str, cursor: str) -> QuerySet[CallBack]:
    """Those owed by their due, the latest first; those done, the newest first."""
    if show == "done":
        rows = CallBack.objects.exclude(outcome="").order_by("-due_at", "-id")
        if cursor:
            due, id = keyset.read(cursor, datetime, int)
            rows = rows.filter(Q(due_at__lt=due) | Q(due_at=due, id__lt=id))
        return rows
    rows = CallBack.objects.filter(outcome="").order_by("due_at", "id")
    if cursor:
        due, id = keyset.read(cursor, datetime, int)
        rows = rows.filter(Q(due_at__gt=due) | Q(due_at=due, id__gt=id))
    return rows


def _going_on(at: datetime) -> QuerySet[Call]:
    return Call.objects.filter(ended_at=None, started_at__gt=at - LONGEST)


def midnight(at: datetime) -> datetime:
    """When the day began in Shanghai."""
    return datetime.combine(at.astimezone(SHANGHAI).date(), time(), SHANGHAI)


def lines(calls: Sequence[Call], by: Actor) -> list[Line]:
    """These with everything beside them, in five queries, however many there are."""
    persons = {call.person_id for call in calls if call.person_id}
    secrets.load(persons)
    known = people.shown(persons, by)
    names = people.staff_names(call.agent_id for call in calls)
    linked = cases.visible(by).filter(id__in={call.case_id for call in calls if call.case_id})
    by_id: dict[int, Any] = {case.id: case for case in linked}
    open_ = open_cases(persons, by)
    return [
        Line(
            call=call,
            number=masked(call),
            person=known.get(call.person_id),
            agent=names.get(call.agent_id, ""),
            case=by_id.get(call.case_id),
            open_cases=open_.get(call.person_id, 0),
        )
        for call in calls
    ]


def open_cases(persons: Collection[int], by: Actor) -> dict[int, int]:
    """How many cases of each of these are open, of those this actor may see."""
    if not persons:
        return {}
    rows = cases.visible(by).filter(person_id__in=persons, state__in=cases.OPEN)
    counts = rows.order_by().values("person_id").annotate(n=Count("id"))
    return {row["person_id"]: row["n"] for row in counts}


def owed(backs: Sequence[CallBack], by: Actor, at: datetime) -> list[Owed]:
    """These with their calls, owners and attempts, in eight queries."""
    calls = list(Call.objects.filter(id__in={back.call_id for back in backs}))
    known = {line.call.id: line for line in lines(calls, by)}
    owners = people.staff_names(back.owner_id for back in backs)
    tried: dict[int, list[Attempt]] = {}
    for one in Attempt.objects.filter(back_id__in=[back.id for back in backs]).order_by("id"):
        tried.setdefault(one.back_id, []).append(one)
    return [
        Owed(
            back=back,
            line=known[back.call_id],
            owner=owners.get(back.owner_id, ""),
            late=not back.outcome and back.due_at < at,
            attempts=tried.get(back.id, []),
        )
        for back in backs
        if back.call_id in known
    ]


def backs_late(by: Actor, *, at: datetime, most: int) -> int:
    """How many calls that this member of staff owes are due by now, `most` at most."""
    mine = CallBack.objects.filter(outcome="", owner_id=by.id, due_at__lt=at)
    return mine[:most].count() if by.is_staff else 0


def open_back(call_id: int) -> CallBack | None:
    """What is owed after this call."""
    return CallBack.objects.filter(call_id=call_id, outcome="").first()


def back_of(call: Call) -> CallBack | None:
    """The call that is owed after this one, or last was: its own, or that of its case."""
    about = Q(call_id=call.id) | (Q(case_id=call.case_id) if call.case_id else Q())
    rows = CallBack.objects.filter(about).order_by("-made_at", "-id")
    return rows.filter(outcome="").first() or rows.first()


def owed_on_case(case_id: int) -> bool:
    """Whether somebody owes a call on this case already."""
    return CallBack.objects.filter(case_id=case_id, outcome="").exists()


def back(id: int, by: Actor, at: datetime) -> Owed:
    """One call that is owed, or was. NotFound for outsiders, and when there is none."""
    rows = list(CallBack.objects.filter(id=id)) if by.is_staff else []
    for found in owed(rows, by, at):
        return found
    raise NotFound()
