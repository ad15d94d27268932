"""The clocks of a case as the customer reads them: the promise first, then why, then the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from bihuan.cases import queries
from bihuan.core.handbook import Handbook, Promise
from bihuan.portal.forms import named
from bihuan.web import words
from bihuan.web.words import Sla, StripDay, english

if TYPE_CHECKING:
    from bihuan.cases.models import Case, Clock
    from bihuan.cases.queries import Why

FINAL = frozenset(
    {"case.handling_done", "complaint.final_feedback_sent", "case.result_notice_sent"}
)


@dataclass(frozen=True, slots=True)
class Card:
    """The promise on top of the page; `tone` is "", late or met; `paper`: the time as printed."""

    label: str
    when: str
    note: str = ""
    tone: str = ""
    icon: str = "calendar-clock"
    provisional: bool = False
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Other:
    """Another time limit that runs beside the one explained, and how it is counted."""

    clause: str
    quote: str
    due: str
    steps: list[str]
    days: list[StripDay]


@dataclass(frozen=True, slots=True)
class Because:
    """Where a time comes from: the sentences, the days, the clause and its words."""

    clause: str
    quote: str
    steps: list[str]
    days: list[StripDay]
    policy_version: str
    provisional: bool
    other: list[Other] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Line:
    """One step in the list of all; `aim` is an earlier time that is striven for, not promised."""

    label: str
    due: str
    aim: str
    sla: Sla
    clauses: str
    hard: bool
    done: str
    because: Because | None


def step_words(milestone: str) -> str:
    """What has to be done by then, in the customer's words."""
    return {
        "complaint.accepted": _("最迟受理时间"),
        "aftersales.problem_confirmed": _("最迟确认问题时间"),
        "case.first_response": _("最迟答复时间"),
        "case.initial_solution_sent": _("最迟给出初步方案时间"),
        "complaint.initial_review_done": _("最迟完成初步审核时间"),
        "complaint.preliminary_done": _("最迟完成初步处理时间"),
        "complaint.preliminary_result_sent": _("最迟告知初步结果时间"),
        "incident.repaired": _("最迟修复时间"),
        "case.handling_done": _("最迟处理完毕时间"),
        "complaint.final_feedback_sent": _("最迟告知结果时间"),
        "case.result_notice_sent": _("最迟发出结果通知时间"),
        "feedback.plan_set": _("最迟安排处理时间"),
    }.get(milestone, _("最迟完成时间"))


def runs(clock: Clock) -> bool:
    """Nothing has ended it yet."""
    return clock.done_at is None and clock.void_at is None


def binding(rows: tuple[Clock, ...]) -> Clock | None:
    """The row that sets the headline: where a later step presses an earlier one, that later one."""
    head = queries.headline(rows)
    if head is None or head.due_at == head.effective_due_at:
        return head
    presses = (r for r in rows if r.hard and runs(r) and r.due_at == head.effective_due_at)
    return next(presses, head)


def card(case: Case, rows: tuple[Clock, ...], at: datetime) -> Card | None:
    """The promise: by when, and whether it was kept; None when nothing more is owed."""
    until = queries.reopens_until(case)
    if case.state == "notified" and case.waits_until and until:
        return Card(
            _("请确认结果"),
            words.due_words(case.waits_until, at),
            _("到时没有提出异议，按已办结处理；{until} 前仍可申请重新处理。").format(
                until=words.due_moment(until, at)
            ),
            icon="clipboard-check",
        )
    if case.ended_at:
        when = words.moment_words(case.ended_at, at)
        return Card(_("办结时间"), when, tone="met", icon="circle-check")
    head = queries.headline(rows)
    if head is None:
        return _soft_card(rows, at)
    bound = binding(rows) or head
    due = head.effective_due_at
    if at > bound.due_at:
        return Card(
            _("已超过承诺的时间"),
            words.due_words(due, at),
            _("{late}。超期已登记，由主管督办（2.3.3）。").format(late=words.left_words(due, at)),
            tone="late",
            icon="circle-alert",
        )
    return Card(
        step_words(bound.milestone if bound.milestone in FINAL else head.milestone),
        words.due_words(due, at),
        _result_note(rows, head, at),
        provisional=bound.status == "provisional",
        paper=words.due_moment(due, at),
    )


def _soft_card(rows: tuple[Clock, ...], at: datetime) -> Card | None:
    planned = min((r for r in rows if runs(r)), key=lambda r: r.due_at, default=None)
    if planned is None:
        return None
    return Card(step_words(planned.milestone), words.due_words(planned.due_at, at))


def _result_note(rows: tuple[Clock, ...], head: Clock, at: datetime) -> str:
    final = [r for r in rows if r.hard and runs(r) and r.milestone in FINAL]
    last = min(final, key=lambda r: r.due_at, default=None)
    if last is None or last.due_at == head.effective_due_at:
        return _("还有 {left}").format(left=words.span_words(head.effective_due_at - at))
    return _("处理结果不晚于 {due}").format(due=words.due_moment(last.due_at, at))


def because(
    case: Case, clock: Clock, at: datetime, beside: tuple[Clock, ...] = ()
) -> Because | None:
    """Why this clock is due when it is, and which clauses name another time."""
    told = queries.explain(case, clock)
    if not told:
        return None
    others = [_leading(queries.explain(case, row)) for row in beside if row.pk != clock.pk]
    return because_of(told, at, unheld_due_at=clock.unheld_due_at, others=others)


def because_of(
    told: tuple[Why, ...],
    at: datetime,
    *,
    unheld_due_at: datetime | None = None,
    others: Sequence[Why] = (),
) -> Because:
    """The same of whatever the promises were given for; `told` has one at least."""
    first = _leading(told)
    return Because(
        clause=first.promise.clause,
        quote=quote(first.promise),
        steps=words.why_steps(
            first.promise.limit, first.started_at, first.due_at, at, unheld_due_at
        ),
        days=words.day_strip(first.counted),
        policy_version=first.policy_version,
        provisional=first.status == "provisional",
        other=[_other(why, at) for why in others],
    )


def _leading(told: tuple[Why, ...]) -> Why:
    """The one that binds, of the promises that meet in a row."""
    return next((why for why in told if why.promise.hard), told[0])


def quote(promise: Promise) -> str:
    """The handbook's own words, or their English."""
    return promise.en if english() else promise.says


def _other(why: Why, at: datetime) -> Other:
    return Other(
        clause=why.promise.clause,
        quote=quote(why.promise),
        due=words.due_moment(why.due_at, at),
        steps=words.why_steps(why.promise.limit, why.started_at, why.due_at, at),
        days=words.day_strip(why.counted),
    )


def lines(case: Case, rows: tuple[Clock, ...], book: Handbook, at: datetime) -> list[Line]:
    """Each step of the current round once, by what binds of it, the nearest first.

    Another time for the same step is told where it is explained.
    """
    promises = {promise.id: promise for promise in book.promises}
    steps: dict[str, list[Clock]] = {}
    for row in sorted(rows, key=_bindingness):
        steps.setdefault(row.milestone, []).append(row)
    chosen = sorted(steps.values(), key=lambda mine: (mine[0].done_at is not None, mine[0].due_at))
    return [
        Line(
            label=named(book.milestones[row.milestone]),
            due=words.due_moment(row.due_at, at),
            aim=_aim(row, beside, at),
            sla=words.sla(row.due_at, at, row.started_at, done=row.done_at, soft=not row.hard),
            clauses=_("、").join(sorted({promises[id].clause for id in row.promises})),
            hard=row.hard,
            done=words.moment_words(row.done_at, at) if row.done_at else "",
            because=because(case, row, at, tuple(beside)),
        )
        for row, *beside in chosen
    ]


def _bindingness(row: Clock) -> tuple[bool, bool, datetime]:
    """What still counts before what is void, a promise before an aim, the stricter first."""
    return (row.void_at is not None, not row.hard, row.due_at)


def _aim(row: Clock, beside: list[Clock], at: datetime) -> str:
    """The nearest time striven for before the promised one; "" when it is over or there is none."""
    aims = [one.due_at for one in beside if not one.hard and runs(one) and one.due_at < row.due_at]
    return words.due_moment(min(aims), at) if row.hard and aims and runs(row) else ""
