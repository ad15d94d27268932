"""Turn what happened to a case into messages; run the sending of each channel on its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import translation

from bihuan.accounts import queries as accounts
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.handbook import Handbook
from bihuan.core.terms import Notice
from bihuan.events.models import Event
from bihuan.notify import commands, rules, wires
from bihuan.notify.rules import Facts
from bihuan.policy import queries as policy
from bihuan.web.words import date_words, due_moment

HOUSE_LOCALE = "zh-hans"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is told, in which language, and by which way beside the app."""

    person_id: int = 0
    staff_id: int = 0
    locale: str = HOUSE_LOCALE
    tell_by: str = rules.INBOX
    actor: Actor = SYSTEM

    @property
    def key(self) -> str:
        return f"p{self.person_id}" if self.person_id else f"s{self.staff_id}"


def told(event: Event) -> None:
    """Subscriber: whoever the handbook's notices name is told, once for each event (2.4.1).

    Raises when a notice needs a fact nobody gives, so that the event becomes a dead letter.
    """
    book = policy.current(event.at)
    notices = rules.notices_on(book, event.kind, event.data)
    facts = _facts(event, HOUSE_LOCALE) if notices else None
    if facts is None:
        return
    for notice in notices:
        for reader in _readers(notice, event, facts):
            _tell(notice, event, facts, reader, book)


def _readers(notice: Notice, event: Event, facts: Facts) -> Iterator[Reader]:
    if notice.audience == "customer" and facts.person_id:
        person = accounts.shown((facts.person_id,), SYSTEM).get(facts.person_id)
        if person is None or person.erased:
            return
        # how the result is told may be agreed for this one notice (HOUSE §6b, notify)
        chosen = event.data.get("channel") if event.kind == "case.result_notified" else ""
        yield Reader(
            person_id=facts.person_id, locale=person.locale, tell_by=chosen or person.tell_by
        )
    if notice.audience == "staff":
        owner = event.data.get("staff", event.data.get("owner", facts.owner_id))
        supervisors = (
            staff.id
            for staff in accounts.staff_of(facts.department, on_duty=False)
            if Role.SUPERVISOR in staff.roles
        )
        told = rules.colleagues(
            event.kind, owner_id=owner, actor_id=event.actor_id, supervisors=supervisors
        )
        for colleague in accounts.colleagues(told).values():
            # by mail too where the notice may go there: a breach shall not wait for a sign-in
            yield Reader(staff_id=colleague.id, tell_by="email", actor=colleague.actor)


def _facts(event: Event, locale: str) -> Facts | None:
    with translation.override(locale):
        return wires.case_facts(event.stream, event)


def _tell(notice: Notice, event: Event, facts: Facts, reader: Reader, book: Handbook) -> None:
    if reader.locale != HOUSE_LOCALE:
        facts = _facts(event, reader.locale) or facts
    variables = {**facts.variables, **_said_by(event, book, reader.locale)}
    if reader.staff_id:
        links = wires.case_links((facts.case_id,), reader.actor)
        variables["link"] = settings.BASE_URL + links.get(facts.case_id, "/desk/notices/")
    ways = rules.channels(notice, reader.tell_by)
    commands.tell(
        notice.id,
        key=f"{event.stream}.{event.seq}:{notice.id}:{reader.key}",
        facts=variables,
        at=event.at,
        person_id=reader.person_id,
        staff_id=reader.staff_id,
        case_id=facts.case_id,
        channels=[way for way in ways if way in wires.channels()],
        locale=reader.locale,
    )


def _said_by(event: Event, book: Handbook, locale: str) -> Mapping[str, str]:
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
    if event.kind == "message.failed":
        channel = book.channels[data["channel"]]
        said["channel"] = channel.en if english else channel.zh
    return said


def send_inbox(at: datetime) -> None:
    """Periodic, every second: what is told in the app."""
    _send("inbox", at)


def send_email(at: datetime) -> None:
    """Periodic, every few seconds, in a thread of its own: a slow mail server delays only mail."""
    _send("email", at)


def _send(channel: str, at: datetime) -> None:
    while commands.sweep(channel, at) == commands.BATCH:
        pass  # a failed message waits at least 30 s more, so this ends
