"""The flow of a case read from the tables: its states, who moves it on, by when, and whereto."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from bihuan.cases.lifecycle import CASE, MILESTONES
from bihuan.core.actors import STAFF, Role
from bihuan.core.handbook import Handbook, Promise
from bihuan.core.lifecycle import Step
from bihuan.events.catalog import CATALOG, KIND_OF
from bihuan.portal.forms import named
from bihuan.web import words
from bihuan.web.words import english

REGISTERED = "complaint.registered"


@dataclass(frozen=True, slots=True)
class Duty:
    """What is promised on the way, with its limit and the clauses that say so."""

    title: str
    limit: str
    clauses: tuple[str, ...]
    hard: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A step in the words of the log: who takes it, and the state it leads to."""

    words: str
    who: str
    clause: str
    to: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A state on the way: steps that lead on, what is owed before them, ways aside and back."""

    id: str
    name: str
    says: str
    onward: tuple[Move, ...]
    duties: tuple[Duty, ...]
    aside: tuple[Move, ...]
    back: tuple[Move, ...]


def way(book: Handbook) -> list[str]:
    """The states a case passes when nothing goes wrong: always the next one in rank."""
    found = [CASE.start]
    while ahead := [
        step.target
        for step in CASE.steps.values()
        if step.source == found[-1] and _rank(book, step.target) > _rank(book, found[-1])
    ]:
        found.append(min(ahead, key=lambda state: _rank(book, state)))
    return found


def _rank(book: Handbook, state: str) -> int:
    """Where a state stands; below all others when the text does not know it."""
    return book.states[state].rank if state in book.states else -1


def chart(book: Handbook, promises: Iterable[Promise], department: str) -> list[Stop]:
    """The way of a request to which these promises apply, handled by this department."""
    states, owed = way(book), list(promises)
    return [
        Stop(
            id=state,
            name=named(book.states[state]),
            says=_says(book, state),
            onward=_moves(book, state, department, states, 1),
            duties=tuple(_duties(book, owed, _reached(state, states))),
            aside=_moves(book, state, department, states, 0),
            back=_moves(book, state, department, states, -1),
        )
        for state in states
    ]


def registered(book: Handbook, promises: Iterable[Promise]) -> list[Duty]:
    """What is promised for the moment of arrival itself (2.2.1)."""
    return _duties(book, list(promises), [REGISTERED])


def _says(book: Handbook, state: str) -> str:
    term = book.states[state]
    return term.says_en if english() else term.says


def _moves(
    book: Handbook, state: str, department: str, states: list[str], turn: int
) -> tuple[Move, ...]:
    """The steps from here: 1 onward on the way, -1 back to a state before, 0 aside."""
    here = states.index(state)

    def turns(step: Step) -> int:
        if step.target not in states:
            return 0
        return 1 if states.index(step.target) > here else -1

    return tuple(
        Move(_word(step), _who(step, department), step.clause, named(book.states[step.target]))
        for step in CASE.steps.values()
        if step.source == state
        and step.target not in ("", state)
        and step.target in book.states
        and turns(step) == turn
    )


def _word(step: Step) -> str:
    kind = CATALOG[KIND_OF[step.action]]
    return kind.label_en if english() else kind.label


def _who(step: Step, department: str) -> str:
    """You, the department, a supervisor, or nobody: it happens by itself."""
    parts = [_("您")] if Role.CUSTOMER in step.who else []
    if step.who >= STAFF:
        parts.append(department)
    elif Role.SUPERVISOR in step.who:
        parts.append(_("主管"))
    return _("或").join(parts) if parts else _("系统自动")


def _reached(state: str, states: list[str]) -> list[str]:
    """The milestones that the steps onward prove; before handling, all proved on the way."""
    onward = [
        milestone
        for step in CASE.steps.values()
        if step.source == state and step.target in states and step.target != state
        for milestone in step.reaches
    ]
    if "case.handling_done" not in onward:
        return onward
    anywhere = {m for s in CASE.steps.values() if s.target == s.source for m in s.reaches}
    return [m for m in MILESTONES if m in anywhere or m in onward]


def _duties(book: Handbook, promises: list[Promise], milestones: list[str]) -> list[Duty]:
    """One line a milestone and limit, the clauses that agree on it together."""
    found: dict[tuple[str, str, bool], list[str]] = {}
    for milestone in dict.fromkeys(milestones):
        for promise in promises:
            if promise.until == milestone:
                limit = _("立即") if promise.proved_by else words.limit_words(promise.limit)
                key = (named(book.milestones[milestone]), limit, promise.hard)
                found.setdefault(key, []).append(promise.clause)
    return [
        Duty(title, limit, tuple(dict.fromkeys(clauses)), hard)
        for (title, limit, hard), clauses in found.items()
    ]


def sources(stops: Iterable[Stop]) -> list[str]:
    """Every clause the chart stands on, once, in the order of the handbook's numbers."""
    found = {clause for stop in stops for duty in stop.duties for clause in duty.clauses}
    found |= {m.clause for stop in stops for m in (*stop.onward, *stop.aside, *stop.back)}
    return sorted(found, key=lambda clause: [int(part) for part in clause.split(".")])
