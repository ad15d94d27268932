"""Turn what happened to a case into messages; run the sending of each channel on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.utils import timezone

from bihuan.accounts import queries as accounts
from bihuan.core.actors import SYSTEM, Role
from bihuan.core.handbook import Handbook
from bihuan.core.terms import Notice
from bihuan.events.models import Event
from bihuan.notify import commands, rules, wires
from bihuan.notify.commands import Telling
from bihuan.notify.occasions import HOUSE_LOCALE, Occasion, words_of
from bihuan.policy import queries as policy


def told(event: Event) -> None:
    """As `told_all`, for one event."""
    told_all([event])


def told_all(events: Sequence[Event]) -> None:
    """Subscriber: whoever the handbook's notices name is told, once for each event (2.4.1).

    Raises when a notice needs a fact nobody gives, so that the event becomes a dead letter.
    """
    found = list(_occasions(events))
    customers = [one for one in found if one.notice.audience == "customer"]
    staff = [one for one in found if one.notice.audience == "staff"]
    commands.tell_all([*_to_customers(customers), *_to_staff(staff)])


def _occasions(events: Sequence[Event]) -> Iterator[Occasion]:
    """Each notice that the handbook in force then has for one of these events."""
    due: list[tuple[Event, Handbook, tuple[Notice, ...]]] = []
    for event in events:
        book = policy.current(event.at)
        if notices := rules.notices_on(book, event.kind, event.data, event.actor_role):
            due.append((event, book, notices))
    facts = wires.case_facts([event for event, _, _ in due]) if due else {}
    for event, book, notices in due:
        if known := facts.get((event.stream, event.seq)):
            yield from (Occasion(notice, event, known, book) for notice in notices)


def _to_customers(occasions: Sequence[Occasion]) -> Iterator[Telling]:
    people = accounts.shown({one.facts.person_id for one in occasions} - {0}, SYSTEM)
    for one in occasions:
        person = people.get(one.facts.person_id)
        if person is None or person.erased:
            continue
        # how the result is told may be agreed for this one notice (HOUSE §6b, notify)
        agreed = one.event.data.get("channel") if one.event.kind == "case.result_notified" else ""
        yield _telling(one, person.locale, agreed or person.tell_by, person_id=person.id)


def _to_staff(occasions: Sequence[Occasion]) -> Iterator[Telling]:
    rota: dict[str, list[int]] = {}
    told = [(one, _colleagues(one, rota)) for one in occasions]
    readers = accounts.colleagues(id for _, ids in told for id in ids) if told else {}
    links = {
        id: wires.case_links({one.facts.case_id for one, ids in told if id in ids}, reader.actor)
        for id, reader in readers.items()
    }
    for one, ids in told:
        for id in ids:
            if id in readers and one.facts.case_id in links[id]:  # else it is closed to him
                link = settings.BASE_URL + links[id][one.facts.case_id]
                # by mail too where the notice may go there: a breach shall not wait for a sign-in
                yield _telling(one, HOUSE_LOCALE, "email", staff_id=id, link=link)


def _colleagues(one: Occasion, rota: dict[str, list[int]]) -> tuple[int, ...]:
    """The staff whom this concerns; `rota` remembers the supervisors of departments."""
    data, facts = one.event.data, one.facts
    return rules.colleagues(
        one.event.kind,
        named=data.get("told", ()),
        owner_id=data.get("staff", data.get("owner", facts.owner_id)),
        actor_id=one.event.actor_id,
        supervisors=_supervisors(facts.department, rota, one.book),
    )


def _supervisors(department: str, rota: dict[str, list[int]], book: Handbook) -> Iterator[int]:
    """Those of this department, absent ones too; read when the first of them is asked for.

    Nobody works in the watched queue: every supervisor watches it (2.2.2).
    """
    if department not in rota:
        unit = book.departments.get(department)
        watched = unit is not None and unit.watched
        staff = accounts.everybody() if watched else accounts.staff_of(department, on_duty=False)
        rota[department] = [one.id for one in staff if Role.SUPERVISOR in one.roles]
    yield from rota[department]


def _telling(
    one: Occasion,
    locale: str,
    tell_by: str,
    *,
    person_id: int = 0,
    staff_id: int = 0,
    link: str = "",
) -> Telling:
    event = one.event
    reader = f"p{person_id}" if person_id else f"s{staff_id}"
    there = rules.answered_there(event.kind, event.data, event.actor_role, event.at)
    ways = tuple(way for way in rules.channels(one.notice, tell_by) if way != there)
    return Telling(
        template=one.notice.id,
        key=f"{event.stream}.{event.seq}:{one.notice.id}:{reader}",
        facts=words_of(one, locale) | ({"link": link} if link else {}),
        at=event.at,
        person_id=person_id,
        staff_id=staff_id,
        case_id=one.facts.case_id,
        channels=ways,
        locale=locale,
        paced=event.kind == "case.filed" and event.data.get("channel") == rules.EMAIL,
        awake=bool(person_id) and rules.answers_its_reader(event.kind, event.actor_role),
        promised=partial(wires.promised, event),
    )


def send_inbox(at: datetime) -> None:
    """Periodic, every second: what is told in the app."""
    _send("inbox", at)


def send_email(at: datetime) -> None:
    """Periodic, every few seconds, in a thread of its own: a slow mail server delays only mail."""
    _send("email", at)


def send_sms(at: datetime) -> None:
    """Periodic, every few seconds, in a thread of its own, like mail."""
    _send("sms", at)


def send_wechat(at: datetime) -> None:
    """Periodic, every few seconds, in a thread of its own, like mail."""
    _send("wechat", at)


def send_push(at: datetime) -> None:
    """Periodic, every few seconds, in a thread of its own, like mail."""
    _send("push", at)


def trace(at: datetime) -> None:
    """Periodic, every minute: suppliers are asked about what they never reported on."""
    for channel in sorted(wires.channels()):
        commands.trace(channel, _since(at))


def send_at(channel: str, at: datetime) -> None:
    """What is due then leaves at that very moment: for a story told faster than it happened."""
    _swept(channel, lambda: at)


def _send(channel: str, at: datetime) -> None:
    _swept(channel, _since(at))


def _swept(channel: str, now: Callable[[], datetime]) -> None:
    """Batch after batch."""
    while commands.sweep(channel, now) == commands.batch_of(channel):
        pass  # a failed message waits at least 30 s more, so this ends


def _since(at: datetime) -> Callable[[], datetime]:
    """While a provider is waited for the clock goes on from `at`, in seconds."""
    began = clock()
    return lambda: at + timedelta(seconds=max((clock() - began) // timedelta(seconds=1), 0))


def clock() -> datetime:
    """What the clock says."""
    return timezone.now()
