"""A year's official arrangement: proposed, approved by a second person, carried through (2.3.1)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction

from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Conflict, Invalid, NotFound, NotPermitted, NotPossible
from bihuan.events import log
from bihuan.policy import calendars, queries
from bihuan.policy.faults import PolicyFault
from bihuan.policy.models import CalendarYear
from bihuan.store.blocks import new_id

CLAUSE = "2.3.1"
MOST = 20_000
KEEPERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.SYSTEM})


@transaction.atomic
def propose_year(*, text: str, by: Actor, at: datetime) -> CalendarYear:
    """提出放假安排：checked day by day, and not in force before somebody else has approved it.

    Invalid names at `text` what cannot be true of it, with its line; Conflict when the same text
    is in force already, or another proposal for the year waits.
    """
    _keepers_only(by, "propose_year")
    if len(text) > MOST:
        raise Invalid({"text": "too_long"}, CLAUSE, limit=MOST, length=len(text))
    try:
        year = calendars.one_year(text)
    except PolicyFault as fault:
        raise Invalid({"text": fault.code}, CLAUSE, line=fault.line, **fault.facts) from fault
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    now = CalendarYear.objects.filter(year=year.year).exclude(approved_at=None)
    if (last := now.order_by("-approved_at").first()) and last.sha256 == sha256:
        raise Conflict(CLAUSE, year=year.year)
    row = CalendarYear(
        id=new_id(at), year=year.year, text=text, sha256=sha256, source=year.source,
        published=year.published, proposed_at=at, proposed_by=by.id,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as fault:
        raise Conflict(CLAUSE, year=year.year) from fault
    return row


@transaction.atomic
def approve_year(*, id: int, by: Actor, at: datetime) -> CalendarYear:
    """批准放假安排：by a second person; in force from now on, and open dues are recounted.

    The house itself, on its own command line, needs no second person.
    """
    row = _waiting(id, "approve_year", by)
    if by.id == row.proposed_by and Role.SYSTEM not in by.roles:
        raise NotPermitted(CLAUSE, action="approve_year", why="second_person")
    row.approved_at, row.approved_by = at, by.id
    row.save(update_fields=["approved_at", "approved_by"])
    year = calendars.one_year(row.text)
    log.append(
        "calendar.imported", stream=row.id, by=by, at=at, clause=CLAUSE, year=row.year,
        source=row.source, published=row.published.isoformat(), sha256=row.sha256,
        workdays=year.workdays, off=[day.isoformat() for day in year.off],
        on=[day.isoformat() for day in year.on],
    )  # fmt: skip
    queries.forget()
    transaction.on_commit(partial(_for_the_command_line, row.year, row.text))
    return row


def _for_the_command_line(year: int, text: str) -> None:
    """`bihuan due` counts by it too, without a database."""
    folder = settings.HOME / "calendar"
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{year}.new"
    fresh.write_text(text, "utf-8")
    fresh.replace(folder / f"{year}.toml")


@transaction.atomic
def drop_year(*, id: int, by: Actor, at: datetime) -> CalendarYear:
    """撤下未批准的放假安排。"""
    row = _waiting(id, "drop_year", by)
    row.dropped_at = at
    row.save(update_fields=["dropped_at"])
    return row


def recounted(*, id: int, to: int, moved: int, done: bool, at: datetime) -> None:
    """How far the open cases have been recounted; in the transaction that recounted them."""
    row = CalendarYear.objects.select_for_update().get(id=id)
    row.recounted_to, row.cases_moved = to, row.cases_moved + moved
    row.recounted_at = at if done else None
    row.save(update_fields=["recounted_to", "cases_moved", "recounted_at"])


def _waiting(id: int, action: str, by: Actor) -> CalendarYear:
    _keepers_only(by, action)
    row = CalendarYear.objects.select_for_update().filter(id=id).first()
    if row is None:
        raise NotFound()
    if row.approved_at or row.dropped_at:
        state = "approved" if row.approved_at else "dropped"
        raise NotPossible(CLAUSE, state=state, action=action, possible=[])
    return row


def _keepers_only(by: Actor, action: str) -> None:
    if not by.roles & KEEPERS:
        raise NotPermitted(CLAUSE, action=action)
