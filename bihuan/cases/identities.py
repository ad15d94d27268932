"""Who is told when somebody is asked to make themselves known, and when they are known (1.2 ①)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.conf import settings

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.cases.models import Case
from bihuan.core.actors import SYSTEM
from bihuan.core.handbook import Handbook
from bihuan.events.models import Event
from bihuan.notify.commands import Telling
from bihuan.policy import queries as policy

#: What becomes of a declaration, and the notice to its person.
OUTCOMES = {
    "identity.verified": "identity_verified",
    "identity.refused": "identity_refused",
    "identity.lapsed": "identity_lapsed",
}
#: What brings somebody nearer to the level a case waits for.
RAISES = frozenset({"identity.contact_proven", "identity.declared", "identity.verified"})
PAGE = "/me/identity/"


def tellings(event: Event) -> Iterator[Telling]:
    """The notices of one event; none that the handbook in force then does not have."""
    book = policy.current(event.at)
    return (one for one in _all(event, book) if one.template in book.notices)


def _all(event: Event, book: Handbook) -> Iterator[Telling]:
    if event.kind == "case.identity_asked":
        yield from _asked(event, book)
    if template := OUTCOMES.get(event.kind):
        yield from _to_person(event, template, event.data["person"], book, {"link": PAGE})
    if event.kind == "identity.declared":
        for one in people.everybody():
            if people.may_check_identities(one.actor):
                link = f"/desk/identities/{event.data['check']}/"
                yield _to_staff(event, "identity_waiting", one.id, link)
    if event.kind in RAISES:
        for case in queries.waiting_for_identity(event.data["person"]):
            yield from _reached(event, case)


def _asked(event: Event, book: Handbook) -> Iterator[Telling]:
    """The person of the case, with the reason in their language, as its own handbook gives it."""
    case = Case.objects.get(id=event.stream)
    facts = {"number": case.number, "link": f"{PAGE}?case={case.number}"}
    demand = policy.pinned(case.policy_id).demands[event.data["purpose"]]
    for one in _to_person(event, "identity_asked", case.person_id, book, facts):
        why = demand.why_en if one.locale.startswith("en") else demand.why
        yield replace(one, facts={**one.facts, "why": why}, case_id=case.id)


def _to_person(
    event: Event, template: str, person_id: int, book: Handbook, facts: dict[str, str]
) -> Iterator[Telling]:
    person = people.shown([person_id], SYSTEM)[person_id]
    if person.erased or template not in book.notices:
        return
    yield Telling(
        template=template,
        key=f"{event.stream}.{event.seq}:{template}:p{person_id}",
        facts=facts | {"link": settings.BASE_URL + facts["link"]},
        at=event.at,
        person_id=person_id,
        channels=tuple({person.tell_by} & set(book.notices[template].channels)),
        locale=person.locale,
    )


def _reached(event: Event, case: Case) -> Iterator[Telling]:
    """The owner of a case that may now be accepted, once."""
    if case.owner_id and queries.identity_missing(case) is None:
        one = _to_staff(event, "identity_reached", case.owner_id, case.desk_url, case.number)
        yield replace(one, key=f"{case.id}:identity_reached:s{case.owner_id}", case_id=case.id)


def _to_staff(event: Event, template: str, staff_id: int, link: str, number: str = "") -> Telling:
    return Telling(
        template=template,
        key=f"{event.stream}.{event.seq}:{template}:s{staff_id}",
        facts={"number": number, "link": settings.BASE_URL + link},
        at=event.at,
        staff_id=staff_id,
    )
