"""What happened on a case and what is owed, told to one reader."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bihuan.cases.lifecycle import MILESTONES
from bihuan.cases.models import Case, Clock, Entry
from bihuan.core.actors import Actor
from bihuan.core.clocks import CountedDay, due
from bihuan.core.handbook import Handbook, Promise
from bihuan.core.terms import Survey
from bihuan.events import catalog
from bihuan.events.models import Event
from bihuan.policy import queries as policy
from bihuan.store import statements

ORDER = {milestone: place for place, milestone in enumerate(MILESTONES)}
FEEDBACK = frozenset({"suggestion", "praise"})


_SEALED = re.compile(r"⟦([^⟦⟧|]{1,60})\|\d{1,16}⟧")


def unsealed(text: str) -> str:
    """Words as everybody may read them: the tokens of sealed numbers as their masks."""
    return _SEALED.sub(lambda found: found[1], text)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a timeline: words somebody said, or an event; words carry their event's label."""

    at: datetime
    kind: str
    voice: str
    author: str
    text: str = ""
    internal: bool = False
    label: str = ""
    label_en: str = ""
    icon: str = ""
    clause: str = ""
    entry: int = 0
    actor: int = 0
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Why:
    """How one promise came to its due: the clause, the start, and every day in between."""

    promise: Promise
    started_at: datetime
    due_at: datetime
    earliest_at: datetime
    status: str
    counted: tuple[CountedDay, ...]
    policy_version: str


def clocks(case: Case) -> tuple[Clock, ...]:
    """The rows of the current round in the order of milestones, void ones left out."""
    rows = Clock.objects.filter(case_id=case.id, round=case.round, void_at__isnull=True)
    return tuple(sorted(rows, key=_place))


def clocks_of(cases: Sequence[Case]) -> dict[int, tuple[Clock, ...]]:
    """The same for many cases in one query."""
    rounds = {case.id: case.round for case in cases}
    found: dict[int, list[Clock]] = {case.id: [] for case in cases}
    for row in statements.among(Clock, "case_id", rounds):
        if row.round == rounds[row.case_id] and row.void_at is None:
            found[row.case_id].append(row)
    return {id: tuple(sorted(rows, key=_place)) for id, rows in found.items()}


def all_clocks(case: Case) -> list[Clock]:
    """Every row of every round, void ones too."""
    return list(Clock.objects.filter(case_id=case.id).order_by("round", "due_at", "milestone"))


def handbook(case: Case) -> Handbook:
    """The text the case was filed under."""
    return policy.pinned(case.policy_id)


def survey(case: Case) -> Survey:
    """What the person is asked about the handling: 7.2 for feedback, 2.4.4 for the rest."""
    surveys = handbook(case).surveys
    return surveys["feedback" if case.kind in FEEDBACK else "complaint"]


def rating(case: Case) -> Mapping[str, int] | None:
    """The marks given in this round; None when there are none yet."""
    said = Event.objects.filter(stream=case.id, kind="case.rated", data__round=case.round)
    found = said.order_by("-seq").values_list("data", flat=True).first()
    return None if found is None else {str(id): int(mark) for id, mark in found["scores"].items()}


def _place(row: Clock) -> tuple[int, datetime]:
    return (ORDER.get(row.milestone, len(ORDER)), row.due_at)


def headline(rows: tuple[Clock, ...]) -> Clock | None:
    """The running hard row that presses first: what the customer sees (HOUSE §12.1)."""
    hard = [r for r in rows if r.hard and r.done_at is None and r.void_at is None]
    return min(hard, key=lambda r: (r.effective_due_at, ORDER.get(r.milestone, 99)), default=None)


def explain(case: Case, clock: Clock) -> tuple[Why, ...]:
    """Why this due: for each promise that meets in the row, counted anew from its start."""
    book = policy.pinned(case.policy_id)
    days = policy.workdays()
    told = []
    for id in clock.promises:
        promise = book.promise(id)
        counted = due(promise.limit, clock.started_at, days)
        told.append(
            Why(
                promise=promise,
                started_at=clock.started_at,
                due_at=counted.at,
                earliest_at=counted.earliest,
                status=counted.status,
                counted=counted.counted,
                policy_version=book.version,
            )
        )
    return tuple(told)


def timeline(case: Case, by: Actor) -> tuple[Item, ...]:
    """Events and words in their order; a customer sees public events and no internal words."""
    entries = {e.id: e for e in Entry.objects.filter(case_id=case.id)}
    items = []
    for event in Event.objects.filter(stream=case.id).order_by("seq"):
        kind = catalog.CATALOG[event.kind]
        entry = entries.pop(event.data.get("entry", 0), None)
        hidden = not kind.public or (entry is not None and entry.internal)
        if hidden and not by.is_staff:
            continue
        items.append(_item(event, kind, entry))
    return tuple(items)


def _item(event: Event, kind: catalog.Kind, entry: Entry | None) -> Item:
    return Item(
        at=event.at,
        kind=event.kind,
        voice=entry.voice if entry else _voice(event.actor_role),
        author=entry.author_name if entry else "",
        text=entry.text if entry else "",
        internal=bool(entry and entry.internal) or not kind.public,
        label=kind.label,
        label_en=kind.label_en,
        icon=kind.icon,
        clause=event.clause,
        entry=entry.id if entry else 0,
        actor=event.actor_id if _voice(event.actor_role) == "agent" else 0,
        data=event.data,
    )


def _voice(role: str) -> str:
    if role in {"customer", "merchant"}:
        return "user" if role == "customer" else "merchant"
    return "system" if role == "system" else "agent"
