"""Cases that are likely the same matter, for somebody who then decides (2.20, 2.2.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from bihuan.cases.likeness import Facts, Likeness, Shared, cause, likeness, weights
from bihuan.cases.models import OPEN, Case, Entry
from bihuan.cases.queries.rows import made, visible
from bihuan.cases.queries.words import newest_of_shop
from bihuan.core import ids
from bihuan.core.actors import Actor
from bihuan.events.models import Event
from bihuan.orders import queries as orders

_LOOKED_AT = 40  # cases of a person, an order, a shop: the newest
_THEIRS = 5  # open cases of the person who is on the phone
_COMPARED = 3  # cases of an incident, the newest: comparing words costs
_POOL = 80  # open cases of their issues and shops, the newest


@dataclass(frozen=True, slots=True)
class Alike:
    """A case that is likely about the same, and why."""

    case: Case
    likeness: Likeness


def likely_same(case: Case, by: Actor, most: int = 3) -> list[Alike]:
    """The likeliest first, then the newest."""
    return _likely(_facts_of([case])[case.id], by, most, but=case.id)


def _likely(told: Facts, by: Actor, most: int = 3, *, but: int = 0) -> list[Alike]:
    rows = visible(by).exclude(id=but).exclude(state="merged")
    near = {case.id: case for case in _candidates(rows, told)}
    facts = _facts_of(near.values())
    found = [Alike(case, likeness(told, facts[id], weights())) for id, case in near.items()]
    found = [one for one in found if one.likeness.score >= weights().least]
    found.sort(key=lambda one: (-one.likeness.score, -one.case.id))
    return found[:most]


def likely_new(
    *,
    person_id: int,
    order_no: str = "",
    external_id: str = "",
    text: str,
    issue: str = "",
    by: Actor,
    at: datetime,
) -> list[Alike]:
    """The same for what is being taken down: who it is, and which order, as far as it is known.

    What began in the same conversation stands first, whoever made it a case. What the person has
    open is shown whatever it is about: somebody decides whether it is that.
    """
    order = orders.by_number(person_id, order_no)
    if order is None and (found := orders.of_number(order_no)):
        order = orders.get(found[0])
    told = Facts(
        person_id=person_id,
        order_id=order.id if order else 0,
        merchant_id=order.merchant_id if order else 0,
        issue=issue,
        text=text,
        received_at=at,
    )
    same = Likeness((Shared("same_talk", weights().least),))
    talk = [Alike(case, same) for case in of_talk(external_id, by)]
    known = {one.case.id for one in talk}
    likely = talk + [one for one in _likely(told, by) if one.case.id not in known]
    return likely + _others_of(told, by, [one.case.id for one in likely])


def of_talk(external_id: str, by: Actor) -> list[Case]:
    """The cases of this conversation, newest first; none without one."""
    if not external_id:
        return []
    rows = visible(by).filter(external_id=external_id)
    return list(rows.order_by("-received_at", "-id")[:_THEIRS])


def _others_of(told: Facts, by: Actor, but: Sequence[int]) -> list[Alike]:
    """What the person has open beside these, newest first, however unlike it is."""
    if not told.person_id:
        return []
    rows = visible(by).filter(person_id=told.person_id, state__in=OPEN)
    cases = list(rows.exclude(id__in=but).order_by("-received_at", "-id")[:_THEIRS])
    facts = _facts_of(cases)
    whose = Likeness((Shared("same_person", weights().same_person),))
    found = [(case, likeness(told, facts[case.id], weights())) for case in cases]
    return [Alike(case, likely if likely.shared else whose) for case, likely in found]


def _candidates(rows: QuerySet[Case], told: Facts) -> Iterable[Case]:
    newest = rows.order_by("-received_at")
    since, until = (told.received_at + sign * weights().period for sign in (-1, 1))
    if told.order_id:
        yield from newest.filter(order_id=told.order_id)[:_LOOKED_AT]
    if told.person_id:
        theirs = newest.filter(person_id=told.person_id)
        yield from theirs.filter(received_at__range=(since, until))[:_LOOKED_AT]
    if told.merchant_id:
        shops = newest_of_shop(told.merchant_id, since, until, _LOOKED_AT)
        yield from rows.filter(id__in=shops)


def _facts_of(cases: Iterable[Case]) -> dict[int, Facts]:
    """What is compared of these cases; of their words, those they began with."""
    known = {case.id: case for case in cases}
    first = Entry.objects.filter(case_id__in=list(known), kind="filing")
    said = dict(first.order_by("-id").values_list("case_id", "text"))
    return {
        id: Facts(
            person_id=case.person_id,
            order_id=case.order_id,
            merchant_id=case.merchant_id,
            issue=case.issue,
            text=f"{case.subject}\n{said.get(id, '')}",
            received_at=case.received_at,
        )
        for id, case in known.items()
    }


def likely_of_cause(
    some: Sequence[Case], *, but: QuerySet[Any, Any], by: Actor, at: datetime, most: int = 10
) -> list[Alike]:
    """Open cases of the last days that what caused these has likely caused, for a person to add.

    `but` are the ids of cases that are gathered already. The likeliest first, then the newest.
    """
    near = sorted(some, key=lambda case: -case.id)[:_COMPARED]
    issues = {case.issue for case in near if case.issue}
    shops = {case.merchant_id for case in near if case.merchant_id}
    since = ids.compose(int((at - cause().period).timestamp()), 0)
    rows = visible(by).filter(Q(issue__in=issues) | Q(merchant_id__in=shops), state__in=OPEN)
    rows = rows.filter(id__gte=since).exclude(id__in=[case.id for case in near])
    pool = list(rows.exclude(id__in=but).order_by("-id")[:_POOL]) if near else []
    facts = _facts_of([*near, *pool])
    found = [
        Alike(case, max(
            (likeness(facts[one.id], facts[case.id], cause()) for one in near),
            key=lambda likely: likely.score,
        ))
        for case in pool
    ]  # fmt: skip
    found = [one for one in found if one.likeness.score >= cause().least]
    found.sort(key=lambda one: (-one.likeness.score, -one.case.id))
    return found[:most]


def open_about(order_id: int, by: Actor) -> Case | None:
    """This customer's newest open case about that order, to add to instead of filing again."""
    if not order_id:
        return None
    rows = visible(by).filter(order_id=order_id, state__in=OPEN)
    return rows.order_by("-received_at", "-id").first()


def merged_into(case: Case, by: Actor) -> list[Case]:
    """What stands merged into this case now, oldest first: by its own log, which names them."""
    said = Event.objects.filter(stream=case.id, kind="case.merged")
    numbers = said.values_list("data__other", flat=True)
    return list(visible(by).filter(number__in=list(numbers), merged_into=case.id).order_by("id"))


def goes_on_in(case: Case) -> Case:
    """The case in which this one is worked on now: itself, or what it was merged into (2.2.3)."""
    seen = {case.id}
    while case.merged_into and (other := made(case.merged_into)) and other.id not in seen:
        seen.add(other.id)
        case = other
    return case


def merged_with(case: Case) -> Case | None:
    """The case of the same person that this one stands merged into, for who may see this one.

    A guest with one case is told its number; the wall keeps the rest of it from him.
    """
    other = made(case.merged_into) if case.merged_into else None
    return other if other and other.person_id == case.person_id else None


def shared(case: Case, other: Case) -> bool:
    """Whether both are of one person, or about one order."""
    return case.person_id == other.person_id or (case.order_id == other.order_id > 0)
