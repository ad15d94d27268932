"""Look at every open case, batch by batch, and keep what could fall out of the loop (2.4.3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from bihuan.cases import queries as cases
from bihuan.complaints import rules
from bihuan.complaints.models import LoopCheck, LoopGap
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import NotFound
from bihuan.store.blocks import new_id

EVERY = timedelta(days=1)  # by itself
KEPT = 30  # looks; older ones are forgotten
LISTED = 1000  # gaps that are kept by name; all of them are counted


def ask_loop(*, by: Actor, at: datetime) -> LoopCheck:
    """立即检查：one look, by the worker; who asks while one goes on is given that one."""
    if not rules.reads_reports(by):
        raise NotFound()
    made = LoopCheck(id=new_id(at), asked_by=by.id, asked_at=at)
    LoopCheck.objects.bulk_create([made], ignore_conflicts=True)
    return LoopCheck.objects.filter(open=True).order_by("-id").first() or made


@transaction.atomic
def look_at_loop(*, at: datetime) -> int:
    """The next batch of a look that goes on, or that is due by itself; how many cases."""
    row = LoopCheck.objects.select_for_update(skip_locked=True).filter(open=True).first()
    if row is None:
        if not LoopCheck.objects.filter(asked_at__gt=at - EVERY).exists():
            ask_loop(by=SYSTEM, at=at)
        return 0
    looked = cases.loop_batch(at, row.last_id)
    room = max(LISTED - row.gaps, 0)
    LoopGap.objects.bulk_create(
        LoopGap(check_id=row.id, number=gap.number, why=gap.why) for gap in looked.gaps[:room]
    )
    row.last_id, row.cases = looked.last, row.cases + looked.cases
    row.gaps += len(looked.gaps)
    if not looked.cases:
        row.open, row.done_at = False, at
    row.save()
    if not row.open:
        _forget()
    return looked.cases


def _forget() -> None:
    old = LoopCheck.objects.filter(open=False).order_by("-id").values_list("id", flat=True)
    gone = list(old[KEPT:])
    if gone:
        LoopGap.objects.filter(check_id__in=gone).delete()
        LoopCheck.objects.filter(id__in=gone).delete()
