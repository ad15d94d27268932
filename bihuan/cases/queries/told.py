"""What notices may say of a case: facts in the reader's language, personal numbers masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Protocol

from django.conf import settings

from bihuan.accounts import queries as people
from bihuan.cases.fields import OUTCOMES
from bihuan.cases.models import Case, Clock, Entry, FollowUp
from bihuan.cases.queries import moved, story
from bihuan.cases.queries.rekinded import kind_meant
from bihuan.cases.queries.rows import visible
from bihuan.cases.queries.standing import standing
from bihuan.cases.queries.story import handbook, headline, parts, readable
from bihuan.core.actors import Actor
from bihuan.core.handbook import Handbook
from bihuan.events.models import Event
from bihuan.store import statements
from bihuan.web import words

OUTCOMES_EN = {
    "supported": "Upheld",
    "partly_supported": "Partly upheld",
    "not_supported": "Not upheld",
    "settled": "Settled between the parties",
    "answered": "Answered",
}
REVIEWED = {True: "将开展内部调查", False: "无需内部调查，直接处理"}
REVIEWED_EN = {
    True: "there will be an internal investigation",
    False: "no internal investigation is needed",
}
#: Notices that set a full stop of their own behind these words.
WITHIN_A_SENTENCE = frozenset(
    {
        "case.declined", "case.problem_confirmed", "case.preliminary_told", "case.repaired",
        "case.planned", "case.severity_proposed", "case.kind_proposed", "case.severity_kept",
        "case.kind_kept", "case.escalated",
    }
)  # fmt: skip
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Told:
    """What `notify` may know of a case to tell people about it.

    `staff_variables` may hold internal words; `variables` are for everybody else.
    """

    case_id: int
    number: str
    person_id: int
    owner_id: int
    department: str
    variables: Mapping[str, str]
    staff_variables: Mapping[str, str]


def facts(events: Sequence[Event]) -> dict[tuple[int, int], Told]:
    """The facts behind each event of a case, by stream and seq; other events are missing.

    The words come when they are looked up, in the language that is active then.
    """
    rows = _Rows(events)
    return {
        (event.stream, event.seq): Told(
            case_id=case.id,
            number=case.number,
            person_id=case.person_id,
            owner_id=case.owner_id,
            department=case.department,
            variables=_Variables(_Scene(case, event, rows)),
            staff_variables=_Variables(_Scene(case, event, rows, inside=True)),
        )
        for event in events
        if (case := rows.cases.get(event.stream))
    }


def links(case_ids: Iterable[int], by: Actor) -> dict[int, str]:
    """Where this actor may look at these cases."""
    found = visible(by).filter(id__in=list(case_ids))
    return {case.id: case.desk_url if by.is_staff else case.url for case in found}


class _Rows:
    """The rows behind a batch of events: each table is read once, when a notice asks for it."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events
        streams = {event.stream for event in events}
        self.cases = {case.id: case for case in statements.among(Case, "id", streams)}

    @cached_property
    def clocks(self) -> dict[int, tuple[Clock, ...]]:
        return story.clocks_of(list(self.cases.values()))

    @cached_property
    def entries(self) -> dict[int, Entry]:
        said = {event.data["entry"] for event in self._events if "entry" in event.data}
        return {entry.id: entry for entry in statements.among(Entry, "id", said)}

    @cached_property
    def follow_ups(self) -> list[FollowUp]:
        found = statements.among(FollowUp, "case_id", self.cases)
        return sorted(found, key=lambda row: (row.due_on, row.id))

    @cached_property
    def handlers(self) -> dict[int, str]:
        return people.staff_names(case.owner_id for case in self.cases.values())

    @cached_property
    def owners(self) -> dict[int, str]:
        return people.staff_names(row.owner_id for row in self.follow_ups)


@dataclass(frozen=True)
class _Scene:
    """One event of a case, and the rows it may be told from."""

    case: Case
    event: Event
    rows: _Rows
    inside: bool = False

    @property
    def words(self) -> str:
        """What was said with the event, as far as this reader may know it."""
        entry = self.rows.entries.get(self.event.data.get("entry", 0))
        if entry is None or entry.case_id != self.case.id or (entry.internal and not self.inside):
            return ""
        return story.unsealed(entry.text)

    @property
    def book(self) -> Handbook:
        return handbook(self.case)

    @property
    def clock(self) -> Clock | None:
        return headline(self.rows.clocks[self.case.id])


class _Variables(Mapping[str, str]):
    """Each is worded when a template asks for it: most templates ask for few."""

    def __init__(self, scene: _Scene) -> None:
        self._scene = scene

    def __getitem__(self, name: str) -> str:
        return _WORDS[name](self._scene)

    def __contains__(self, name: object) -> bool:
        return name in _WORDS

    def __iter__(self) -> Iterator[str]:
        return iter(_WORDS)

    def __len__(self) -> int:
        return len(_WORDS)


class _Named(Protocol):
    """What the handbook names in both languages."""

    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


def _name(one: _Named | None) -> str:
    if one is None:
        return NOTHING
    return one.en if words.english() else one.zh


def _clause(scene: _Scene) -> str:
    """What was just registered is told the clause that promises the answer, not 2.2.1 itself."""
    if scene.event.kind == "case.filed" and (row := scene.clock):
        promises = [scene.book.promise(id) for id in row.promises]
        public = [p for p in promises if p.force == "commit"]  # 1.4 is worded 承诺
        return (public or promises)[0].clause
    if scene.event.kind == "case.declined" and (basis := parts(scene.event.kind, scene.words)[1]):
        return basis.rstrip("。. ")
    return scene.event.clause or NOTHING


def _severity(scene: _Scene) -> str:
    """The severity the event is about, which the case may not have, or no longer."""
    data = scene.event.data
    severity = data.get("severity") or data.get("after", {}).get("severity") or scene.case.severity
    return _name(scene.book.severities[severity])


def _result_due(scene: _Scene) -> str:
    """By when the result is told; in general words when no due is ahead."""
    rows = scene.rows.clocks[scene.case.id]
    row = headline(tuple(row for row in rows if row.milestone in story.RESULT))
    if row is None or row.effective_due_at <= scene.event.at:
        return "as soon as it is decided" if words.english() else "处理完毕后"
    when = _moment(row.effective_due_at, scene.event.at)
    return f"by {when} at the latest" if words.english() else f"{when} 前"


def _reopen_until(scene: _Scene) -> str:
    """Until when the case may be taken up again after it is closed."""
    until = story.reopens_until(scene.case)
    if until is None:
        return "until it is archived" if words.english() else "归档前"
    when = _moment(until, scene.event.at)
    return f"until {when}" if words.english() else f"{when} 前"


def _due(scene: _Scene) -> str:
    row = scene.clock
    return _moment(row.effective_due_at if row else scene.case.waits_until, scene.event.at)


def _moment(moment: datetime | None, at: datetime) -> str:
    """Absolute: a notice is read later than it is written."""
    return words.due_moment(moment, at) if moment else NOTHING


def _outcome(scene: _Scene) -> str:
    return (OUTCOMES_EN if words.english() else OUTCOMES).get(scene.case.outcome, NOTHING)


def _progress(scene: _Scene) -> str:
    """How it went, as a result notice tells it."""
    return parts(scene.event.kind, scene.words)[0] or NOTHING


def _said(scene: _Scene) -> str:
    """The words of the event, fit for the place where its notice puts them."""
    kind, text = scene.event.kind, scene.words or NOTHING
    if kind == "case.reviewed":  # the opinion itself is internal
        inside = bool(scene.event.data.get("investigation"))
        return (REVIEWED_EN if words.english() else REVIEWED)[inside]
    first, second = parts(kind, text)
    if kind == "case.result_notified":  # how it went stands elsewhere in the notice
        text = second or first
    elif kind == "case.declined":  # so does the basis
        text = first
    text = readable(kind, text)
    return text.rstrip("。. ") if kind in WITHIN_A_SENTENCE else text


def _follow_up(scene: _Scene) -> str:
    wanted = scene.event.data.get("follow_up", 0)
    return next((row.what for row in scene.rows.follow_ups if row.id == wanted), NOTHING)


def _follow_ups(scene: _Scene) -> str:
    mine = [
        row
        for row in scene.rows.follow_ups
        if (row.case_id, row.round) == (scene.case.id, scene.case.round)
    ]
    owners = scene.rows.owners
    mark = "; " if words.english() else "；"
    return (
        mark.join(
            f"{row.what}（{owners[row.owner_id]}，{row.due_on:%Y-%m-%d}）"
            for row in mine
            if row.owner_id in owners
        )
        or NOTHING
    )


_WORDS: dict[str, Callable[[_Scene], str]] = {
    "number": lambda scene: scene.case.number,
    "kind": lambda scene: _name(scene.book.kinds[kind_meant(scene.event.data, scene.case)]),
    "clause": _clause,
    "due": _due,
    "result_due": _result_due,
    "reopen_until": _reopen_until,
    "department": lambda scene: _name(scene.book.departments.get(scene.case.department)),
    "severity": _severity,
    "outcome": _outcome,
    "words": _said,
    "progress": _progress,
    "moves": lambda s: moved.words_of(s.event.data.get("dues", {}), s.book, s.event.at) or NOTHING,
    "standing": lambda s: standing(s.event.data, s.book, s.event.at),
    "owner_name": lambda scene: scene.rows.handlers.get(scene.case.owner_id) or NOTHING,
    "other": lambda scene: str(scene.event.data.get("other", NOTHING)),
    "waits_until": lambda scene: _moment(scene.case.waits_until, scene.event.at),
    "follow_up": _follow_up,
    "follow_ups": _follow_ups,
    "milestone": lambda scene: NOTHING,
    "channel": lambda scene: NOTHING,
    "link": lambda scene: f"{settings.BASE_URL}{scene.case.url}",
}
