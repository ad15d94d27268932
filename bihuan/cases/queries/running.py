"""Which open cases a calendar reaches, and what it would move (CALENDAR §5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from bihuan.cases.models import OPEN, Case, Clock
from bihuan.core.clocks import SHANGHAI


def _reached(year: int) -> QuerySet[Case, Any]:
    first, after = (_midnight(date(n, 1, 1)) for n in (year, year + 1))
    runs = Clock.objects.filter(
        case_id=OuterRef("id"), done_at=None, void_at=None, due_at__gt=first, started_at__lt=after
    )
    return Case.objects.filter(Exists(runs), state__in=OPEN)


def running_through(year: int, *, after: int, most: int) -> list[int]:
    """The next open cases, by id, with a clock that runs in this year."""
    rows = _reached(year).filter(id__gt=after).order_by("id")
    return list(rows.values_list("id", flat=True)[:most])


def how_many_run_through(year: int) -> int:
    """How many open cases an arrangement of this year may reach."""
    return _reached(year).count()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)
