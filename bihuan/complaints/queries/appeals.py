"""What was objected to a record, who may judge it, and until when one may object (2.3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bihuan.accounts import queries as accounts
from bihuan.complaints import rules
from bihuan.complaints.models import Accountability, Appeal
from bihuan.complaints.queries.records import visible
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound
from bihuan.core.terms import Default
from bihuan.policy import loader
from bihuan.policy import queries as policy

DAYS = "accountability_appeal"


@dataclass(frozen=True, slots=True)
class Objection:
    """One appeal as the desk shows it; `reason` and what follows are empty until it is decided."""

    appellant: str
    department: str
    grounds: str
    filed_at: datetime
    outcome: str
    reason: str
    decider: str
    decided_at: datetime | None
    moved_to: str
    moved_department: str
    former_cause: str
    former_measure: str


@dataclass(frozen=True, slots=True)
class Appeals:
    """What was objected to one record, and what this actor may do about it.

    `unfit` says why he may not decide what is open: "" when he may, or when nothing is.
    """

    objections: tuple[Objection, ...]
    until: datetime
    appealable: bool
    decidable: bool
    unfit: str


def default(id: str, at: datetime) -> Default:
    """A number of the house; a text in force that is older than it leaves it to the release."""
    return policy.current(at).defaults.get(id) or loader.load_current().defaults[id]


def appeals_until(row: Accountability, at: datetime) -> datetime:
    """Until when whom it names may object: from the opening, the move to him, or the signature."""
    since = max(filter(None, (row.opened_at, row.answers_since, row.signed_at)))
    return since + timedelta(days=default(DAYS, at).amount)


def appeals(id: int, by: Actor, at: datetime) -> Appeals:
    """Of a record this actor may read; NotFound of another."""
    row = visible(by).filter(id=id).first()
    if row is None:
        raise NotFound()
    rows = list(Appeal.objects.filter(record_id=id).order_by("filed_at", "id"))
    open_ = next((one for one in rows if one.decided_at is None), None)
    until = appeals_until(row, at)
    his = row.staff_id == by.id and not any(one.staff_id == by.id for one in rows)
    unfit = "" if open_ is None else _unfit(row, open_, by)
    return Appeals(
        objections=_shown(rows),
        until=until,
        appealable=his and row.cancelled_at is None and at <= until,
        decidable=open_ is not None and not unfit,
        unfit=unfit,
    )


def _unfit(row: Accountability, open_: Appeal, by: Actor) -> str:
    return rules.unfit_to_decide(
        appellant=open_.staff_id, explained_by=row.explained_by, signed_by=row.signed_by,
        department=row.department, by=by,
    )  # fmt: skip


def _shown(rows: list[Appeal]) -> tuple[Objection, ...]:
    ids = (id for row in rows for id in (row.staff_id, row.decided_by, row.moved_to))
    names = accounts.staff_names(ids)
    return tuple(
        Objection(
            appellant=names.get(row.staff_id, ""),
            department=row.former_department,
            grounds=row.grounds,
            filed_at=row.filed_at,
            outcome=row.outcome,
            reason=row.reason,
            decider=names.get(row.decided_by, ""),
            decided_at=row.decided_at,
            moved_to=names.get(row.moved_to, ""),
            moved_department=row.moved_department,
            former_cause=row.former_cause if row.outcome == "changed" else "",
            former_measure=row.former_measure if row.outcome == "changed" else "",
        )
        for row in rows
    )
