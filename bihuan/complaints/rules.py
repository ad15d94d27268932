"""Who answers for a breach, who may read of it, and who may sign it off or judge it (2.3.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from bihuan.core.actors import Actor, Role
from bihuan.core.terms import Severity

#: Who reads every record; everybody else reads his own.
READERS = frozenset({Role.SUPERVISOR, Role.COMPLIANCE, Role.ADMINISTRATOR})
MANAGEMENT = "management"
CLAUSE = "2.3.3"
Key = tuple[int, int, str, datetime]  # case, round, milestone, due


@dataclass(frozen=True, slots=True)
class Breach:
    """A hard deadline that passed, and who held the case then; ids are 0 where nobody did."""

    case_id: int
    number: str
    round: int
    milestone: str
    due_at: datetime
    promises: tuple[str, ...]
    staff_id: int
    department: str

    @property
    def key(self) -> Key:
        """What makes it one breach and not another."""
        return (self.case_id, self.round, self.milestone, self.due_at)


def breach(case_id: int, said: Mapping[str, Any]) -> Breach:
    """The breach a clock.missed event speaks of. KeyError when it leaves something out."""
    return Breach(
        case_id=case_id,
        number=said["number"],
        round=said["round"],
        milestone=said["milestone"],
        due_at=datetime.fromisoformat(said["due_at"]),
        promises=tuple(said["promises"]),
        staff_id=said["owner"],
        department=said["department"],
    )


def clauses(promises: Iterable[str]) -> list[str]:
    """The clauses these promises stand in: the id of a promise is C-<clause>-<number>."""
    return list(dict.fromkeys(id.removeprefix("C-").rpartition("-")[0] for id in promises))


def reads_all(by: Actor) -> bool:
    """Those who answer for the handling as a whole."""
    return bool(by.roles & READERS)


def reads_reports(by: Actor) -> bool:
    """Those who answer for the handling, and the management (2.2.2)."""
    of_management = by.is_staff and by.department == MANAGEMENT
    return reads_all(by) or of_management or Role.SYSTEM in by.roles


def may_take_personal(by: Actor) -> bool:
    """Names and contacts leave the house with compliance, an administrator, or the operator."""
    return bool(by.roles & {Role.COMPLIANCE, Role.ADMINISTRATOR, Role.SYSTEM})


def may_explain(staff_id: int, by: Actor) -> bool:
    """Whoever held the case, or a supervisor in his place."""
    return by.id == staff_id or Role.SUPERVISOR in by.roles


def explains_first(
    *,
    staff_id: int,
    explained_by: int,
    out: bool,
    stands_in_from: datetime,
    by: Actor,
    at: datetime,
) -> bool:
    """Whether this supervisor still waits for the words of whom the record names.

    He writes in their place once the days are over and they said nothing, or when they are out.
    """
    if by.id == staff_id or not staff_id or out:
        return False
    return explained_by == staff_id or at < stands_in_from


def unfit_to_sign(*, staff_id: int, explained_by: int, by: Actor) -> str:
    """Why this actor may not sign, "" when he may: nobody acquits himself, or his own words."""
    if Role.SUPERVISOR not in by.roles:
        return "not_a_supervisor"
    return {staff_id: "holder", explained_by: "explainer"}.get(by.id, "")


def unfit_to_decide(
    *, appellant: int, explained_by: int, signed_by: int, department: str, by: Actor
) -> str:
    """Why this actor may not decide an appeal, "" when he may: he has had no part in the record.

    Nor is he of the department that is held to account.
    """
    if not by.roles & READERS:
        return "not_a_supervisor"
    had_a_part = {explained_by: "explainer", signed_by: "signer", appellant: "appellant"}
    if by.id in had_a_part:
        return had_a_part[by.id]
    return "own_department" if by.department == department else ""


def unfit_to_verify(*, owner_id: int, done_by: int, by: Actor) -> str:
    """Why this actor may not verify what was put right, "" when he may."""
    if Role.SUPERVISOR not in by.roles:
        return "not_a_supervisor"
    return "owner" if by.id in (owner_id, done_by) else ""


def may_set_measures(holders: Collection[int], by: Actor) -> bool:
    """A supervisor, or whoever answers for every one of these records."""
    return Role.SUPERVISOR in by.roles or set(holders) == {by.id}


class Held(Protocol):
    """From when on a case was somebody's."""

    @property
    def owner_id(self) -> int: ...
    @property
    def department(self) -> str: ...
    @property
    def since(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Part:
    """What one holder had of a clock: minutes of the whole and of the lateness, and per cent."""

    staff_id: int
    department: str
    minutes: int
    late: int
    share: int


def minutes_late(due_at: datetime, end: datetime) -> int:
    """Whole minutes past the due, a begun one counts; 0 in time."""
    return _minutes(end - due_at)


def parts(held: Sequence[Held], *, start: datetime, due_at: datetime, end: datetime) -> list[Part]:
    """Whose hands the case was in from start to end, the longest first.

    Minutes, late minutes and per cent each add up exactly to the whole. Before the first holding
    the case was nobody's (0).
    """
    whole = _split(held, start, end, _minutes(end - start))
    late = _split(held, due_at, end, minutes_late(due_at, end))
    percent = _split(held, start, end, 100 if end > start else 0)
    found = [
        Part(*holder, minutes, late.get(holder, 0), percent[holder])
        for holder, minutes in whole.items()
    ]
    return sorted(found, key=lambda one: (-one.minutes, one.staff_id, one.department))


def _split(
    held: Sequence[Held], start: datetime, end: datetime, units: int
) -> dict[tuple[int, str], int]:
    """So many units among the holders by their time: each boundary is rounded down, none twice."""
    if end <= start:
        return {}
    marks = [(0, "", start), *((one.owner_id, one.department, one.since) for one in held)]
    found: dict[tuple[int, str], int] = {}
    before = 0
    for n, (owner, department, since) in enumerate(marks):
        until = marks[n + 1][2] if n + 1 < len(marks) else end
        since, until = max(since, start), min(max(until, start), end)
        if until <= since:
            continue
        reached = (until - start) * units // (end - start)
        key = (owner, department)
        found[key] = found.get(key, 0) + reached - before
        before = reached
    return found


def _minutes(span: timedelta) -> int:
    return max(-(-span // timedelta(minutes=1)), 0)


def leads(by: Actor, *, lead_id: int, department: str) -> bool:
    """Who speaks for an incident: its lead, its department's people, supervisors, the house."""
    return (
        bool(by.id and by.id == lead_id)
        or by.department == department
        or bool(by.roles & {Role.SUPERVISOR, Role.SYSTEM})
    )


def severity_of_reach(rungs: Iterable[Severity], people: int) -> Severity | None:
    """The gravest rung of 2.3.1 that so many people reach; None where they reach none."""
    reached = [r for r in rungs if r.people_over is not None and people > r.people_over]
    return max(reached, key=lambda rung: rung.rank, default=None)
