"""After a change of what a case is: which of its dues still hold, and which it owes now (X-07)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F, QuerySet

from bihuan.cases import deadlines
from bihuan.cases.lifecycle import ANSWERED, CASE, HANDLED
from bihuan.cases.models import Case, Clock
from bihuan.cases.queries.paused import breaks
from bihuan.core import clocks
from bihuan.core.actors import SYSTEM
from bihuan.core.clocks import ClockRow
from bihuan.core.handbook import Handbook
from bihuan.core.workdays import Workdays
from bihuan.events import log
from bihuan.events.catalog import KIND_OF
from bihuan.events.models import Event

_RETRACTED = KIND_OF["retract"]
#: the events that say that milestones were reached, and the one that takes that back
_PROVES = {KIND_OF[step.action]: step.reaches for step in CASE.steps.values() if step.reaches}
_PROVES[_RETRACTED] = ()
CALENDAR = "calendar"
#: of what a person of the staff does alone, nothing takes away what a lower tier promised
_APPROVED = frozenset({"approve_severity", "approve_kind"})  # by a second person


def replace(
    case: Case, book: Handbook, days: Workdays, reason: str, at: datetime
) -> dict[str, list[str]]:
    """After a change of kind, severity, tier or calendar: void what no longer holds, add the rest.

    Rows due at the same moment are joined. A milestone that was reached already judges its new row
    by that moment. Rows that start with another milestone are not counted anew. What a lower tier
    promised runs on, unless a second person approved (X-07). Returns old and new dues by milestone.
    """
    rows = {
        (r.milestone, r.due_at): r for r in Clock.objects.filter(case_id=case.id, round=case.round)
    }
    reached = _reached(case)
    reached |= {r.milestone: r.done_at for r in rows.values() if r.done_at is not None}
    holds = breaks(case.id, case.round)
    wanted = {(r.milestone, r.due_at): r for r in deadlines.owed(case, book, days, holds)}
    unheld = (
        {p: r.due_at for r in deadlines.owed(case, book, days) for p in r.promises} if holds else {}
    )
    moved: dict[str, list[str]] = {}
    for key, old in rows.items():
        if key in wanted or old.void_at or old.done_at or _started_by_a_step(old, book):
            continue
        if reason not in _APPROVED and _of_a_lower_tier(old, case, book):
            continue
        _one(old).update(void_at=at, void_reason=reason)
        moved.setdefault(key[0], []).append(f"-{key[1].isoformat()}")
    for key, new in wanted.items():
        made = _remade(case, new, rows.get(key), reached, unheld)
        if key in rows:
            _become(rows[key], made)
            continue
        if reason == CALENDAR and made.done_at:
            continue  # an arrangement moves what is open; what was reached was judged (CALENDAR §5)
        made.save(force_insert=True)
        moved.setdefault(key[0], []).append(f"+{key[1].isoformat()}")
    _miss_reached(case, at)
    case.next_due_at, case.next_milestone = deadlines.head(deadlines.running(case))
    return moved


def _remade(
    case: Case,
    new: ClockRow,
    old: Clock | None,
    reached: Mapping[str, datetime],
    unheld: Mapping[str, datetime],
) -> Clock:
    """As it is owed now and was reached; an answer before the complaint is none to it (1.4)."""
    made = deadlines.row(case, new)
    done = (old.done_at if old else None) or reached.get(new.milestone)
    early = done and done < new.started_at and new.milestone in ANSWERED
    made.done_at = None if early else done
    plain = min((unheld[id] for id in new.promises if id in unheld), default=made.due_at)
    made.unheld_due_at = plain if plain < made.due_at else None
    return made


def _become(old: Clock, made: Clock) -> None:
    """The row that is there already says the same from now on; most do so as they are."""
    said = {
        "promises": made.promises, "hard": made.hard, "status": made.status,
        "effective_due_at": made.effective_due_at, "done_at": made.done_at, "void_at": None,
        "void_reason": "", "unheld_due_at": made.unheld_due_at,
    }  # fmt: skip
    if any(getattr(old, name) != value for name, value in said.items()):
        _one(old).update(**said)


def _reached(case: Case) -> dict[str, datetime]:
    """When each milestone was first reached in this round, by what the log says of the steps."""
    reached: dict[str, datetime] = {}
    found = Event.objects.filter(stream=case.id, kind__in=_PROVES, data__round=case.round)
    for kind, at in found.order_by("seq").values_list("kind", "at"):
        if kind == _RETRACTED:
            reached.pop(*HANDLED, None)
        reached |= {one: at for one in _PROVES[kind] if one not in reached}
    return reached


def _started_by_a_step(clock: Clock, book: Handbook) -> bool:
    """Such as the result notice, which counts from the decision (1.4)."""
    receipt = clocks.receipt(clock.started_at)
    return all(book.promise(id).start not in receipt for id in clock.promises)


def _of_a_lower_tier(clock: Clock, case: Case, book: Handbook) -> bool:
    tiers = [book.promise(id).applies.tier for id in clock.promises]
    return all(one and max(one) < case.tier for one in tiers)


def _miss_reached(case: Case, at: datetime) -> None:
    """Say of rows whose milestone had been reached too late for them that they were missed."""
    rows = Clock.objects.filter(
        case_id=case.id, round=case.round, void_at=None, late_at=None, done_at__gt=F("due_at")
    )
    late = list(rows)
    rows.update(late_at=F("due_at"))
    log.append_all(
        [deadlines.missed(case, clock) for clock in late if clock.hard], by=SYSTEM, at=at
    )


def _one(clock: Clock) -> QuerySet[Clock]:
    return Clock.objects.filter(
        case_id=clock.case_id, round=clock.round, milestone=clock.milestone, due_at=clock.due_at
    )
