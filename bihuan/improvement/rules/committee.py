"""Who sits on the committee, when it can decide, and how a decision stands (1.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from bihuan.core.actors import Actor, Role
from bihuan.core.clocks import SHANGHAI

CLAUSE = "1.1"
#: 由平台运营、法律、技术、客服等多部门组成: each has at least one seat.
FUNCTIONS = ("operations", "law", "technology", "service")
VOTES = ("for", "against", "abstain")
#: Who keeps the committee's papers, and who else reads all of them.
WRITERS = frozenset({Role.COMMITTEE, Role.ADMINISTRATOR, Role.SYSTEM})
READERS = WRITERS | {Role.SUPERVISOR}
HUNDRED = 100


def may_write(by: Actor) -> bool:
    """Those who call meetings and record what was decided."""
    return bool(by.roles & WRITERS)


def reads_all(by: Actor) -> bool:
    """Those who read papers and decisions before they are published."""
    return bool(by.roles & READERS)


def works_here(by: Actor) -> bool:
    """Staff of every role, and the committee's own people."""
    return by.is_staff or reads_all(by)


def vacant(taken: Iterable[str]) -> list[str]:
    """The functions that nobody stands for, in the order of the clause."""
    known = set(taken)
    return [function for function in FUNCTIONS if function not in known]


def seats_in_all(functions: Collection[str]) -> int:
    """How many seats count: a vacant function is an empty chair, not a smaller table."""
    return len(functions) + len(vacant(functions))


def needed(*, seats: int, percent: int) -> int:
    """How many voters are more than this percentage of the seats; of all of them, all."""
    return min(seats, seats * percent // HUNDRED + 1)


def adopted(*, votes: Mapping[str, int], percent: int) -> bool:
    """More than this percentage of all who could vote were for it; an abstention is not."""
    return votes["for"] >= needed(seats=sum(votes.values()), percent=percent)


def today(at: datetime) -> date:
    """The day in Shanghai."""
    return at.astimezone(SHANGHAI).date()


def standing(
    *, adopted: bool, replaced: bool, due_on: date | None, done_at: datetime | None, at: datetime
) -> str:
    """rejected, replaced, done, late, open, or standing where nothing is left to do."""
    if not adopted:
        return "rejected"
    if replaced:
        return "replaced"
    if done_at is not None:
        return "done"
    if due_on is None:
        return "standing"
    return "late" if due_on < today(at) else "open"
