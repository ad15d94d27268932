"""A time of the law in words: law and article, whose, until when; never the platform's (L-17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from bihuan.core.legal import LegalDue
from bihuan.core.outside import LegalClock
from bihuan.web import words
from bihuan.web.words import english


@dataclass(frozen=True, slots=True)
class Line:
    """One of them. `state` is window, over, due, late, met or at_once.

    `quote` is the law's own words; "" in English, which has none that bind.
    """

    act: str
    law: str
    quote: str
    note: str
    when: str
    state: str
    whom: str
    confidence: str


def cited(clock: LegalClock) -> str:
    """《电子商务法》第55条."""
    law = clock.law_en if english() else clock.law
    return _("《{law}》第{article}条").format(law=law, article=clock.article)


def line(found: LegalDue, at: datetime, *, whom: str = "", done: datetime | None = None) -> Line:
    """In the reader's language; a right whose window has closed says so, and is no breach."""
    clock, in_english = found.clock, english()
    when, state = _when(found, at, done)
    return Line(
        act=clock.act_en if in_english else clock.act,
        law=cited(clock),
        quote="" if in_english else clock.quote,
        note=clock.note_en if in_english else clock.note,
        when=when,
        state=state,
        whom=whom,
        confidence=clock.confidence,
    )


def _when(found: LegalDue, at: datetime, done: datetime | None) -> tuple[str, str]:
    if done is not None:
        return _("{moment} 已答复").format(moment=words.moment_words(done, at)), "met"
    if found.until is None:
        said = _("法律没有规定天数，自 {moment} 起应当及时处理")
        return said.format(moment=words.moment_words(found.since, at)), "at_once"
    until = words.due_moment(found.until, at)
    if found.clock.shape == "window":
        if at >= found.until:
            return _("{until} 已届满").format(until=until), "over"
        return _("{until} 前可以提出").format(until=until), "window"
    return _("应于 {until} 前").format(until=until), "late" if at > found.until else "due"
