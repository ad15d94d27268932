"""The clocks of a case: started, met, voided, replaced; `due_at` is never updated (HOUSE §6b)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace as replace_in
from datetime import datetime
from functools import cache

from django.db.models import Q

from bihuan.cases.lifecycle import ACCEPTED, CONFIRMED, MILESTONES
from bihuan.cases.models import Case, Clock
from bihuan.core import clocks
from bihuan.core.actors import Actor
from bihuan.core.clocks import ClockRow, Hold
from bihuan.core.handbook import Handbook, Promise
from bihuan.core.schedule import Schedule
from bihuan.core.workdays import Workdays
from bihuan.events import log
from bihuan.events.models import Event
from bihuan.store import statements
from bihuan.store.statements import Kept

_SOME_CASE, _SOME_ROUND = -11, -12  # stand for the id of a case and its round
_DONE = """
UPDATE cases_clock SET done_at = %s WHERE case_id = %s AND round = %s AND milestone = ANY(%s)
    AND done_at IS NULL AND void_at IS NULL
"""
_MISSED = """
UPDATE cases_clock SET late_at = due_at
WHERE case_id = %s AND round = %s AND milestone = %s AND due_at = %s
    AND done_at IS NULL AND void_at IS NULL AND late_at IS NULL
RETURNING case_id
"""
ORDER = {milestone: place for place, milestone in enumerate(MILESTONES)}
RUNNING = Q(done_at__isnull=True, void_at__isnull=True)
AGAIN_WITHOUT = frozenset({*ACCEPTED, *CONFIRMED})  # a reopened case is in hand already
_ANEW = ", of the complaint"  # a start that is counted from the message that complains


def promised(case: Case, book: Handbook, kind: str = "") -> tuple[Promise, ...]:
    """The promises this case has a right to, as it is classified now, or as another kind."""
    found, _ = _known(case, book, kind)
    if case.round > 1:
        return tuple(p for p in found if p.until not in AGAIN_WITHOUT)
    return found


def _known(case: Case, book: Handbook, kind: str = "") -> tuple[tuple[Promise, ...], Schedule]:
    """Of cases that are classified alike, found once for each version of the policy."""
    alike = (
        book.sha256, kind or case.kind, case.channel, case.category, case.severity, case.tier
    )  # fmt: skip
    if (known := _alike.get(alike)) is None:
        found = book.promises_for(
            kind=alike[1],
            channel=case.channel,
            category=case.category,
            severity=case.severity,
            tier=case.tier,
        )
        known = _alike[alike] = found, Schedule(found)
    return known


_alike: dict[tuple[object, ...], tuple[tuple[Promise, ...], Schedule]] = {}


def owed(
    case: Case, book: Handbook, days: Workdays, holds: Sequence[Hold] = ()
) -> tuple[ClockRow, ...]:
    """The clock rows of the current round: its start is the receipt, or the reopening.

    A case that turned into a complaint counts the complaint's own promises from the message
    that complains (HOUSE §6b, Kind); the older promises keep their start.
    """
    if case.round == 1 and not case.complained_at and not holds:
        return _known(case, book)[1].rows(case.round_at, days)
    starts = clocks.receipt(case.round_at)
    found = promised(case, book)
    if case.complained_at and case.complained_at >= case.round_at:
        older = promised(case, book, kind=_filed_as(case))
        later = [replace_in(p, start=f"{p.start}{_ANEW}") for p in found if p not in older]
        starts |= {f"{name}{_ANEW}": case.complained_at for name in starts}
        found = (*older, *later)
    return clocks.rows(clocks.deadlines(found, starts, days, holds))


def _filed_as(case: Case) -> str:
    """The kind before it turned into a complaint: what was promised then is not taken back."""
    return str(Event.objects.values_list("data", flat=True).get(stream=case.id, seq=1)["kind"])


def row(case: Case, made: ClockRow) -> Clock:
    """The database row of a computed one."""
    return Clock(
        case_id=case.id,
        round=case.round,
        milestone=made.milestone,
        due_at=made.due_at,
        effective_due_at=made.effective_due_at,
        started_at=made.started_at,
        hard=made.hard,
        status=made.status,
        promises=list(made.promises),
    )


def head(rows: Iterable[Clock | ClockRow]) -> tuple[datetime | None, str]:
    """The earliest hard effective due of these running rows, and its milestone."""
    hard = [r for r in rows if r.hard]
    if not hard:
        return None, ""
    first = min(hard, key=lambda r: (r.effective_due_at, ORDER.get(r.milestone, len(ORDER))))
    return first.effective_due_at, first.milestone


def running(case: Case) -> list[Clock]:
    """The rows of the current round that nothing has ended yet."""
    return _running().rows({_SOME_CASE: case.id, _SOME_ROUND: case.round})


@cache
def _running() -> Kept[Clock]:
    return Kept(Clock.objects.filter(RUNNING, case_id=_SOME_CASE, round=_SOME_ROUND))


def start_round(case: Case, book: Handbook, days: Workdays) -> None:
    """The clocks of a new round; earlier rounds stay as they were judged."""
    rows = [row(case, made) for made in owed(case, book, days)]
    Clock.objects.bulk_create(rows)
    case.next_due_at, case.next_milestone = head(rows)


def reach(case: Case, milestones: Sequence[str], by: Actor, at: datetime) -> None:
    """These milestones are reached now: their rows end, and lateness is judged by this moment."""
    rows = running(case)
    met = [r for r in rows if r.milestone in milestones]
    for clock in met:
        if clock.late_at is None and clocks.is_late(due_at=clock.due_at, done_at=at, at=at):
            miss(case, clock, by=by, at=at)
    if met:
        statements.run(_DONE, [at, case.id, case.round, list(milestones)])
    case.next_due_at, case.next_milestone = head(r for r in rows if r not in met)


def start_from(case: Case, milestone: str, book: Handbook, days: Workdays, at: datetime) -> None:
    """Promises whose clock starts with this milestone, such as the result notice (1.4)."""
    found = [p for p in promised(case, book) if p.start == milestone]
    rows = [row(case, r) for r in clocks.rows(clocks.deadlines(found, {milestone: at}, days))]
    Clock.objects.bulk_create(  # one that a retracted decision had begun is no second one
        rows, update_conflicts=True, update_fields=["void_at", "void_reason"],
        unique_fields=["case_id", "round", "milestone", "due_at"],
    )  # fmt: skip
    case.next_due_at, case.next_milestone = head(running(case))


def end(case: Case, reason: str, at: datetime) -> None:
    """The rest is void, with the reason: declined, withdrawn, merged."""
    Clock.objects.filter(RUNNING, case_id=case.id).update(void_at=at, void_reason=reason)
    case.next_due_at, case.next_milestone = None, ""


def revive(case: Case) -> None:
    """What a merge made void runs again, with the old dues."""
    Clock.objects.filter(case_id=case.id, round=case.round, void_reason="merged").update(
        void_at=None, void_reason=""
    )
    case.next_due_at, case.next_milestone = head(running(case))


def miss(case: Case, clock: Clock, by: Actor, at: datetime) -> None:
    """Say once that a due has passed; a soft row turns amber and is no breach.

    A row that ended since it was read was judged when it ended.
    """
    key = [clock.case_id, clock.round, clock.milestone, clock.due_at]
    if statements.run(_MISSED, key) and clock.hard:
        log.append_all([missed(case, clock)], by=by, at=at)


def missed(case: Case, clock: Clock) -> log.Fact:
    """What is said of a due that has passed (2.3.3)."""
    told = {
        "number": case.number,
        "round": clock.round,
        "milestone": clock.milestone,
        "due_at": clock.due_at.isoformat(),
        "owner": case.owner_id,
        "department": case.department,
        "promises": clock.promises,
    }
    return log.Fact("clock.missed", case.id, told, "2.3.3")
