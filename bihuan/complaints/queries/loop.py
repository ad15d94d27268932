"""The last look at whether the loop is closed, and the one that goes on (2.4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bihuan.accounts import queries as accounts
from bihuan.cases import queries as cases
from bihuan.complaints import rules
from bihuan.complaints.models import LoopCheck, LoopGap
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Lack:
    """One gap; `url` is "" for a case out of sight."""

    number: str
    url: str
    why: str


@dataclass(frozen=True, slots=True)
class LoopSeen:
    """When it was looked, at how many cases, what was missing; `going_on`: cases so far, or None.

    `gaps` counts all, `lacks` names the first of them.
    """

    done_at: datetime | None
    asker: str
    cases: int
    gaps: int
    lacks: tuple[Lack, ...]
    going_on: int | None


def loop_seen(by: Actor) -> LoopSeen:
    """Reads what was stored: four statements, whatever the size of the house."""
    if not rules.reads_reports(by):
        raise NotFound()
    last = LoopCheck.objects.filter(open=False).order_by("-id").first()
    now = LoopCheck.objects.filter(open=True).first()
    going_on = now.cases if now else None
    if last is None:
        return LoopSeen(None, "", 0, 0, (), going_on)
    found = list(LoopGap.objects.filter(check_id=last.id).order_by("id")[:SHOWN])
    seen = cases.visible(by).filter(number__in={gap.number for gap in found})
    urls = {case.number: case.desk_url for case in seen} if found else {}
    asker = accounts.staff_names([last.asked_by]).get(last.asked_by, "")
    lacks = tuple(
        Lack(gap.number if gap.number in urls else "", urls.get(gap.number, ""), gap.why)
        for gap in found
    )
    return LoopSeen(last.done_at, asker, last.cases, last.gaps, lacks, going_on)
