"""How persons and staff want to be told, and by which ways each can be reached (2.4.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from bihuan.accounts import queries as accounts
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import NotFound
from bihuan.core.topics import Topic
from bihuan.notify import wires
from bihuan.notify.models import Message, Wish
from bihuan.notify.queries.messages import reached
from bihuan.notify.rules import INBOX
from bihuan.notify.wishes import NOTHING_SAID, Quiet, Wishes
from bihuan.policy import queries as policy

Reader = tuple[int, int]  # a person or a member of staff, the other is 0


@dataclass(frozen=True, slots=True)
class Told:
    """How somebody is told now: the first way, those after it, and the rest of what they said.

    `ways` are all by which they can be reached. `changed_by` is the colleague who set it for
    them, who can set back what was before.
    """

    first: str
    then: tuple[str, ...]
    ways: tuple[str, ...]
    app_only: frozenset[str] = frozenset()
    quiet: Quiet | None = None
    off_duty: bool = False
    changed_by: int = 0
    changed_at: datetime | None = None
    before: Mapping[str, object] = field(default_factory=dict)


def wishes(readers: Collection[Reader], at: datetime) -> dict[Reader, Wishes]:
    """What each of these readers has said; who said nothing is missing. One query, two for staff
    who want to be left alone off duty.
    """
    persons, staff = {p for p, _ in readers if p}, {s for p, s in readers if s and not p}
    if not persons and not staff:
        return {}
    rows = list(
        Wish.objects.filter(
            Q(person_id__in=persons, staff_id=0) | Q(staff_id__in=staff, person_id=0)
        )
    )
    resting = {row.staff_id for row in rows if row.off_duty}
    back = accounts.next_on_duty(resting, at) if resting else {}
    return {(row.person_id, row.staff_id): _said(row, back.get(row.staff_id)) for row in rows}


def goes_at(leaving: Iterable[tuple[Message, datetime]]) -> dict[int, datetime]:
    """When each of these may leave that would leave at the moment beside it: later, if it is."""
    due = {m.id: (m, when) for m, when in leaving if m.channel != INBOX}
    if not due:
        return {}
    readers = {(m.person_id, m.staff_id) for m, _ in due.values()}
    said = wishes(readers, min(when for _, when in due.values()))
    found = {}
    for id, (message, when) in due.items():
        wish = said.get((message.person_id, message.staff_id))
        notice = policy.current(when).notices.get(message.template) if wish else None
        if wish and notice:
            found[id] = wish.goes_at(notice, when, message.must_by)
    return {id: goes for id, goes in found.items() if goes > due[id][1]}


def _said(row: Wish, back_at: datetime | None = None) -> Wishes:
    quiet = None
    if row.quiet_from is not None and row.quiet_until is not None:
        quiet = Quiet(row.quiet_from, row.quiet_until)
    then = None if row.then is None else tuple(row.then)
    return Wishes(then, frozenset(row.app_only), quiet, back_at)


def told_how(person_id: int, by: Actor, person: accounts.Shown | None = None) -> Told:
    """How this person is told; `person` as far as it is known already.

    NotFound for others than themselves, staff and the house.
    """
    if not (by.is_staff or Role.SYSTEM in by.roles or by.id == person_id):
        raise NotFound()
    person = person or accounts.shown([person_id], SYSTEM)[person_id]
    ways = tuple(way for way in wires.ways() if way in person.ways)
    row = Wish.objects.filter(person_id=person_id).first() if person_id else None
    said = _said(row) if row else NOTHING_SAID
    first = person.tell_by if person.tell_by in ways else INBOX
    then = said.then if said.then is not None else ways
    if first == INBOX and person.tell_by != INBOX and ways:
        first = next((way for way in then if way in ways), INBOX)
    return Told(
        first=first,
        then=tuple(way for way in then if way in ways and way != first) if first != INBOX else (),
        ways=ways,
        app_only=said.app_only,
        quiet=said.quiet,
        changed_by=row.changed_by if row else 0,
        changed_at=row.changed_at if row else None,
        before=(row.before or {}) if row else {},
    )


def staff_told_how(by: Actor) -> Told:
    """How this member of staff is told of what has a topic."""
    if not by.is_staff or not by.id:
        raise NotFound()
    row = Wish.objects.filter(staff_id=by.id).first()
    ways = ways_to(staff_id=by.id)
    said = _said(row) if row else NOTHING_SAID
    first = ways[0] if ways else INBOX
    return Told(first, (), ways, said.app_only, off_duty=bool(row and row.off_duty))


def ways_to(*, person_id: int = 0, staff_id: int = 0) -> tuple[str, ...]:
    """The ways beside the app by which this reader can be told: one is there, and a contact."""
    there = [way for way in wires.ways() if way != INBOX]
    found = reached((person_id, staff_id, way) for way in there)
    return tuple(way for way in there if (person_id, staff_id, way) in found)


def topics(audience: str, at: datetime) -> list[Topic]:
    """What this audience may keep to the app, as the handbook in force has it."""
    return list(policy.current(at).topics_for(audience))
