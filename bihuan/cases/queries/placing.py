"""Who takes a case: on duty, qualified, skilled, and with the most room (2.2.2, 1.3)."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from bihuan.accounts import queries as people
from bihuan.accounts.queries import Hand
from bihuan.core.actors import Role
from bihuan.store import statements

_IN_HAND = "SELECT owner_id, cases FROM cases_in_hand(%s)"  # of everybody, whoever files
_FRESH_FOR = timedelta(seconds=3)  # between two looks at the loads of a department


class Place(NamedTuple):
    """The department that takes a case, and who there; 0 when nobody at all is to be had."""

    department: str
    owner_id: int


@dataclass(frozen=True, slots=True)
class _Team:
    read_at: datetime
    hands: tuple[Hand, ...]
    watch: tuple[Hand, ...]
    open: Mapping[int, int]


class Loads:
    """Who has how much in hand, read once a department and then counted along.

    `without`: who is passed over, as they are about to be away.
    """

    def __init__(self, without: Collection[int] = ()) -> None:
        self._without = frozenset(without)
        self._teams: dict[str, _Team] = {}

    def placed(
        self, department: str, at: datetime, *, fallback: str = "", skill: str = ""
    ) -> Place:
        """Whoever is on duty there with the smallest share of their capacity, the skilled first.

        Nobody on duty there: the fallback's people on duty. Nobody there either: the department's
        people who are off shift, who find it when they come; then the supervisors watch it.
        """
        here = self._team(department, at)
        on_shift = [one for one in here.hands if one.on_shift]
        if not on_shift and fallback:
            there = [one for one in self._team(fallback, at).hands if one.on_shift]
            if there:
                return Place(fallback, self._taken(fallback, there, skill))
        among = on_shift or here.hands or here.watch
        if not among:
            self._teams.pop(department, None)
            return Place(department, 0)
        return Place(department, self._taken(department, among, skill))

    def _taken(self, department: str, among: Collection[Hand], skill: str) -> int:
        team = self._teams[department]
        able = [one for one in among if skill in one.skills] if skill else []
        found = min(
            able or among, key=lambda one: (team.open.get(one.id, 0) / one.capacity, one.id)
        )
        now = {**team.open, found.id: team.open.get(found.id, 0) + 1}
        self._teams[department] = replace(team, open=now)
        return found.id

    def _team(self, department: str, at: datetime) -> _Team:
        known = self._teams.get(department)
        if known is None or abs(at - known.read_at) > _FRESH_FOR:
            hands = self._others(people.hands(department, at))
            watch = () if hands else self._others(_watch(at))
            known = _Team(at, hands, watch, in_hand(one.id for one in hands or watch))
            self._teams[department] = known
        return known

    def _others(self, hands: Collection[Hand]) -> tuple[Hand, ...]:
        return tuple(one for one in hands if one.id not in self._without)

    def forget(self) -> None:
        """Look again at the next question."""
        self._teams.clear()


_shared, _lock = Loads(), threading.Lock()


def placed(department: str, at: datetime, *, fallback: str = "", skill: str = "") -> Place:
    """As `Loads.placed`, counted along by everybody in this process.

    What was read ages by the caller's time: a story told faster than it happened stays the same.
    """
    with _lock:
        return _shared.placed(department, at, fallback=fallback, skill=skill)


def lightest(department: str, at: datetime) -> int:
    """As `placed`, in this department and no other."""
    return placed(department, at).owner_id


def lightest_without(department: str, without: Collection[int], at: datetime) -> int:
    """The same, passing over these; 0 where nobody else is to be had."""
    return Loads(without).placed(department, at).owner_id


def forget_loads() -> None:
    """Look again at the next question."""
    with _lock:
        _shared.forget()


def in_hand(staff_ids: Iterable[int]) -> dict[int, int]:
    """How many open cases each of them owns, whoever asks; who has none is absent."""
    return dict(statements.run(_IN_HAND, [list(staff_ids)]))


def _watch(at: datetime) -> list[Hand]:
    """Supervisors watch what no department's people can take: those on duty, else any present."""
    there = people.on_duty_ids(at)
    chiefs = [one for one in people.everybody() if Role.SUPERVISOR in one.roles and one.on_duty]
    found = [one for one in chiefs if one.id in there] or chiefs
    return [Hand(one.id, max(one.capacity, 1), True, frozenset()) for one in found]
