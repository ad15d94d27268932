"""What a special report rests on, gathered from the case and its log; nothing of it is typed.

Everything is plain text in the reader's language, so that page and paper cannot differ and what
was printed can be kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from bihuan.accounts import queries as accounts
from bihuan.cases import queries as cases
from bihuan.complaints.models import Accountability
from bihuan.complaints.queries import reports
from bihuan.complaints.queries.likeness import Likeness, likeness
from bihuan.core.actors import SYSTEM
from bihuan.core.handbook import Handbook
from bihuan.events import catalog
from bihuan.events.models import Event
from bihuan.orders import queries as orders
from bihuan.web import words
from bihuan.web.words import english

#: What a reader of the report need not see: news of news, and what the report itself says.
LEFT_OUT = frozenset({"message", "report", "person", "token", "staff"})
LEFT_OUT_KINDS = ("clock.warned", "case.noted", "case.reminded", "clock.rescheduled")
_OUTSIDE = {"customer": "用户", "merchant": "商家", "system": "系统"}
CaseRow = reports.CaseRow


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the timeline; `late` says by how much a step came too late, else ""."""

    at: str
    what: str
    clause: str
    who: str
    late: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One clock: what was promised, by when, and what became of it."""

    what: str
    clauses: str
    due: str
    done: str
    verdict: str
    missed: bool


@dataclass(frozen=True, slots=True)
class Held:
    """Who had the case, from when, for how long."""

    who: str
    department: str
    since: str
    span: str


@dataclass(frozen=True, slots=True)
class Noted:
    """What somebody put on record: a finding, or why a deadline was missed."""

    head: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it. `stake_fen` is None where the case is about no order that was paid."""

    number: str
    subject: str
    parties: tuple[tuple[str, str], ...]
    timeline: tuple[Happened, ...]
    clocks: tuple[Judged, ...]
    kept: int
    missed: int
    holders: tuple[Held, ...]
    findings: tuple[Noted, ...]
    alike: Likeness
    answered_for: tuple[Noted, ...]
    stake_fen: int | None

    @property
    def plain(self) -> dict[str, Any]:
        """As page and paper show it, and as it is kept: texts, numbers and lists of them."""
        kept = asdict(self)
        del kept["alike"], kept["stake_fen"]
        alike = self.alike
        shares = [
            {"what": one.what, "count": one.count, "share": one.share} for one in alike.respects
        ]
        return kept | {
            "stake": "" if self.stake_fen is None else words.money(self.stake_fen),
            "days": alike.days,
            "total": alike.total,
            "respects": shares,
            "numbers": list(alike.numbers),
        }


def facts_of(case: CaseRow, at: datetime) -> Facts:
    """The facts of this case as they stand at `at`; the caller has checked who asks."""
    book = cases.handbook(case)
    events = list(Event.objects.filter(stream=case.id).order_by("seq"))
    clocks = [row for row in cases.all_clocks(case) if row.void_at is None and row.hard]
    findings = cases.findings(case)
    answerable = list(Accountability.objects.filter(case_id=case.id).order_by("due_at", "id"))
    asked = {event.actor_id for event in events if event.actor_role not in _OUTSIDE}
    asked |= {event.data.get("owner", 0) for event in events} | {case.owner_id}
    asked |= {row.author_id for row in findings} | {row.staff_id for row in answerable}
    names = accounts.staff_names(asked | {reports.lead_of(case.id)})
    order = orders.shown([case.order_id]).get(case.order_id)
    judged = tuple(_judged(row, book, at) for row in clocks)
    return Facts(
        number=case.number,
        subject=cases.unsealed(case.subject),
        parties=tuple(_parties(case, book, names, order, at)),
        timeline=tuple(_timeline(events, clocks, names, book, at)),
        clocks=judged,
        kept=sum(bool(row.done_at and row.done_at <= row.due_at) for row in clocks),
        missed=sum(one.missed for one in judged),
        holders=tuple(_holders(case, events, names, book, at)),
        findings=tuple(_finding(row, book, names, at) for row in findings),
        alike=likeness(case, at),
        answered_for=tuple(_answered(row, book, names, at) for row in answerable),
        stake_fen=order.paid_fen if order else None,
    )


def _say(term: Any) -> str:
    if term is None:
        return ""
    return str(term.en if english() else term.zh)


def _parties(
    case: CaseRow, book: Handbook, names: Mapping[int, str], order: Any, at: datetime
) -> Iterable[tuple[str, str]]:
    person = accounts.shown([case.person_id], SYSTEM).get(case.person_id)
    shop = accounts.merchant_names([case.merchant_id]).get(case.merchant_id, "")
    yield _("用户"), (person.name if person else "") or _("匿名用户")
    if shop:
        yield _("商家"), shop
    if order:
        yield _("订单"), f"{order.number} · {order.title} · ¥{words.money(order.paid_fen)}"
    yield _("收到时间"), words.full_moment(case.received_at)
    sorted_as = (book.categories.get(case.category), book.issues.get(case.issue))
    yield _("问题"), " · ".join(filter(None, map(_say, sorted_as)))
    yield _("严重程度"), _say(book.severities.get(case.severity))
    yield _("处理部门"), _say(book.departments.get(case.department))
    yield _("经办人"), names.get(case.owner_id) or _("无人经办")
    if lead := names.get(reports.lead_of(case.id)):
        yield _("专项负责人"), lead


def _timeline(
    events: Sequence[Event],
    clocks: Sequence[Any],
    names: Mapping[int, str],
    book: Handbook,
    at: datetime,
) -> Iterable[Happened]:
    late = {row.done_at: row.done_at - row.due_at for row in clocks if _came_late(row)}
    last = None
    for event in events:
        if event.kind.partition(".")[0] in LEFT_OUT or event.kind in LEFT_OUT_KINDS:
            continue
        behind = late.get(event.at) if event.kind.startswith("case.") else None
        line = Happened(
            at=words.moment_words(event.at, at),
            what=_what(event, book),
            clause=event.clause,
            who=_(_OUTSIDE[event.actor_role])
            if event.actor_role in _OUTSIDE
            else names.get(event.actor_id, ""),
            late=_("超 {span}").format(span=words.span_words(behind)) if behind else "",
        )
        if line != last:  # two dues of one step that pass in one moment are one line
            yield line
        last = line


def _what(event: Event, book: Handbook) -> str:
    """The label of the event, with the step it is about where it is about one."""
    kind = catalog.CATALOG[event.kind]
    label = kind.label_en if english() else kind.label
    step = _say(book.milestones.get(event.data.get("milestone", "")))
    return _("{label}：{step}").format(label=label, step=step) if step else label


def _came_late(row: Any) -> bool:
    return bool(row.done_at and row.done_at > row.due_at)


def _judged(row: Any, book: Handbook, at: datetime) -> Judged:
    """Judged by what happened, never by when somebody looked."""
    behind = (row.done_at or at) - row.due_at
    missed = behind > timedelta(0)
    if missed:
        verdict = _("超 {span}").format(span=words.span_words(behind))
    else:
        verdict = _("按时") if row.done_at else _("进行中")
    clauses = dict.fromkeys(book.promise(id).clause for id in row.promises)
    return Judged(
        what=_say(book.milestones.get(row.milestone)),
        clauses=_("、").join(clauses),
        due=words.due_moment(row.due_at, at),
        done=words.moment_words(row.done_at, at) if row.done_at else "",
        verdict=verdict,
        missed=missed,
    )


def _holders(
    case: CaseRow,
    events: Sequence[Event],
    names: Mapping[int, str],
    book: Handbook,
    at: datetime,
) -> Iterable[Held]:
    """From each change of hands to the next; the last until the end of the case, or now."""
    moves: list[tuple[datetime, int, str]] = []
    for event in events:
        if not event.kind.startswith("case.") or "owner" not in event.data:
            continue
        unit = event.data.get("department") or (moves[-1][2] if moves else case.department)
        hands = (event.data["owner"], unit)
        if not moves or moves[-1][1:] != hands:
            moves.append((event.at, *hands))
    until = [move[0] for move in moves[1:]] + [case.ended_at or at]
    for (since, owner, department), end in zip(moves, until, strict=True):
        yield Held(
            who=names.get(owner) or _("无人经办"),
            department=_say(book.departments.get(department)),
            since=words.moment_words(since, at),
            span=words.span_words(end - since),
        )


def _finding(row: Any, book: Handbook, names: Mapping[int, str], at: datetime) -> Noted:
    unit = _say(book.departments.get(row.department)) or row.department
    head = (unit, names.get(row.author_id, ""), words.moment_words(row.at, at))
    return Noted(" · ".join(filter(None, head)), cases.unsealed(row.text))


def _answered(row: Accountability, book: Handbook, names: Mapping[int, str], at: datetime) -> Noted:
    """A missed deadline: the step, whose it was, and what was said about it."""
    step = _say(book.milestones.get(row.milestone))
    head = (step, words.due_moment(row.due_at, at), names.get(row.staff_id) or _("无人经办"))
    if not row.cause:
        return Noted(" · ".join(head), _("尚未说明原因"))
    said = _("原因：{cause}　措施：{measure}").format(cause=row.cause, measure=row.measure)
    return Noted(" · ".join(head), said)
