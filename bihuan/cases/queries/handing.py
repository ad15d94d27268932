"""Whose cases would go to whom: when somebody is away, and when the load is uneven (E.20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bihuan.accounts import queries as people
from bihuan.cases.models import OPEN, URGENT, Case
from bihuan.cases.queries.placing import Loads, in_hand
from bihuan.cases.queries.routing import in_force, sample
from bihuan.cases.queries.rows import visible
from bihuan.cases.routing.leveling import leveled
from bihuan.core.actors import Actor
from bihuan.policy import queries as policy

MOVABLE = ["filed", "accepted"]  # what is decided stays with whoever decided it


@dataclass(frozen=True, slots=True)
class Handed:
    """A case and who would take it; `to` 0: nobody can, so it stays where it is.

    The case goes into the department of whoever takes it, as with any assignment.
    """

    case: Case
    to: int
    department: str


def hand_over_plan(staff_id: int, *, by: Actor, at: datetime) -> list[Handed]:
    """Every open case of theirs, most urgent first, with its taker by the rule that routed it."""
    rows = visible(by).filter(owner_id=staff_id, state__in=OPEN).order_by(*URGENT)
    cases = list(rows)
    loads = Loads(without=[staff_id])
    wanted = _wanted(cases, at)
    found: list[Handed] = []
    for case in cases:
        fallback, skill = wanted.get(case.id, ("", ""))
        place = loads.placed(case.department, at, fallback=fallback, skill=skill)
        found.append(Handed(case, place.owner_id, place.department))
    takers = people.colleagues(one.to for one in found)
    return [
        replace(one, department=takers[one.to].department or one.department) if one.to else one
        for one in found
    ]


def _wanted(cases: Sequence[Case], at: datetime) -> dict[int, tuple[str, str]]:
    """Fallback and skill, as the rule in force or the handbook's route name them."""
    rules, book = in_force(), policy.current(at)
    found: dict[int, tuple[str, str]] = {}
    for one in sample(cases, words=rules.reads_words):
        rule, route = rules.choose(one.asked), book.routes.get(one.case.category)
        if rule and rule.department == one.case.department:
            found[one.case.id] = rule.fallback, rule.skill
        elif route and route.department == one.case.department:
            found[one.case.id] = route.fallback, ""
    return found


def rebalance_plan(department: str, *, by: Actor, at: datetime) -> list[Handed]:
    """Moves among the people of a department on duty; what is due last moves first."""
    hands = [one for one in people.hands(department, at) if one.on_shift]
    capacity = {one.id: one.capacity for one in hands}
    held = dict.fromkeys(capacity, 0) | in_hand(capacity)
    rows = visible(by).filter(owner_id__in=capacity, department=department, state__in=MOVABLE)
    mine: dict[int, list[Case]] = {}
    for case in rows.order_by("-rank", "-sort_due_at", "id"):
        mine.setdefault(case.owner_id, []).append(case)
    moves = leveled(held, capacity, {id: len(cases) for id, cases in mine.items()})
    return [Handed(mine[giver].pop(0), taker, department) for giver, taker in moves]
