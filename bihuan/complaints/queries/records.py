"""The records of missed deadlines, as far as this actor may read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from bihuan.accounts import queries as accounts
from bihuan.cases import queries as cases
from bihuan.complaints import rules
from bihuan.complaints.models import Accountability
from bihuan.core import keyset
from bihuan.core.actors import Actor
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import NotFound
from bihuan.policy import queries as policy
from bihuan.web.counted import MOST, counted

UNSIGNED = datetime(9999, 12, 31, tzinfo=UTC)  # as the list orders it: before everything signed


class Case(Protocol):
    """What is shown of a case beside its record."""

    @property
    def number(self) -> str: ...
    @property
    def desk_url(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Record:
    """One breach as the desk shows it; `number` and `case_url` are "" for a case out of sight."""

    id: int
    number: str
    case_url: str
    round: int
    milestone: str
    milestone_en: str
    due_at: datetime
    clauses: tuple[str, ...]
    holder: str
    department: str
    department_en: str
    opened_at: datetime
    cause: str
    measure: str
    signer: str
    signed_at: datetime | None
    explainable: bool
    signable: bool

    @property
    def state(self) -> str:
        """open, explained or signed."""
        if self.signed_at:
            return "signed"
        return "explained" if self.cause and self.measure else "open"


@dataclass(frozen=True, slots=True)
class Page:
    """One keyset page; `cursor` opens the next, empty at the end."""

    records: list[Record]
    cursor: str = ""


def visible(by: Actor) -> QuerySet[Accountability]:
    """Every record for those who answer for the handling, his own for other staff.

    Nothing of a case that is closed to them, but what they have to answer for themselves.
    """
    if rules.reads_all(by):
        closed = Q(case_id__in=cases.hidden_ids(by)) & ~Q(staff_id=by.id)
        return Accountability.objects.exclude(closed)
    if by.is_staff and by.id:
        return Accountability.objects.filter(staff_id=by.id)
    return Accountability.objects.none()


def recorded(case_ids: Iterable[int]) -> set[rules.Key]:
    """The breaches of these cases that have their record already."""
    rows = Accountability.objects.filter(case_id__in=set(case_ids))
    return set(rows.values_list("case_id", "round", "milestone", "due_at"))


def listed(by: Actor, at: datetime, *, cursor: str = "", limit: int = 40) -> Page:
    """Unsigned ones first, the due missed longest ago at the top; then the last signed.

    NotFound for others. A cursor that does not read back is Invalid.
    """
    if not by.is_staff:
        raise NotFound()
    rows = visible(by).annotate(over=Coalesce("signed_at", UNSIGNED))
    if cursor:
        over, due, id = keyset.read(cursor, datetime, datetime, int)
        rows = rows.filter(
            Q(over__lt=over) | Q(over=over, due_at__gt=due) | Q(over=over, due_at=due, id__gt=id)
        )
    rows = rows.order_by("-over", "due_at", "id")[: limit + 1]
    found, after = keyset.cut(rows, limit, lambda row: (row.over, row.due_at, row.id))
    return Page(_shown(found, by, at), after)


def get(id: int, by: Actor, at: datetime) -> Record:
    """That record; NotFound when there is none for this actor."""
    found = _shown(visible(by).filter(id=id), by, at)
    if not found:
        raise NotFound()
    return found[0]


def locked(id: int, by: Actor) -> Accountability:
    """That row, held until the transaction ends. For commands."""
    found = visible(by).select_for_update().filter(id=id).first()
    if found is None:
        raise NotFound()
    return found


def unsigned(by: Actor, most: int = MOST) -> int:
    """How many records wait for this actor's words or signature; as far as a page says it."""
    return counted(visible(by).filter(signed_at__isnull=True), most)


def _shown(rows: Iterable[Accountability], by: Actor, at: datetime) -> list[Record]:
    found = list(rows)
    book = policy.current(at)
    seen = cases.visible(by).in_bulk({row.case_id for row in found})
    staff = accounts.colleagues(i for row in found for i in (row.staff_id, row.signed_by))
    names = {id: colleague.name for id, colleague in staff.items()}
    return [_record(row, seen.get(row.case_id), names, book, by) for row in found]


def _record(
    row: Accountability, case: Case | None, names: Mapping[int, str], book: Handbook, by: Actor
) -> Record:
    milestone = book.milestones[row.milestone]
    department = book.departments.get(row.department)
    mine_to_say = row.signed_at is None and rules.may_explain(row.staff_id, by)
    ready = row.signed_at is None and bool(row.cause and row.measure)
    return Record(
        id=row.id,
        number=case.number if case else "",
        case_url=case.desk_url if case else "",
        round=row.round,
        milestone=milestone.zh,
        milestone_en=milestone.en,
        due_at=row.due_at,
        clauses=tuple(row.clauses.split()),
        holder=names.get(row.staff_id, ""),
        department=department.zh if department else row.department,
        department_en=department.en if department else row.department,
        opened_at=row.opened_at,
        cause=row.cause,
        measure=row.measure,
        signer=names.get(row.signed_by, ""),
        signed_at=row.signed_at,
        explainable=mine_to_say,
        signable=ready and rules.may_sign(row.staff_id, by),
    )
