"""Who may look at a result anew, what an appeal is about, and until when: pure decisions (3.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bihuan.core.actors import Role
from bihuan.core.clocks import SHANGHAI, ClockRow, Deadline, deadlines, receipt
from bihuan.core.handbook import Handbook, Promise
from bihuan.core.redress import AppealLevel
from bihuan.core.workdays import Workdays

CLAUSE = "3.2"
#: What leaves an appeal without anybody to review it.
DRAWN_ON = ("appeal.filed", "appeal.objected", "appeal.recused")
#: What ends an appeal, however.
ENDED_BY = ("appeal.decided", "appeal.declined", "appeal.withdrawn", "appeal.lapsed")
#: What a reviewer, and who names one, does to the appeal itself: no part in what it is about.
REVIEWING = (
    "appeal.appointed", "appeal.unreviewed", "appeal.accepted", "appeal.asked", "appeal.declined",
    "appeal.recused", "appeal.decided",
)  # fmt: skip
#: After these by its person, what was appealed against stands no more.
SUPERSEDED = {
    "case.disputed": "disputed", "case.reopened": "reopened", "case.withdrawn": "withdrawn",
}  # fmt: skip
#: By these its person has accepted the result.
ACCEPTED = ("case.result_accepted", "case.confirmed")
#: What happens to a case that an open appeal about it must follow.
MOVES_ON = ("case.merged", "case.unmerged", *ACCEPTED, *SUPERSEDED)
Tie = Literal["touched", "team", "merchant", "interest", "role"]

#: The milestones of a complaint that an appeal has as well, and what they are called here. Its
#: first review, preliminary result and repair belong to the complaint itself (HOUSE §6b).
OF_AN_APPEAL = {
    "case.first_response": "appeal.answered",
    "complaint.accepted": "appeal.accepted",
    "case.handling_done": "appeal.decided",
    "complaint.final_feedback_sent": "appeal.decided",
}


class Candidate(Protocol):
    """A member of staff who might review."""

    @property
    def id(self) -> int: ...
    @property
    def roles(self) -> frozenset[Role]: ...
    @property
    def department(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Touched:
    """Everything the log and the rows know of who had to do with the matter.

    `staff` acted on the case, one merged with it or split from it, or had it in hand; `teams` are
    the departments it went through, and theirs; `shop` worked on another case of the merchant
    lately; `interested` declared a tie to the merchant that has not ended.
    """

    staff: frozenset[int] = frozenset()
    teams: frozenset[str] = frozenset()
    shop: frozenset[int] = frozenset()
    interested: frozenset[int] = frozenset()


def ties(one: Candidate, touched: Touched, level: AppealLevel) -> tuple[Tie, ...]:
    """What stands against this person, all of it; () for whoever is independent."""
    found: list[Tie] = [] if sits(one, level) else ["role"]
    if one.id in touched.staff:
        found.append("touched")
    if one.department in touched.teams:
        found.append("team")
    if one.id in touched.shop:
        found.append("merchant")
    if one.id in touched.interested:
        found.append("interest")
    return tuple(found)


def sits(one: Candidate, level: AppealLevel) -> bool:
    """Whether they decide in this instance at all."""
    has_role = bool(one.roles & set(level.roles))
    return has_role and (not level.departments or one.department in level.departments)


def drawn(among: Collection[Candidate], load: Mapping[int, int], lot: int) -> int:
    """Who reviews: of those with the fewest open appeals one by lot; 0 where there is nobody.

    `lot` is any number nobody chose: the same lot draws the same.
    """
    least = min((load.get(one.id, 0) for one in among), default=0)
    free = sorted(one.id for one in among if load.get(one.id, 0) == least)
    return free[lot % len(free)] if free else 0


def about(state: str, *, told: bool, late: bool) -> str:
    """What of a case can be appealed against now; "" when there is nothing yet.

    `told`: a result or a preliminary one was told in this round; `late`: what was promised by now
    was not.
    """
    if state in ("notified", "closed", "archived"):
        return "result" if told else ""
    if state == "declined":
        return "decline"
    if state in ("filed", "accepted", "resolved"):
        return "result" if told else "delay" if late else ""
    return ""


def last_day(told_at: datetime, years: int) -> datetime:
    """Until when an appeal is taken: the same moment so many years on, the 28th for a leap day."""
    local = told_at.astimezone(SHANGHAI)
    day = 28 if (local.month, local.day) == (2, 29) else local.day
    return local.replace(year=local.year + years, day=day)


def dues(promises: Iterable[Promise], filed_at: datetime, days: Workdays) -> list[ClockRow]:
    """The clock rows of an appeal: the promises of a new complaint, counted from its filing.

    Promises that meet in one milestone at one moment are one row.
    """
    starts = receipt(filed_at)
    kept = [p for p in promises if p.until in OF_AN_APPEAL]
    groups: dict[tuple[str, datetime], list[Deadline]] = {}
    for one in deadlines(kept, starts, days):
        groups.setdefault((OF_AN_APPEAL[one.promise.until], one.due_at), []).append(one)
    return [
        ClockRow(
            milestone=milestone, started_at=filed_at, due_at=due_at, effective_due_at=due_at,
            hard=any(one.hard for one in group), promises=tuple(one.promise.id for one in group),
            status="final" if all(one.status == "final" for one in group) else "provisional",
            earliest_at=min(one.earliest_at for one in group),
        )
        for (milestone, due_at), group in sorted(groups.items(), key=lambda pair: pair[0][1])
    ]  # fmt: skip


def next_level(level: int, book: Handbook) -> int:
    """The instance above; 0 where there is none in the house."""
    return level + 1 if level + 1 in book.appeal_levels else 0
