"""What is wrong with a list of rules: each fault with its rule, its field and a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from bihuan.cases.routing.choice import SEVERITIES, by_severity, language, rank
from bihuan.cases.routing.shape import LANGUAGES, LISTS, Rule
from bihuan.cases.rules import PRIORITIES, UNROUTED, UNSURE
from bihuan.core.handbook import Handbook

Cell = tuple[str, ...]  # kind, channel, category, issue, severity, language
Cells = frozenset[Cell]


@dataclass(frozen=True, slots=True)
class Fault:
    """`place` counts from 1, 0 is the list itself; `other` names what stands in the way."""

    place: int
    field: str
    code: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """Which departments have anybody at all, and which skills somebody there has."""

    staffed: frozenset[str]
    skills: Mapping[str, frozenset[str]] = field(default_factory=dict)


def faults(rules: Sequence[Rule], book: Handbook, people: People) -> list[Fault]:
    """Everything that is wrong, in the order of the rules; an empty list may be published."""
    found = list(_gaps(book))
    axes = _Axes(rules, book)
    seen: list[tuple[Rule, Cells]] = []
    for place, one in enumerate(rules, start=1):
        own = [*alone(one, book, place), *_nobody(one, book, people, place)]
        strange = any(fault.code == "not_known" for fault in own)
        cells = frozenset() if strange else axes.cells(one)
        if one.name in {before.name for before, _ in seen}:
            own.append(Fault(place, "name", "duplicate_name", one.name))
        if cells and (by := _shadowed(one, cells, seen)):
            own.append(Fault(place, "", "shadowed", by))
        found += own
        seen.append((one, cells))
    return found


def alone(one: Rule, book: Handbook, place: int = 0) -> Iterator[Fault]:
    """What is wrong with a rule wherever it stands."""
    strange = list(_strange(one, book, place))
    yield from strange
    if strange:
        return  # nothing that is not known can be compared
    if one.fallback == one.department:
        yield Fault(place, "fallback", "same_department")
    if not _severities(one):
        yield Fault(place, "priorities", "contradictory")
    if one.words and one.languages and not _spoken(one):
        yield Fault(place, "words", "contradictory")
    pairs = _pairs(one, book)
    if not pairs:
        yield Fault(place, "issues", "issue_of_another_category")
    elif (by := _issue_override(one, book)) or (by := _word_override(one, book)):
        yield Fault(place, "words" if not one.issues else "issues", "override_first", by)


def _strange(one: Rule, book: Handbook, place: int) -> Iterator[Fault]:
    known: dict[str, frozenset[str]] = {
        "kinds": frozenset(book.kinds),
        "channels": frozenset(inward(book)),
        "categories": frozenset(book.categories),
        "issues": frozenset(book.issues) | {UNSURE},
        "priorities": frozenset(PRIORITIES),
        "languages": frozenset(LANGUAGES),
        "severity": frozenset(SEVERITIES) | {""},
        "priority": frozenset(PRIORITIES) | {""},
    }
    for name, values in known.items():
        given = getattr(one, name)
        for value in given if name in LISTS else (given,):
            if value not in values:
                yield Fault(place, name, "not_known", value)
    units = book.departments.keys() - {UNROUTED}
    for name in ("department", "fallback"):
        unit = getattr(one, name)
        if unit not in units and (unit or name == "department"):
            yield Fault(place, name, "unknown_department", unit)


def inward(book: Handbook) -> list[str]:
    """The channels by which a case can come in."""
    return [id for id, channel in book.channels.items() if channel.inward]


def _nobody(one: Rule, book: Handbook, people: People, place: int) -> Iterator[Fault]:
    """A department that nobody works in takes nothing, and a skill that nobody has is in vain."""
    for name in ("department", "fallback"):
        unit = getattr(one, name)
        if unit in book.departments and unit != UNROUTED and unit not in people.staffed:
            yield Fault(place, name, "department_empty", unit)
    if one.skill and one.skill not in people.skills.get(one.department, frozenset()):
        yield Fault(place, "skill", "skill_nobody_has", one.skill)


def _gaps(book: Handbook) -> Iterator[Fault]:
    """Under the rules lie the handbook's routes: a category without one falls into nothing."""
    for id in book.categories:
        route = book.routes.get(id)
        if route is None or route.department not in book.departments:
            yield Fault(0, "categories", "gap", id)


def _severities(one: Rule) -> list[str]:
    """The severities that satisfy both ladders: priority follows from severity (7.2)."""
    least = rank(one.severity) if one.severity else 0
    return [
        severity
        for severity in SEVERITIES[least:]
        if not one.priorities or by_severity(severity) in one.priorities
    ]


def _spoken(one: Rule) -> bool:
    """Can a text of these languages hold one of these words? Han letters make it Chinese."""
    return "zh" in one.languages or any(
        language(word) == "other" or language(word) in one.languages for word in one.words
    )


def _pairs(one: Rule, book: Handbook) -> list[tuple[str, str]]:
    """Category and issue as they can stand together."""
    homes = [(issue.category, id) for id, issue in book.issues.items() if id != UNSURE]
    every = homes + [(category, UNSURE) for category in ("", *book.categories)]
    return [
        (category, issue)
        for category, issue in every
        if (not one.categories or category in one.categories)
        and (not one.issues or issue in one.issues)
    ]


def _issue_override(one: Rule, book: Handbook) -> str:
    """The override that takes every issue this rule asks for."""
    taken = {issue: o.id for o in book.overrides.values() for issue in o.issues}
    if one.issues and all(issue in taken for issue in one.issues):
        return taken[one.issues[0]]
    return ""


def _word_override(one: Rule, book: Handbook) -> str:
    """The override that hears every word this rule listens for."""
    cues = {cue.casefold(): o.id for o in book.overrides.values() for cue in o.cues}
    heard = [next((id for cue, id in cues.items() if cue in w.casefold()), "") for w in one.words]
    return heard[0] if heard and all(heard) else ""


class _Axes:
    """The cases there can be, told apart only as far as some rule of the list does so."""

    def __init__(self, rules: Sequence[Rule], book: Handbook) -> None:
        self.book = book
        self.asked = {name for one in rules for name in Rule.__slots__ if getattr(one, name)}

    def cells(self, one: Rule) -> Cells:
        """Those that this rule can take, without what the handbook overrides."""
        book, taken = self.book, {i for o in self.book.overrides.values() for i in o.issues}
        pairs = [("*", "*")]
        if {"categories", "issues"} & self.asked:
            pairs = [pair for pair in _pairs(one, book) if pair[1] not in taken]
        grave = _severities(one) if {"severity", "priorities"} & self.asked else ["*"]
        sides = (
            self._of(one, "kinds", book.kinds),
            self._of(one, "channels", inward(book)),
            grave,
            self._of(one, "languages", LANGUAGES),
        )
        return frozenset((*pair, *rest) for pair, rest in product(pairs, product(*sides)))

    def _of(self, one: Rule, name: str, every: Sequence[str] | Mapping[str, object]) -> list[str]:
        if name not in self.asked:
            return ["*"]
        return list(getattr(one, name) or every)


def _shadowed(one: Rule, cells: Cells, seen: Sequence[tuple[Rule, Cells]]) -> str:
    """The rule that takes everything this one asks for, or those that do so together."""
    covering = [(before, theirs & cells) for before, theirs in seen if _wider(before, one)]
    for before, theirs in covering:
        if theirs == cells:
            return before.name
    together = [before.name for before, theirs in covering if theirs]
    if together and frozenset().union(*(theirs for _, theirs in covering)) == cells:
        return "、".join(together)
    return ""


def _wider(before: Rule, one: Rule) -> bool:
    """Does the earlier one pass whatever this one says of words, shop and amount?"""
    heard = [word.casefold() for word in before.words]
    return (
        (
            not before.merchants
            or (bool(one.merchants) and set(one.merchants) <= {*before.merchants})
        )
        and (
            before.fen_over is None
            or (one.fen_over is not None and before.fen_over <= one.fen_over)
        )
        and (
            not heard
            or (
                bool(one.words)
                and all(any(h in word.casefold() for h in heard) for word in one.words)
            )
        )
    )
