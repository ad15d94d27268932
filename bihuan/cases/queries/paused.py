"""The breaks in the counting of a case (2.3, X-12)."""

from __future__ import annotations

from datetime import datetime

from bihuan.cases.models import Case, Pause
from bihuan.core.clocks import Hold


def pause_of(case: Case) -> Pause | None:
    """The pause that runs, or waits for a second person."""
    return Pause.objects.filter(case_id=case.id, ended_at=None).first()


def breaks(case_id: int, round_: int) -> list[Hold]:
    """What the clocks of a round stand still for; one that runs as long as it was planned."""
    rows = Pause.objects.filter(case_id=case_id, round=round_).order_by("started_at")
    found = rows.values_list("started_at", "ended_at", "until_at")
    return [Hold(start, min(ended or until, until)) for start, ended, until in found if start]


def pauses_over(at: datetime, most: int = 200) -> list[Pause]:
    """Those whose planned end has passed; one that nobody agreed to in time never was."""
    return list(Pause.objects.filter(ended_at=None, until_at__lte=at).order_by("until_at")[:most])
