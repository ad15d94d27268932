"""The handbook in force made readable: stages of a complaint, chapters, one clause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from bihuan.core.handbook import Clause, Handbook, LegalNote, Promise, Ruling
from bihuan.core.refusals import NotFound
from bihuan.portal.forms import named
from bihuan.web import words
from bihuan.web.words import english


@dataclass(frozen=True, slots=True)
class Limit:
    """One promise as a box of the chart."""

    clause: str
    limit: str
    quote: str
    hard: bool
    whom: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the flow: what it means, who does it, by when."""

    title: str
    meaning: str
    owner: str
    limits: list[Limit]


class Section(NamedTuple):
    """A clause in the list of a chapter."""

    id: str
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter with its sections."""

    label: str
    title: str
    sections: list[Section]


class Paragraph(NamedTuple):
    """A line of the text; `point` when it stands in a list."""

    text: str
    point: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A clause with everything that hangs on it."""

    id: str
    label: str
    title: str
    paragraphs: list[Paragraph]
    note: str
    promises: list[Limit]
    rulings: list[Ruling]
    notes: list[LegalNote]


#: What the chart is drawn for, where nothing else is said.
CATEGORY = "service_quality"


def promises(book: Handbook, kind: str, severity: str) -> tuple[Promise, ...]:
    """What holds for such a request made on the web."""
    return book.promises_for(
        kind=kind, channel="web", category=CATEGORY, severity=severity,
        tier=book.severities[severity].tier_at_least,
    )  # fmt: skip


def promised(book: Handbook, kind: str, milestone: str) -> Limit | None:
    """By when such a request reaches this step: its shortest hard promise, if it has one."""
    lightest = min(book.severities.values(), key=lambda severity: severity.rank).id
    found = [
        promise
        for promise in promises(book, kind, lightest)
        if promise.until == milestone and promise.hard
    ]
    return _limit(found[0]) if found else None


def stages(book: Handbook, kind: str, severity: str) -> list[Stage]:
    """The steps of a request made on the web, with every promise that ends in each."""
    owed = promises(book, kind, severity)
    ends = {promise.until for promise in owed}
    return [
        Stage(
            title=named(milestone),
            meaning="" if english() else milestone.meaning,
            owner=owner(book),
            limits=[_limit(p) for p in owed if p.until == milestone.id],
        )
        for milestone in sorted(book.milestones.values(), key=lambda m: m.step)
        if milestone.id in ends
    ]


def owner(book: Handbook) -> str:
    """The department that handles what the chart is drawn for."""
    return named(book.departments[book.routes[CATEGORY].department])


def departments(book: Handbook) -> list[tuple[str, str]]:
    """Which department handles which sort of problem, and the special ones before them (2.2.2)."""
    special = [(o, o.department) for o in book.overrides.values()]
    by_category = [(book.categories[r.category], r.department) for r in book.routes.values()]
    return [(named(what), named(book.departments[who])) for what, who in [*by_category, *special]]


def _limit(promise: Promise, whom: str = "") -> Limit:
    quote = promise.en if english() else promise.says
    limit = "" if promise.proved_by else words.limit_words(promise.limit)
    return Limit(promise.clause, limit, quote, promise.hard, whom)


def _whom(promise: Promise, book: Handbook) -> str:
    """Which severities a promise is meant for; "" when it holds for all."""
    found = [s for s in book.severities.values() if s.id in promise.applies.severity]
    return _("、").join(named(severity) for severity in found)


def chapters(book: Handbook) -> list[Chapter]:
    """Chapters are the clauses without a dot; the rest stands under the chapter it begins with."""
    heads = [clause for clause in book.clauses.values() if "." not in clause.id]
    return [
        Chapter(
            label=_label(head),
            title=_title(head),
            sections=[
                Section(c.id, c.label, _title(c))
                for c in book.clauses.values()
                if c.id.startswith(f"{head.id}.")
            ],
        )
        for head in heads
    ]


def _label(clause: Clause) -> str:
    """第一章, or its number where the reader does not count like that."""
    return clause.label if "." in clause.id or not english() else f"Chapter {clause.id}"


def _title(clause: Clause) -> str:
    return clause.title_en if english() else clause.title


def clause(book: Handbook, id: str) -> Page:
    """One clause. NotFound when the handbook has no such number."""
    found = book.clauses.get(id)
    if found is None:
        raise NotFound(clause=id[:20])
    return Page(
        id=found.id,
        label=_label(found),
        title=_title(found),
        paragraphs=[_paragraph(line) for line in found.text.strip().split("\n") if line],
        note=found.note,
        promises=[_limit(p, _whom(p, book)) for p in book.promises if p.clause == id],
        rulings=[r for r in book.rulings.values() if id in r.clauses],
        notes=[n for n in book.legal_notes.values() if id in n.clauses],
    )


def _paragraph(line: str) -> Paragraph:
    plain = line.strip()
    return Paragraph(plain.lstrip("-· "), plain.startswith(("-", "·")))
