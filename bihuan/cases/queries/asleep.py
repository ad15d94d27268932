"""What somebody has put off, and until when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from bihuan.cases.models import Case, Snooze
from bihuan.core.actors import Actor


def asleep(by: Actor, at: datetime) -> QuerySet[Snooze]:
    """Of this actor: its time has not come, and nothing has happened on the case since.

    The version is asked of the few that sleep, so that a list is still counted from its index.
    """
    now = Case.objects.filter(id=OuterRef("case_id")).values("version")
    rows = Snooze.objects.filter(staff_id=by.id, until__gt=at)
    return rows.filter(version=Subquery(now))


def asleep_ids(by: Actor, at: datetime) -> QuerySet[Snooze, Any]:
    """The ids of their cases."""
    return asleep(by, at).values("case_id")


def asleep_until(case: Case, by: Actor, at: datetime) -> datetime | None:
    """Until when this actor has put this case off; None when he has not."""
    return asleep(by, at).filter(case_id=case.id).values_list("until", flat=True).first()
