"""What the clock asks: calls that are over but not judged, unheard ends, and what is too old."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from bihuan.phone.models import Call, CallBack
from bihuan.phone.rules.facts import GRACE, LONGEST, SAME_MATTER, UNANSWERED


def unsettled(at: datetime) -> list[int]:
    """Calls that have ended and been quiet, the oldest first."""
    rows = Call.objects.filter(
        settled_at=None, ended_at__isnull=False, heard_at__lte=at - GRACE
    ).order_by("heard_at", "id")
    return list(rows.values_list("id", flat=True))


def waiting_to_settle(id: int) -> Call | None:
    """That call, held; None when another worker has it, or it was judged meanwhile."""
    rows = Call.objects.select_for_update(skip_locked=True)
    return rows.filter(id=id, settled_at=None, ended_at__isnull=False).first()


def lost(at: datetime) -> list[int]:
    """Calls of which nothing was heard for longer than any call takes."""
    rows = Call.objects.filter(
        ended_at=None, started_at__lt=at - LONGEST, heard_at__lt=at - LONGEST
    )
    return list(rows.values_list("id", flat=True)[:200])


def cases_of_missed(call: Call) -> list[int]:
    """The cases that missed calls of the same number within SAME_MATTER have become."""
    around = (call.started_at - SAME_MATTER, call.started_at + SAME_MATTER)
    rows = Call.objects.filter(
        number_index=call.number_index, started_at__range=around, case_id__gt=0,
        direction="in", outcome__in=UNANSWERED,
    )  # fmt: skip
    return list(rows.exclude(id=call.id).values_list("case_id", flat=True).distinct())


def going_on_at(source: str, since: datetime) -> QuerySet[Call]:
    """The calls of this system that had begun then and have no end yet."""
    return Call.objects.filter(source=source, ended_at=None, started_at__lt=since)


def past_their_time(before: datetime, most: int) -> list[int]:
    """Calls that began before, without one that is still owed a call."""
    owed = CallBack.objects.filter(call_id=OuterRef("id"), outcome="")
    rows = Call.objects.filter(~Exists(owed), started_at__lt=before).order_by("started_at")
    return list(rows.values_list("id", flat=True)[:most])
