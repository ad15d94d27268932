"""Put a case out of one's own inbox for a while; its clocks run on, and nobody else notices."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from bihuan.cases import queries
from bihuan.cases.models import Case, Snooze
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound, NotPossible

LONGEST = timedelta(days=14)


@transaction.atomic
def snooze(*, number: str, until: datetime, by: Actor, at: datetime) -> Case:
    """稍后处理：until then, or until something happens on it; never past its next due.

    A matter of one's own view: no event tells of it.
    """
    case = queries.locked(number, by)
    if not by.is_staff or not by.id:
        raise NotFound()
    if not case.is_open or case.owner_id != by.id:
        raise NotPossible("2.3.1", state=case.state, action="snooze", possible=[])
    if until <= at:
        raise Invalid({"until": "in_the_past_moment"})
    if until - at > LONGEST:
        raise Invalid({"until": "too_far"}, days=LONGEST.days)
    if case.next_due_at is not None and case.next_due_at < at:
        raise Invalid({"until": "overdue"}, "2.3.1")
    if case.next_due_at is not None and until > case.next_due_at:
        raise Invalid({"until": "past_the_due"}, "2.3.1")
    Snooze.objects.filter(staff_id=by.id, case_id=case.id).delete()
    Snooze.objects.bulk_create(
        [Snooze(staff_id=by.id, case_id=case.id, until=until, version=case.version)]
    )
    return case


@transaction.atomic
def wake(*, number: str, by: Actor, at: datetime) -> Case:
    """现在处理：back in one's own inbox."""
    case = queries.get(number, by)
    Snooze.objects.filter(staff_id=by.id, case_id=case.id).delete()
    return case


def forget_snoozes(*, at: datetime) -> int:
    """Those whose time has come hide nothing any more."""
    return Snooze.objects.filter(until__lt=at).delete()[0]
