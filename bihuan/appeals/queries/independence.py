"""Who had to do with a case, and who may therefore not look at it anew (3.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from bihuan.accounts import queries as people
from bihuan.accounts.queries import Colleague
from bihuan.appeals.models import OPEN, Appeal, Interest
from bihuan.appeals.queries.reading import instances
from bihuan.appeals.rules import REVIEWING, Tie, Touched, drawn, sits, ties
from bihuan.cases import queries as cases
from bihuan.core.actors import SYSTEM
from bihuan.core.redress import AppealLevel
from bihuan.events.models import Event
from bihuan.policy import queries as policy

#: Roles of those who act on a case and are none of the staff.
_OUTSIDE = ("customer", "merchant", "system")
#: What an event says of staff who had the case in hand, whoever said it.
_IN_HAND = ("owner", "lead", "staff", "agent")
#: What it takes to have decided about a merchant, beside having been in charge.
_DECIDES = ("case.resolved", "case.declined")
#: Who was let in to read a closed case has done nothing on it.
_READS = ("case.reader_added", "case.reader_removed")
_NO_TEAM = frozenset({"", "unrouted"})


@dataclass(frozen=True, slots=True)
class Checked:
    """One candidate with what stands against them, and how many open appeals they have."""

    colleague: Colleague
    ties: tuple[Tie, ...]
    load: int = 0

    @property
    def independent(self) -> bool:
        return not self.ties


def level_of(number: int, at: datetime) -> AppealLevel:
    """The instance of this number, as it is then."""
    return instances(at).appeal_levels[number]


def touched(appeal: Appeal, ids: Collection[int], at: datetime) -> Touched:
    """Who had to do with the appeal's case; of the merchant's other cases only among these."""
    family = related(appeal.case_id)
    rows = Event.objects.filter(stream__in=family).exclude(kind__in=_READS)
    rows = rows.exclude(kind__in=REVIEWING, data__appeal=appeal.id)
    staff, teams = set[int](), set[str]()
    for actor, role, data in rows.values_list("actor_id", "actor_role", "data"):
        if actor and role not in _OUTSIDE:
            staff.add(actor)
        staff.update(data[key] for key in _IN_HAND if isinstance(data.get(key), int))
        teams.add(str(data.get("department") or ""))
    standing = list(cases.visible(SYSTEM).filter(id__in=family))
    staff.update(case.owner_id for case in standing)
    teams.update(case.department for case in standing)
    teams.update(one.department for one in people.colleagues(staff).values())
    shops = {case.merchant_id for case in standing} - {0}
    return Touched(
        staff=frozenset(staff - {0}), teams=frozenset(teams - _NO_TEAM),
        shop=_of_shop(shops, family, ids, at), interested=_interested(shops, ids),
    )  # fmt: skip


def related(case_id: int) -> frozenset[int]:
    """This case and every one it was merged with, split from or goes on from: one matter."""
    found, edge = {case_id}, {case_id}
    while edge:
        rows = Event.objects.filter(stream__in=edge, data__has_key="other")
        numbers = set(rows.values_list("data__other", flat=True))
        others = cases.visible(SYSTEM).filter(number__in=[n for n in numbers if n])
        edge = set(others.values_list("id", flat=True)) - found
        found |= edge
    return frozenset(found)


def _of_shop(
    shops: Collection[int], family: Collection[int], ids: Collection[int], at: datetime
) -> frozenset[int]:
    """Those in charge of, or who decided, another case of the merchant within the policy's days."""
    if not shops or not ids:
        return frozenset()
    since = at - timedelta(days=policy.default("independence", at))
    others = cases.visible(SYSTEM).filter(merchant_id__in=shops, received_at__gte=since)
    others = others.exclude(id__in=family)
    owners = set(others.filter(owner_id__in=ids).values_list("owner_id", flat=True))
    decided = Event.objects.filter(
        stream__in=others.values("id"), kind__in=_DECIDES, actor_id__in=ids
    )
    return frozenset(owners | set(decided.values_list("actor_id", flat=True)))


def _interested(shops: Collection[int], ids: Collection[int]) -> frozenset[int]:
    rows = Interest.objects.filter(merchant_id__in=shops, staff_id__in=ids, ended_at=None)
    return frozenset(rows.values_list("staff_id", flat=True))


def check(appeal: Appeal, staff_id: int, at: datetime) -> tuple[Tie, ...]:
    """What stands against this member of staff as the reviewer, as things are now."""
    colleague = people.colleagues([staff_id]).get(staff_id)
    if colleague is None or not colleague.active:
        return ("role",)
    known = touched(appeal, [staff_id], at)
    return ties(colleague, known, level_of(appeal.level, at))


def checked(appeal: Appeal, at: datetime) -> list[Checked]:
    """Everybody who has the role for this instance, the independent with the least to do first."""
    level = level_of(appeal.level, at)
    pool = [one for one in people.everybody() if sits(one, level)]
    ids = [one.id for one in pool]
    known, load = touched(appeal, ids, at), loads(ids)
    found = [Checked(one, ties(one, known, level), load.get(one.id, 0)) for one in pool]
    return sorted(found, key=lambda one: (bool(one.ties), one.load, one.colleague.id))


def draw(appeal: Appeal, at: datetime) -> int:
    """The reviewer by lot: independent, on duty where anybody is, with the fewest open appeals.

    Nobody who stepped aside; whom the person objected to only where there is nobody else. Asked
    behind no door of a person, whose wall would hide the merchant's other cases.
    """
    recused, objected = _aside(appeal)
    free = [one for one in checked(appeal, at) if one.independent]
    free = [one for one in free if one.colleague.id not in recused]
    others = [one for one in free if one.colleague.id not in objected] or free
    there = people.on_duty_ids(at)
    present = [one for one in others if one.colleague.id in there] or others
    load = {one.colleague.id: one.load for one in present}
    lot = int(appeal.filed_at.timestamp() * 1_000_000)  # nobody hits a microsecond on purpose
    return drawn([one.colleague for one in present], load, lot)


def _aside(appeal: Appeal) -> tuple[set[int], set[int]]:
    """Who stepped aside of themselves, and whom the person objected to."""
    rows = Event.objects.filter(
        stream=appeal.case_id, kind__in=["appeal.recused", "appeal.objected"],
        data__appeal=appeal.id,
    )  # fmt: skip
    said = list(rows.values_list("kind", "data__reviewer"))
    return (
        {id for kind, id in said if kind == "appeal.recused"},
        {id for kind, id in said if kind == "appeal.objected"},
    )


def loads(ids: Iterable[int]) -> dict[int, int]:
    """How many open appeals each of them reviews; who has none is absent."""
    rows = Appeal.objects.filter(reviewer_id__in=set(ids), state__in=OPEN)
    found: dict[int, int] = {}
    for id in rows.values_list("reviewer_id", flat=True):
        found[id] = found.get(id, 0) + 1
    return found


def interests(at: datetime, *, ended: bool = False) -> list[Any]:
    """What was declared and has not ended, newest first; with `ended` what has as well."""
    rows = Interest.objects.all() if ended else Interest.objects.filter(Q(ended_at=None))
    return list(rows.order_by("-declared_at", "-id")[:500])
