"""What is put right after breaches, as far as this actor may read it (2.3.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from bihuan.accounts import queries as accounts
from bihuan.complaints import rules
from bihuan.complaints.models import Accountability, Rectification
from bihuan.core import keyset
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Measure:
    """One of them as the desk shows it; `late`: its day is over and it is not reported done."""

    id: int
    what: str
    owner: str
    due_on: date
    maker: str
    made_at: datetime
    record_ids: tuple[int, ...]
    evidence: str
    done_by: str
    done_at: datetime | None
    returned: str
    verifier: str
    verified_at: datetime | None
    late: bool
    finishable: bool
    verifiable: bool

    @property
    def state(self) -> str:
        """open, late, done or verified."""
        if self.verified_at:
            return "verified"
        if self.done_at:
            return "done"
        return "late" if self.late else "open"


@dataclass(frozen=True, slots=True)
class Measures:
    """One keyset page; `cursor` opens the next, empty at the end."""

    measures: list[Measure]
    cursor: str = ""


def visible_measures(by: Actor) -> QuerySet[Rectification]:
    """All for those who answer for the handling, for others what they own or set themselves."""
    if rules.reads_all(by):
        return Rectification.objects.all()
    if by.is_staff and by.id:
        return Rectification.objects.filter(Q(owner_id=by.id) | Q(made_by=by.id))
    return Rectification.objects.none()


def measures(
    by: Actor, at: datetime, *, view: str = "open", cursor: str = "", limit: int = 40
) -> Measures:
    """Those that are not verified, the nearest day first; `verified` the others, latest first."""
    if not by.is_staff:
        raise NotFound()
    rows = visible_measures(by)
    if view == "verified":
        rows = rows.filter(verified_at__isnull=False).order_by("-verified_at", "-id")
        if cursor:
            before, id = keyset.read(cursor, datetime, int)
            rows = rows.filter(Q(verified_at__lt=before) | Q(verified_at=before, id__lt=id))
        found, after = keyset.cut(rows[: limit + 1], limit, lambda row: (row.verified_at, row.id))
        return Measures(_shown(found, by, at), after)
    rows = rows.filter(verified_at__isnull=True).order_by("due_on", "id")
    if cursor:
        day, id = _place(cursor)
        rows = rows.filter(Q(due_on__gt=day) | Q(due_on=day, id__gt=id))
    found, after = keyset.cut(
        rows[: limit + 1], limit, lambda row: (row.due_on.toordinal(), row.id)
    )
    return Measures(_shown(found, by, at), after)


def measure(id: int, by: Actor, at: datetime) -> Measure:
    """That one; NotFound when there is none for this actor."""
    return _shown([_one(visible_measures(by), id)], by, at)[0]


def locked_measure(id: int, by: Actor) -> Rectification:
    """That row, held until the transaction ends. For commands."""
    return _one(visible_measures(by).select_for_update(), id)


def measures_of(record_id: int, by: Actor, at: datetime) -> list[Measure]:
    """What was set for this record; whoever reads the record reads them (the view asked)."""
    rows = Rectification.objects.filter(record_ids__contains=[record_id])
    return _shown(rows.order_by("due_on", "id"), by, at)


def cases_of(record_ids: Collection[int]) -> dict[int, list[int]]:
    """The records by the id of their case."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = Accountability.objects.filter(id__in=record_ids).order_by("id")
    for id, case_id in rows.values_list("id", "case_id"):
        found[case_id].append(id)
    return dict(found)


def _place(cursor: str) -> tuple[date, int]:
    day, id = keyset.read(cursor, int, int)
    if not 1 <= day <= date.max.toordinal():
        raise Invalid({"cursor": "not_a_cursor"})
    return date.fromordinal(day), id


def _one(rows: QuerySet[Rectification], id: int) -> Rectification:
    found = rows.filter(id=id).first()
    if found is None:
        raise NotFound()
    return found


def _shown(rows: Iterable[Rectification], by: Actor, at: datetime) -> list[Measure]:
    found = list(rows)
    names = accounts.staff_names(
        id for row in found for id in (row.owner_id, row.made_by, row.done_by, row.verified_by)
    )
    today = at.astimezone(SHANGHAI).date()
    return [
        Measure(
            id=row.id,
            what=row.what,
            owner=names.get(row.owner_id, ""),
            due_on=row.due_on,
            maker=names.get(row.made_by, ""),
            made_at=row.made_at,
            record_ids=tuple(row.record_ids),
            evidence=row.evidence,
            done_by=names.get(row.done_by, ""),
            done_at=row.done_at,
            returned=row.returned,
            verifier=names.get(row.verified_by, ""),
            verified_at=row.verified_at,
            late=row.done_at is None and row.due_on < today,
            finishable=row.done_at is None and rules.may_explain(row.owner_id, by),
            verifiable=bool(row.done_at and not row.verified_at)
            and not rules.unfit_to_verify(owner_id=row.owner_id, done_by=row.done_by, by=by),
        )
        for row in found
    ]
