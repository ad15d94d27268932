"""Appeals as far as this actor may see them, their dues, and what of a case may be appealed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from bihuan.appeals.models import OPEN, Appeal, AppealClock, Interest
from bihuan.appeals.rules import about, last_day, next_level
from bihuan.cases import queries as cases
from bihuan.cases.queries import Why, why_due
from bihuan.core import inputs
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.handbook import Handbook
from bihuan.core.redress import Ground
from bihuan.core.refusals import NotFound
from bihuan.events.models import Event
from bihuan.policy import queries as policy
from bihuan.policy.loader import load_current

#: The row of a case, which is known here by what the queries of its room give.
CaseRow = Any
PAGE = 50
#: What tells somebody a result, also a preliminary one (3.2).
_TOLD = ("case.result_notified", "case.preliminary_told")
#: What must be late for the delay itself to be appealed against: the result that was promised.
_RESULT = {"case.handling_done", "complaint.final_feedback_sent", "case.result_notice_sent"}


@dataclass(frozen=True, slots=True)
class Open:
    """What may be appealed against now: of what, in which instance, on which grounds, until when.

    `refused` says why not, as a code: nothing_told, merged, withdrawn, too_late, decided_here.
    `standing` is the number of the appeal that is open already.
    """

    about: str = ""
    level: int = 1
    grounds: tuple[Ground, ...] = ()
    until: datetime | None = None
    refused: str = ""
    standing: str = ""


def visible(by: Actor) -> QuerySet[Appeal]:
    """The appeals about cases that exist for this actor; one's own to review, always."""
    if Role.SYSTEM in by.roles:
        return Appeal.objects.all()
    seen = Exists(cases.visible(by).filter(id=OuterRef("case_id")))
    if not by.is_staff:
        return Appeal.objects.filter(seen)
    return Appeal.objects.filter(Q(seen) | Q(reviewer_id=by.id))


def get(number: str, by: Actor) -> Appeal:
    """That appeal; NotFound when there is none for this actor."""
    row = visible(by).filter(number=number.strip().upper()[:24]).first()
    if row is None:
        raise NotFound(number=number[:40])
    return row


def locked(number: str, by: Actor) -> Appeal:
    """That appeal and its case, both held until the transaction ends: the case first, always."""
    found = get(number, by)
    cases.locked(case_number(found), SYSTEM)
    return Appeal.objects.select_for_update().get(id=found.id)


def case_number(row: Appeal) -> str:
    """The number of its case is the appeal's up to the letter."""
    return row.number.rpartition("-")[0]


def of_case(case_id: int) -> list[Appeal]:
    """All appeals of a case the caller may see, the newest first."""
    return list(Appeal.objects.filter(case_id=case_id).order_by("-id"))


def standing(case_id: int) -> Appeal | None:
    """The one that is open."""
    return Appeal.objects.filter(case_id=case_id, state__in=OPEN).first()


def grounds(at: datetime) -> dict[str, Ground]:
    """The grounds that hold then."""
    return dict(instances(at).grounds)


def instances(at: datetime) -> Handbook:
    """The text whose instances and grounds hold then: of this release where it is older."""
    book = policy.current(at)
    return book if book.appeal_levels else load_current()


def may_appeal(case: CaseRow, at: datetime) -> Open:
    """What of this case can be appealed against now, or why nothing can (3.2, X-41)."""
    if row := standing(case.id):
        return Open(refused="appealed", standing=row.number)
    if case.state in ("merged", "withdrawn"):
        return Open(refused=case.state)
    told_at = told(case)
    late = any(clock.milestone in _RESULT for clock in cases.late_now(case, at))
    of = about(case.state, told=told_at is not None, late=late)
    if not of:
        return Open(refused="nothing_told")
    until = last_day(told_at, policy.default("appeal_window", at)) if told_at else None
    if until and at > until:
        return Open(about=of, until=until, refused="too_late")
    had = Appeal.objects.filter(
        case_id=case.id, round=case.round, about=of, state__in=["decided", "declined"]
    )
    last = had.order_by("-level").first()
    level = 1 if last is None else next_level(last.level, instances(at))
    if not level:
        return Open(about=of, until=until, refused="decided_here")
    fitting = tuple(one for one in grounds(at).values() if of in one.about)
    return Open(of, level, fitting, until)


def told(case: CaseRow) -> datetime | None:
    """When a result, a preliminary one or the decline was told in this round; None before it."""
    if case.told_at:
        at: datetime = case.told_at
        return at
    rows = Event.objects.filter(stream=case.id, kind__in=_TOLD, data__round=case.round)
    return rows.order_by("seq").values_list("at", flat=True).last()


def clocks(row: Appeal) -> list[AppealClock]:
    """Its dues, void ones left out, the first first."""
    rows = AppealClock.objects.filter(appeal_id=row.id, void_at=None)
    return list(rows.order_by("due_at", "milestone"))


def headline(rows: Iterable[AppealClock]) -> AppealClock | None:
    """The hard due that presses first."""
    running = [one for one in rows if one.hard and one.done_at is None]
    return min(running, key=lambda one: one.due_at, default=None)


def explain(row: Appeal, clock: AppealClock) -> tuple[Why, ...]:
    """Why this due: for each promise that meets in it, counted anew from its start."""
    return why_due(policy.pinned(row.policy_id), clock.promises, clock.started_at)


def late_clocks(at: datetime, most: int = 200) -> list[AppealClock]:
    """The hard dues that have passed and were not said yet."""
    rows = AppealClock.objects.filter(
        due_at__lt=at, hard=True, done_at=None, void_at=None, late_at=None
    )
    return list(rows.order_by("due_at")[:most])


def by_id(id: int) -> Appeal:
    """For the house, which has its id from a row."""
    return Appeal.objects.get(id=id)


def unreviewed(most: int = 200) -> list[Appeal]:
    """Open appeals that nobody reviews yet."""
    return list(Appeal.objects.filter(state="filed", reviewer_id=0).order_by("id")[:most])


def said_unreviewed(row: Appeal) -> bool:
    """Whether it was said already that nobody may review it, and nobody was named since."""
    rows = Event.objects.filter(
        stream=row.case_id, data__appeal=row.id,
        kind__in=["appeal.unreviewed", "appeal.appointed"],
    )  # fmt: skip
    last = rows.order_by("-seq").values_list("kind", flat=True).first()
    return last == "appeal.unreviewed"


def listed(by: Actor, *, show: str = "open", before: int = 0) -> tuple[list[Appeal], int]:
    """A page of appeals and the cursor of the next, 0 at the end.

    open: those due first; mine: the same of this actor; ended: the newest first.
    """
    rows = visible(by)
    if show == "ended":
        rows = rows.exclude(state__in=OPEN).order_by("-id")
        rows = rows.filter(id__lt=before) if before else rows
        found = list(rows[: PAGE + 1])
        return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else 0
    rows = rows.filter(state__in=OPEN)
    if show == "mine":
        rows = rows.filter(reviewer_id=by.id)
    return list(rows.order_by("next_due_at", "id")[:500]), 0


def waiting(by: Actor) -> int:
    """How many open appeals this actor reviews."""
    return Appeal.objects.filter(reviewer_id=by.id, state__in=OPEN).count()


def interest(id: int) -> Interest:
    """NotFound when there is none."""
    row = Interest.objects.filter(id=inputs.whole(id, field="id")).first()
    if row is None:
        raise NotFound()
    return row
