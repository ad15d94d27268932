"""The records of missed deadlines, as far as this actor may read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat

from bihuan.accounts import queries as accounts
from bihuan.cases import queries as cases
from bihuan.complaints import rules
from bihuan.complaints.models import Accountability, Appeal
from bihuan.complaints.queries.explaining import explains_first, stands_in_from
from bihuan.core import keyset
from bihuan.core.actors import Actor
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import NotFound
from bihuan.policy import queries as policy
from bihuan.web.counted import MOST, counted

UNSIGNED = datetime(9999, 12, 31, tzinfo=UTC)  # as the list orders it: before everything signed


@dataclass(frozen=True, slots=True)
class Narrow:
    """What the list is narrowed to; empty means all. The days are those of the dues, inclusive."""

    clause: str = ""
    department: str = ""
    staff: int = -1
    state: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One breach as the desk shows it; `number` and `case_url` are "" for a case out of sight.

    `late` is in whole minutes, to this moment unless `ended`: then it stays. `stands_in_from`
    says to a supervisor who may not explain yet, from when.
    """

    id: int
    number: str
    case_url: str
    round: int
    milestone: str
    milestone_en: str
    due_at: datetime
    clauses: tuple[str, ...]
    late: int
    ended: bool
    holder: str
    department: str
    department_en: str
    opened_at: datetime
    cause_code: str
    cause: str
    measure: str
    explainer: str
    in_place: bool
    stands_in_from: datetime | None
    signer: str
    signed_at: datetime | None
    cancelled_at: datetime | None
    appealed: bool
    explainable: bool
    signable: bool

    @property
    def state(self) -> str:
        """open, explained, appealed, signed or cancelled."""
        if self.cancelled_at:
            return "cancelled"
        if self.appealed:
            return "appealed"
        if self.signed_at:
            return "signed"
        return "explained" if self.cause and self.measure else "open"


@dataclass(frozen=True, slots=True)
class Part:
    """What one holder had of the time, by name; "" where the case was nobody's."""

    name: str
    part: rules.Part


@dataclass(frozen=True, slots=True)
class Page:
    """One keyset page; `cursor` opens the next, empty at the end."""

    records: list[Record]
    cursor: str = ""


def visible(by: Actor) -> QuerySet[Accountability]:
    """Every record for those who answer for the handling; other staff their own.

    And those they objected to, to read what became of it. Nothing of a case that is closed to
    them, but what they have to answer for themselves.
    """
    if rules.reads_all(by):
        closed = Q(case_id__in=cases.hidden_ids(by)) & ~Q(staff_id=by.id)
        return Accountability.objects.exclude(closed)
    if by.is_staff and by.id:
        appealed = Appeal.objects.filter(staff_id=by.id).values("record_id")
        return Accountability.objects.filter(Q(staff_id=by.id) | Q(id__in=appealed))
    return Accountability.objects.none()


def recorded(case_ids: Iterable[int]) -> set[rules.Key]:
    """The breaches of these cases that have their record already."""
    rows = Accountability.objects.filter(case_id__in=set(case_ids))
    return set(rows.values_list("case_id", "round", "milestone", "due_at"))


def listed(
    by: Actor, at: datetime, *, narrow: Narrow | None = None, cursor: str = "", limit: int = 40
) -> Page:
    """Unsigned ones first, the due missed longest ago at the top; then the last signed.

    NotFound for others. A cursor that does not read back is Invalid.
    """
    if not by.is_staff:
        raise NotFound()
    over = Coalesce("cancelled_at", "signed_at", UNSIGNED)
    rows = _narrowed(visible(by), narrow or Narrow()).annotate(over=over)
    if cursor:
        over_at, due, id = keyset.read(cursor, datetime, datetime, int)
        rows = rows.filter(
            Q(over__lt=over_at)
            | Q(over=over_at, due_at__gt=due)
            | Q(over=over_at, due_at=due, id__gt=id)
        )
    rows = rows.order_by("-over", "due_at", "id")[: limit + 1]
    found, after = keyset.cut(rows, limit, lambda row: (row.over, row.due_at, row.id))
    return Page(_shown(found, by, at), after)


def how_many_listed(by: Actor, narrow: Narrow) -> int:
    """How long that list is on all its pages; as far as a page says it."""
    return counted(_narrowed(visible(by), narrow))


def _narrowed(rows: QuerySet[Accountability], narrow: Narrow) -> QuerySet[Accountability]:
    if narrow.clause:
        rows = rows.annotate(padded=Concat(Value(" "), "clauses", Value(" ")))
        rows = rows.filter(padded__contains=f" {narrow.clause} ")
    if narrow.department:
        rows = rows.filter(department=narrow.department)
    if narrow.staff >= 0:
        rows = rows.filter(staff_id=narrow.staff)
    if narrow.first and narrow.last:  # a due at 24:00 is one of the day before
        first, last = cases.figures.midnight(narrow.first), narrow.last + timedelta(days=1)
        rows = rows.filter(due_at__gt=first, due_at__lte=cases.figures.midnight(last))
    return rows.filter(_STATES[narrow.state]) if narrow.state else rows


_APPEALED = Exists(Appeal.objects.filter(record_id=OuterRef("id"), decided_at=None))
_SAID = ~Q(cause="") & ~Q(measure="")
_WAITING = Q(cancelled_at=None, signed_at=None) & ~Q(_APPEALED)
_STATES = {
    "open": _WAITING & ~_SAID,
    "explained": _WAITING & _SAID,
    "appealed": Q(_APPEALED),
    "signed": Q(cancelled_at=None, signed_at__isnull=False) & ~Q(_APPEALED),
    "cancelled": Q(cancelled_at__isnull=False),
}


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
    rows = Accountability.objects.filter(signed_at__isnull=True, cancelled_at__isnull=True)
    if rules.reads_all(by):
        return counted(rows, most)
    return counted(rows.filter(staff_id=by.id), most) if by.is_staff and by.id else 0


def is_appealed(id: int) -> bool:
    """Whether somebody objected to this record and nobody has decided yet."""
    return Appeal.objects.filter(record_id=id, decided_at=None).exists()


def held_parts(id: int, by: Actor, at: datetime) -> list[Part]:
    """Whose hands the case was in while this clock ran; NotFound for no record of his."""
    row = visible(by).filter(id=id).first()
    if row is None:
        raise NotFound()
    ran = cases.ran([row.case_id]).get(_key(row))
    if ran is None:
        return []
    held = cases.holdings([row.case_id]).get(row.case_id, [])
    end = ran.ended_at or at
    parts = rules.parts(held, start=ran.started_at, due_at=row.due_at, end=max(end, row.due_at))
    names = accounts.staff_names(part.staff_id for part in parts)
    return [Part(names.get(one.staff_id, ""), one) for one in parts]


def _key(row: Accountability) -> rules.Key:
    return (row.case_id, row.round, row.milestone, row.due_at)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the rows of a page are shown with, each read once."""

    seen: Mapping[int, cases.Case]
    ran: Mapping[rules.Key, cases.Ran]
    appealed: frozenset[int]
    names: Mapping[int, str]
    out: frozenset[int]
    book: Handbook
    by: Actor
    at: datetime

    def late(self, row: Accountability) -> tuple[int, bool]:
        """Minutes, and whether they stay: the clock ended."""
        ran = self.ran.get(_key(row))
        end = ran.ended_at if ran else None
        return rules.minutes_late(row.due_at, end or self.at), end is not None


def _shown(rows: Iterable[Accountability], by: Actor, at: datetime) -> list[Record]:
    found = list(rows)
    case_ids = {row.case_id for row in found}
    open_ = Appeal.objects.filter(record_id__in=[row.id for row in found], decided_at=None)
    ids = (i for row in found for i in (row.staff_id, row.signed_by, row.explained_by))
    scene = _Scene(
        seen=cases.visible(by).in_bulk(case_ids),
        ran=cases.ran(case_ids),
        appealed=frozenset(open_.values_list("record_id", flat=True)),
        names=accounts.staff_names(ids),
        out=accounts.out_of({row.staff_id for row in found if not row.signed_at}, at),
        book=policy.current(at),
        by=by,
        at=at,
    )
    return [_record(row, scene) for row in found]


def _record(row: Accountability, scene: _Scene) -> Record:
    case, names, by = scene.seen.get(row.case_id), scene.names, scene.by
    milestone = scene.book.milestones[row.milestone]
    department = scene.book.departments.get(row.department)
    appealed = row.id in scene.appealed
    waits = row.signed_at is None and row.cancelled_at is None and not appealed
    fit = not rules.unfit_to_sign(staff_id=row.staff_id, explained_by=row.explained_by, by=by)
    late, ended = scene.late(row)
    may = waits and rules.may_explain(row.staff_id, by)
    early = may and explains_first(row, by, scene.at, scene.out)
    return Record(
        id=row.id,
        number=case.number if case else "",
        case_url=case.desk_url if case else "",
        round=row.round,
        milestone=milestone.zh,
        milestone_en=milestone.en,
        due_at=row.due_at,
        clauses=tuple(row.clauses.split()),
        late=late,
        ended=ended,
        holder=names.get(row.staff_id, ""),
        department=department.zh if department else row.department,
        department_en=department.en if department else row.department,
        opened_at=row.opened_at,
        cause_code=row.cause_code,
        cause=row.cause,
        measure=row.measure,
        explainer=names.get(row.explained_by, ""),
        in_place=bool(row.explained_by) and row.explained_by != row.staff_id,
        stands_in_from=stands_in_from(row, scene.at) if early else None,
        signer=names.get(row.signed_by, ""),
        signed_at=row.signed_at,
        cancelled_at=row.cancelled_at,
        appealed=appealed,
        explainable=may and not early,
        signable=waits and bool(row.cause and row.measure) and fit,
    )
