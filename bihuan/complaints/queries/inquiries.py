"""Parties of a case, what they were asked, its handling steps, and the list of both (6.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from bihuan.cases import queries as cases
from bihuan.complaints import inquiring
from bihuan.complaints.models import CaseParty, HandlingMark, Inquiry
from bihuan.complaints.models.inquiries import RUNNING
from bihuan.core import inputs, keyset
from bihuan.core.actors import Actor
from bihuan.core.handbook import Handbook
from bihuan.core.legal import LegalDue, legal_dues
from bihuan.core.outside import HandlingStep
from bihuan.core.refusals import NotFound
from bihuan.orders import queries as orders
from bihuan.policy import queries as policy

#: The groups of 6.1 that have a work-list of their own, and the trade they are settled with.
TRADES: Mapping[str, str] = {"payment": "payment", "logistics": "courier"}
OPEN = ("filed", "accepted", "resolved", "notified")


class Case(Protocol):
    """What is read of a case here."""

    @property
    def id(self) -> int: ...
    @property
    def number(self) -> str: ...
    @property
    def desk_url(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def issue(self) -> str: ...
    @property
    def order_id(self) -> int: ...
    @property
    def round(self) -> int: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def round_at(self) -> datetime: ...
    @property
    def next_due_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """An inquiry with its party as the case names it."""

    row: Inquiry
    party: CaseParty


@dataclass(frozen=True, slots=True)
class Taken:
    """A step of the handling and what became of it; `mark` is None as long as it is open."""

    step: HandlingStep
    mark: HandlingMark | None


@dataclass(frozen=True, slots=True)
class Allowed:
    """A time the law gives on this case; `asked` where it runs for an inquiry."""

    due: LegalDue
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A case of the work-list with its inquiries, newest first, and how many steps are left."""

    case: Case
    asked: list[Asked]
    steps_left: list[HandlingStep]


@dataclass(frozen=True, slots=True)
class Work:
    """One keyset page of the work-list; `cursor` opens the next, empty at the end."""

    lines: list[Line]
    cursor: str = ""


def inquiry(id: int, by: Actor) -> Asked:
    """That inquiry, of a case this member of staff may see; NotFound otherwise."""
    row = Inquiry.objects.filter(id=id).first() if by.is_staff else None
    if row is None:
        raise NotFound()
    cases.get(row.number, by)
    return Asked(row, CaseParty.objects.get(id=row.party_id))


def locked_inquiry(id: int) -> Inquiry:
    """That row, held until the transaction ends. For commands, which have locked its case."""
    return Inquiry.objects.select_for_update().get(id=id)


def inquiries(case_ids: Iterable[int]) -> dict[int, list[Asked]]:
    """What was asked on these cases, newest first, in two queries."""
    rows = list(Inquiry.objects.filter(case_id__in=set(case_ids)).order_by("-asked_at", "-id"))
    parties = CaseParty.objects.in_bulk({row.party_id for row in rows})
    found: dict[int, list[Asked]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(Asked(row, parties[row.party_id]))
    return found


def open_inquiries(case_id: int, *, lock: bool = False) -> list[Inquiry]:
    """Those that are still waited for."""
    rows = Inquiry.objects.filter(RUNNING, case_id=case_id).order_by("id")
    return list(rows.select_for_update() if lock else rows)


def dropped_inquiries(case_id: int, at: datetime) -> list[Inquiry]:
    """Those that were dropped at this very moment; held until the transaction ends."""
    rows = Inquiry.objects.select_for_update().filter(case_id=case_id, dropped_at=at)
    return list(rows.order_by("id"))


def late_inquiries(at: datetime, most: int) -> list[Inquiry]:
    """Whose time is over and of whom nobody has said so; locked, for the command that says it."""
    rows = Inquiry.objects.select_for_update(skip_locked=True).filter(
        RUNNING, late_at=None, due_at__lt=at
    )
    return list(rows.order_by("due_at")[:most])


def group_of(issue: str, book: Handbook) -> str:
    """The group of 6.1 this issue belongs to; "" when to none."""
    known = book.issues.get(issue)
    return known.group if known else ""


def handling(case: Case, at: datetime) -> list[Taken]:
    """The steps of this case's group with what became of them in this round; [] for none.

    A suggestion or praise is no problem to be settled.
    """
    book = policy.current(at)
    group = group_of(case.issue, book)
    steps = [step for step in book.handling.values() if step.group == group]
    if not steps or case.kind in cases.FEEDBACK:
        return []
    marks = HandlingMark.objects.filter(case_id=case.id, round=case.round)
    by_step = {mark.step: mark for mark in marks}
    return [Taken(step, by_step.get(step.id)) for step in steps]


def steps_left(case: Case, at: datetime) -> list[HandlingStep]:
    """The mandatory steps that are neither done nor left out with a reason."""
    return [one.step for one in handling(case, at) if one.step.mandatory and one.mark is None]


def legal(case: Case, at: datetime) -> list[Allowed]:
    """The times the law gives, from facts that are known: the parcel signed for, what was asked.

    For whoever has been allowed to see the case.
    """
    book, days = policy.current(at), policy.workdays()
    clocks = tuple(book.legal_clocks.values())
    if not clocks:
        return []
    order = orders.get(case.order_id)
    signed = {"goods.received": order.received_at} if order and order.received_at else {}
    found = [Allowed(due) for due in legal_dues(clocks, case.issue, signed, days)]
    for one in reversed(inquiries([case.id]).get(case.id, [])):
        if one.row.dropped_at is None:
            known = {inquiring.starts(one.row.kind, one.row.manner): one.row.asked_at}
            found += [Allowed(due, one) for due in legal_dues(clocks, case.issue, known, days)]
    return found


def worklist(by: Actor, at: datetime, *, group: str, cursor: str = "", limit: int = 40) -> Work:
    """The open cases of a group this actor may see, the longest waiting first.

    NotFound for others than staff; Invalid for a group without a list or a cursor that does not
    read back.
    """
    if not by.is_staff:
        raise NotFound()
    inputs.one_of(group, dict(TRADES), field="group")
    book = policy.current(at)
    rows = _of_group(by, group, book)
    if cursor:
        since, id = keyset.read(cursor, datetime, int)
        rows = rows.filter(Q(received_at__gt=since) | Q(received_at=since, id__gt=id))
    found, more = keyset.cut(
        rows.order_by("received_at", "id")[: limit + 1], limit, lambda c: (c.received_at, c.id)
    )
    asked = inquiries(case.id for case in found)
    marked = _marked(found)
    steps = [step for step in book.handling.values() if step.group == group and step.mandatory]
    lines = [
        Line(
            case,
            asked.get(case.id, []),
            [s for s in steps if (case.id, case.round, s.id) not in marked],
        )
        for case in found
    ]
    return Work(lines, more)


def _of_group(by: Actor, group: str, book: Handbook) -> QuerySet[Any]:
    issues = [issue.id for issue in book.issues.values() if issue.group == group]
    return (
        cases.visible(by).filter(state__in=OPEN, issue__in=issues).exclude(kind__in=cases.FEEDBACK)
    )


def _marked(found: Iterable[Case]) -> set[tuple[int, int, str]]:
    rows = HandlingMark.objects.filter(case_id__in=[case.id for case in found])
    return set(rows.values_list("case_id", "round", "step"))
