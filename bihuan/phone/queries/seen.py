"""One call as its page and its card show it, and the calls that reach somebody now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q

from bihuan.accounts import queries as people
from bihuan.cases import queries as cases
from bihuan.core.actors import Actor
from bihuan.phone.models import Call, Extension
from bihuan.phone.queries.lists import Line, Owed, back_of, lines, owed
from bihuan.phone.queries.rows import call as one_call
from bihuan.phone.queries.rows import notes_of, standing
from bihuan.phone.rules.facts import LONGEST

CARDS = 3  # beside a page
LATELY = 5  # earlier calls of the same caller
THEIRS = 8  # open cases of the caller


@dataclass(frozen=True, slots=True)
class Written:
    """A note, by whom and when."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """A call with its notes, the caller's open cases and earlier calls, and what is owed.

    `closed`: it lies on a case that is closed to this reader, so its notes are not shown.
    """

    line: Line
    reason: str
    recorded_seconds: int
    notes: list[Written]
    open_cases: list[Any]
    earlier: list[Line]
    owed: Owed | None
    closed: bool


def seen(id: int, by: Actor, at: datetime) -> Seen:
    """That call. NotFound for outsiders."""
    call = one_call(id, by)
    rows = [call, *_earlier(call)]
    line, *earlier = lines(rows, by)
    told = standing(call)
    closed = bool(call.case_id and line.case is None)
    back = back_of(call)
    return Seen(
        line=line,
        reason=told.reason if told else "",
        recorded_seconds=told.recorded_seconds if told else 0,
        notes=[] if closed else _notes(call),
        open_cases=_open_cases(call, by),
        earlier=earlier,
        owed=owed([back], by, at)[0] if back else None,
        closed=closed,
    )


def _notes(call: Call) -> list[Written]:
    rows = notes_of(call)
    names = people.staff_names(note.by_id for note, _text in rows)
    return [Written(text, names.get(note.by_id, ""), note.at) for note, text in rows]


def _open_cases(call: Call, by: Actor) -> list[Any]:
    if not call.person_id:
        return []
    rows = cases.visible(by).filter(person_id=call.person_id, state__in=cases.OPEN)
    return list(rows.order_by("-received_at", "-id")[:THEIRS])


def _earlier(call: Call) -> list[Call]:
    same = Q(number_index=call.number_index) if call.number_index else Q(pk__in=())
    if call.person_id:
        same |= Q(person_id=call.person_id)
    rows = Call.objects.filter(same, started_at__lte=call.started_at).exclude(id=call.id)
    return list(rows.order_by("-started_at", "-id")[:LATELY])


def of_case(case_id: int, by: Actor) -> list[Call]:
    """The newest calls that lie on a case, which the caller has let this actor see."""
    if not (by.is_staff and is_there()):
        return []
    rows = Call.objects.filter(case_id=case_id).order_by("-started_at", "-id")
    return list(rows[:LATELY])


def is_there() -> bool:
    """Whether this house has a telephone system; the demo plays one."""
    return bool(settings.PHONE.connected or settings.DEMO)


def ringing(by: Actor, at: datetime) -> list[Line]:
    """The calls that reach this member of staff now: his, ringing at his telephone, or at a team.

    A call that rings nobody in particular is shown to whoever has an extension. One query while
    nobody calls; none where no telephone system is named.
    """
    if not by.is_staff or not is_there():
        return []
    rows = Call.objects.filter(
        Q(agent_id=by.id) | Q(agent_id=0, rung=[]) | Q(agent_id=0, rung__contains=[by.id]),
        ended_at=None, direction="in", started_at__gt=at - LONGEST,
    )  # fmt: skip
    found = list(rows.order_by("-started_at", "-id")[: 4 * CARDS])
    if any(not _is_for(call, by) for call in found):
        has_one = Extension.objects.filter(staff_id=by.id).exists()
        found = [call for call in found if has_one or _is_for(call, by)]
    return lines(found[:CARDS], by) if found else []


def _is_for(call: Call, by: Actor) -> bool:
    return by.id == call.agent_id or by.id in call.rung
