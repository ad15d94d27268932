"""Measures after a result that nobody has carried out in time (1.2 ④)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from bihuan.cases.models import FollowUp
from bihuan.core.clocks import SHANGHAI
from bihuan.core.terms import Rung


def follow_ups_to_chase(at: datetime, most: int = 200) -> list[FollowUp]:
    """Measures whose day is over and that nobody has done or chased."""
    rows = FollowUp.objects.filter(
        done_at__isnull=True, chased_at__isnull=True, due_on__lt=at.astimezone(SHANGHAI).date()
    )
    return list(rows.order_by("due_on")[:most])


def follow_ups_to_climb(
    ladder: Iterable[Rung], at: datetime, most: int = 200
) -> list[tuple[int, Rung]]:
    """Those that were chased in vain, each with the highest rung that it has come to by now."""
    found: list[tuple[int, Rung]] = []
    before = date.min
    for rung in sorted(ladder, key=lambda one: -one.id):
        over = (at - timedelta(hours=rung.hours)).astimezone(SHANGHAI).date()
        rows = FollowUp.objects.filter(
            done_at__isnull=True, chased_at__isnull=False, rung__lt=rung.id,
            due_on__gte=before, due_on__lt=over,
        )  # fmt: skip
        ids = rows.order_by("due_on", "id").values_list("id", flat=True)[:most]
        found += [(id, rung) for id in ids]
        before = over
    return found
