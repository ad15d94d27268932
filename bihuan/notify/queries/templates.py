"""The notices of the handbook as pages show them: their texts then and now, and a preview."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage

from django.conf import settings
from django.utils import translation

from bihuan.core.actors import Actor
from bihuan.core.ports import Outgoing
from bihuan.core.refusals import NotFound
from bihuan.core.terms import Notice
from bihuan.events.models import Event
from bihuan.notify import rules, wires
from bihuan.notify.examples import examples, known
from bihuan.notify.models import Message
from bihuan.notify.occasions import Occasion, words_of
from bihuan.notify.outgoing import worded
from bihuan.policy import queries as policy

LOCALES = ("zh-hans", "en")
#: An address no letter goes to, and a link that opens nothing: a preview reaches nobody.
_NOBODY, _TOKEN = "name@example.com", "0" * 22
_USED = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a text: `no_translation` of a field, or `unknown_variable`."""

    what: str
    where: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A notice as its reader gets it: in the app, as a letter, as a text message.

    `real`: with the facts of a case, not with examples. `letter` and `text` are None where the
    notice does not go that way, or there is no such way.
    """

    locale: str
    words: rules.Words
    real: bool
    letter: EmailMessage | None
    text: Outgoing | None


@dataclass(frozen=True, slots=True)
class Text:
    """The texts of a notice from a day on, until the next; `notice` None: there was none."""

    since: date
    version: str
    notice: Notice | None


def notice_of(id: str, at: datetime) -> Notice:
    """The notice of the handbook in force; NotFound when it has none of this name."""
    found = policy.current(at).notices.get(id)
    if found is None:
        raise NotFound()
    return found


def flaws(notice: Notice) -> list[Flaw]:
    """What an editor of the texts has to look after."""
    return list(_flaws(notice))


def _flaws(notice: Notice) -> Iterator[Flaw]:
    for field in ("title_en", "body_en"):
        if not getattr(notice, field).strip():
            yield Flaw("no_translation", field)
    used = set(notice.variables)
    for field in ("title", "title_en", "body", "body_en"):
        used |= set(_USED.findall(getattr(notice, field)))
    for name in sorted(used - known().keys() - {"link"}):
        yield Flaw("unknown_variable", name)


def texts(id: str) -> list[Text]:
    """How this notice read from when on: each change of it, the newest first."""
    found: list[Text] = []
    for since, version, book in reversed(policy.versions()):
        notice = book.notices.get(id)
        if not found or found[-1].notice != notice:
            found.append(Text(since, version, notice))
    return found[::-1]


def preview(notice: Notice, locale: str, number: str, by: Actor, at: datetime) -> Preview:
    """What would be sent: by the same functions. With a case, what it says of its last such event.

    NotFound for a case that this actor may not see. Where that case has no such event yet, and for
    what is told of no case, the values are examples.
    """
    facts, real = _facts(notice, locale, number, by, at)
    said = rules.words(notice, facts, locale)
    ways = wires.channels()
    letter = text = None
    if rules.EMAIL in notice.channels and rules.EMAIL in ways:
        compose = getattr(wires.notifier(rules.EMAIL, at), "letter", None)
        letter = compose(_outgoing(notice, rules.EMAIL, said, locale, at)) if compose else None
    if rules.SMS in notice.channels:
        text = _outgoing(notice, rules.SMS, said, locale, at)
    return Preview(locale, said, real, letter, text)


def _outgoing(notice: Notice, way: str, said: rules.Words, locale: str, at: datetime) -> Outgoing:
    person = 0 if notice.audience == "staff" else 1
    row = Message(
        id=0, key=f"preview:{notice.id}:{way}", template=notice.id, channel=way, person_id=person,
        subject=said.subject, body="" if way in rules.SHORT else said.body, created_at=at,
    )  # fmt: skip
    with translation.override(locale):
        return worded(row, to=_NOBODY, at=at, token=_TOKEN)


def _facts(
    notice: Notice, locale: str, number: str, by: Actor, at: datetime
) -> tuple[dict[str, str], bool]:
    values = examples(locale)
    if not number:
        return values, False
    case_id = wires.case_called(number, by)
    if not case_id:
        raise NotFound(number=number[:40])
    event = Event.objects.filter(stream=case_id, kind__in=notice.on).order_by("-seq").first()
    facts = wires.case_facts([event]).get((event.stream, event.seq)) if event else None
    if event is None or facts is None:
        return values | {"number": facts.number if facts else number}, False
    found = words_of(Occasion(notice, event, facts, policy.current(event.at)), locale)
    if notice.audience == "staff":
        links = wires.case_links({case_id}, by)
        found |= {"link": settings.BASE_URL + links.get(case_id, "")}
    return values | found, True
