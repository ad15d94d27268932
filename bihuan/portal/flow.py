"""The handbook in force made readable: stages of a complaint, chapters, one clause."""

from __future__ import annotations

from dataclasses import dataclass

from bihuan.core.handbook import Clause, Handbook, LegalNote, Promise, Ruling
from bihuan.core.refusals import NotFound
from bihuan.portal.forms import in_english, named
from bihuan.web import words


@dataclass(frozen=True, slots=True)
class Limit:
    """One promise as a box of the chart."""

    clause: str
    limit: str
    quote: str
    hard: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the flow: what it means, who does it, by when."""

    title: str
    meaning: str
    owner: str
    limits: list[Limit]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter with its sections."""

    label: str
    title: str
    sections: list[Clause]


@dataclass(frozen=True, slots=True)
class Page:
    """A clause with everything that hangs on it."""

    id: str
    label: str
    title: str
    paragraphs: list[str]
    note: str
    promises: list[Limit]
    rulings: list[Ruling]
    notes: list[LegalNote]


def stages(book: Handbook, severity: str) -> list[Stage]:
    """The steps of a complaint made on the web, with every promise that ends in each."""
    promises = book.promises_for(
        kind="complaint", channel="web", category="service_quality", severity=severity,
        tier=book.severities[severity].tier_at_least,
    )  # fmt: skip
    owner = named(book.departments[book.routes["service_quality"].department])
    ends = {promise.until for promise in promises}
    return [
        Stage(
            title=named(milestone),
            meaning="" if in_english() else milestone.meaning,
            owner=owner,
            limits=[_limit(p) for p in promises if p.until == milestone.id],
        )
        for milestone in sorted(book.milestones.values(), key=lambda m: m.step)
        if milestone.id in ends
    ]


def _limit(promise: Promise) -> Limit:
    quote = promise.en if in_english() else promise.says
    limit = "" if promise.proved_by else words.limit_words(promise.limit)
    return Limit(promise.clause, limit, quote, promise.hard)


def chapters(book: Handbook) -> list[Chapter]:
    """Chapters are the clauses without a dot; the rest stands under the chapter it begins with."""
    heads = [clause for clause in book.clauses.values() if "." not in clause.id]
    return [
        Chapter(
            label=head.label,
            title=_title(head),
            sections=[c for c in book.clauses.values() if c.id.startswith(f"{head.id}.")],
        )
        for head in heads
    ]


def _title(clause: Clause) -> str:
    return clause.title_en if in_english() else clause.title


def clause(book: Handbook, id: str) -> Page:
    """One clause. NotFound when the handbook has no such number."""
    found = book.clauses.get(id)
    if found is None:
        raise NotFound(clause=id[:20])
    return Page(
        id=found.id,
        label=found.label,
        title=_title(found),
        paragraphs=[line for line in found.text.strip().split("\n") if line],
        note=found.note,
        promises=[_limit(p) for p in book.promises if p.clause == id],
        rulings=[r for r in book.rulings.values() if id in r.clauses],
        notes=[n for n in book.legal_notes.values() if id in n.clauses],
    )
