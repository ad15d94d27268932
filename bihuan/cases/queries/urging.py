"""What is late of a case right now, and how often its person pressed for it today (2.3.2)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bihuan.cases.models import Case, Clock
from bihuan.cases.queries.story import clocks
from bihuan.core.clocks import SHANGHAI, is_late
from bihuan.events.models import Event


def late_now(case: Case, at: datetime) -> list[Clock]:
    """The hard dues that passed while their step is still to be done, the oldest first."""
    rows = [row for row in clocks(case) if row.hard and row.done_at is None]
    late = [row for row in rows if is_late(due_at=row.due_at, done_at=None, at=at)]
    return sorted(late, key=lambda row: row.due_at)


def urged_today(case: Case, at: datetime) -> list[datetime]:
    """When its person pressed for it on this day of Shanghai."""
    morning = datetime.combine(at.astimezone(SHANGHAI).date(), time.min, SHANGHAI)
    said = Event.objects.filter(
        stream=case.id, kind="case.urged", at__gte=morning, at__lt=morning + timedelta(days=1)
    )
    return list(said.order_by("seq").values_list("at", flat=True))
