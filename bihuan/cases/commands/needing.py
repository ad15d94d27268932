"""What must be there before a case may go on, asked for and met by the rooms above it (2.2.4)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.db import transaction

from bihuan.cases import queries
from bihuan.cases.commands.ending import end
from bihuan.cases.commands.steps import begin
from bihuan.cases.models import Case, Need
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import NotPossible, NotReady

Before = Literal["resolve", "close"]


@transaction.atomic
def need(
    *, number: str, code: str, before: Before, ref: int, due_at: datetime | None, by: Actor
) -> Case:
    """From now on the case waits for this before that step; `ref` is the row that asks for it.

    What was met may be asked for again.
    NotPossible when the case has ended, or is past the step. The caller says in the log what it
    asks for.
    """
    case = queries.locked(number, by)
    past = before == "resolve" and case.state in ("resolved", "notified")
    if not case.is_open or past:
        raise NotPossible("2.2.3", state=case.state, action=code, possible=[])
    asked = {"case_id": case.id, "code": code, "before": before, "due_at": due_at, "met_at": None}
    Need.objects.update_or_create(id=ref, defaults=asked)
    return case


@transaction.atomic
def meet(*, number: str, ref: int, by: Actor, at: datetime) -> Case:
    """It is there. A case whose person has confirmed, and that waited for this only, closes."""
    case = queries.locked(number, by)
    Need.objects.filter(id=ref, case_id=case.id, met_at=None).update(met_at=at)
    if case.confirmed_at and case.state == "notified" and not queries.needed(case, "close"):
        return close(number=number, by=SYSTEM, at=at)
    return case


@transaction.atomic
def close(*, number: str, expected_version: int | None = None, by: Actor, at: datetime) -> Case:
    """办结：the person had confirmed, and what the house owed before the end is there (2.2.4)."""
    case, step = begin(number, "close", by, expected_version)
    if not case.confirmed_at:
        raise NotPossible(step.clause, state=case.state, action="close", possible=[])
    if needs := queries.needed(case, "close"):
        raise NotReady(step.clause, missing=needs)
    return end(case, step, by, at)
