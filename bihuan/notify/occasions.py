"""What a notice is about: event, the case behind it, the text in force; and its words from that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import translation

from bihuan.core.handbook import Handbook
from bihuan.core.terms import Notice
from bihuan.events.models import Event
from bihuan.notify.rules import Facts
from bihuan.web.words import date_words, due_moment, money

HOUSE_LOCALE = "zh-hans"


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a notice of the handbook is about: event, the case behind it, the text in force."""

    notice: Notice
    event: Event
    facts: Facts
    book: Handbook


def words_of(one: Occasion, locale: str) -> dict[str, str]:
    """What this notice asks for: as the event itself names it, else as the case says it now."""
    said, known = _said_by(one.event, one.book, locale), one.facts.variables
    if one.notice.audience == "staff":
        known = one.facts.staff_variables
    with translation.override(locale):
        now = {name: known[name] for name in one.notice.variables if name in known.keys() - said}
    return {**now, **said}


def _said_by(event: Event, book: Handbook, locale: str) -> dict[str, str]:
    """What the event itself names, before what the case says now: step, due, clause, channel."""
    english = locale.startswith("en")
    data, said = event.data, dict[str, str]()
    milestone = book.milestones.get(data.get("milestone", ""))
    if milestone:
        said["milestone"] = milestone.en if english else milestone.zh
    with translation.override(locale):
        if "due_at" in data:
            said["due"] = due_moment(datetime.fromisoformat(data["due_at"]), event.at)
        elif "due_on" in data:
            said["due"] = date_words(date.fromisoformat(data["due_on"]))
    if "promises" in data:
        known = {promise.id: promise.clause for promise in book.promises}
        found = dict.fromkeys(known[id] for id in data["promises"] if id in known)
        said["clause"] = (", " if english else "、").join(found) or event.clause
    if "amount_fen" in data:
        said["amount"] = money(data["amount_fen"])
    if "rung" in data:
        said["rung"] = str(data["rung"])
    if event.kind == "message.failed":
        channel = book.channels[data["channel"]]
        said["channel"] = channel.en if english else channel.zh
    return said
