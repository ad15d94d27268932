"""Who answers for a breach, who may read of it, and who may sign it off (2.3.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bihuan.core.actors import Actor, Role

#: Who reads every record; everybody else reads his own.
READERS = frozenset({Role.SUPERVISOR, Role.COMPLIANCE, Role.ADMINISTRATOR})
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


def may_explain(staff_id: int, by: Actor) -> bool:
    """Whoever held the case, or a supervisor in his place."""
    return by.id == staff_id or Role.SUPERVISOR in by.roles


def may_sign(staff_id: int, by: Actor) -> bool:
    """A supervisor, never the one who answers: nobody acquits himself."""
    return Role.SUPERVISOR in by.roles and by.id != staff_id
