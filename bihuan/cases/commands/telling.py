"""The person hears how it stands at intervals, though nothing else has happened (2.3.2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q

from bihuan.cases.models import Case, Clock, Telling
from bihuan.core import clocks
from bihuan.core.actors import SYSTEM
from bihuan.core.clocks import SHANGHAI
from bihuan.core.handbook import Handbook, Limit
from bihuan.core.workdays import Workdays
from bihuan.events import log
from bihuan.policy import queries as policy

#: While the house has the next word; once the result is told it is the person's (2.4.3).
TOLD_IN = ("filed", "accepted", "resolved")
AT_ONCE = 100
MORNING = time(10)  # of the last working day of the interval: nobody is woken at midnight


def keep_telling(*, cases: Collection[int], at: datetime) -> None:
    """After news that the person sees the interval begins anew; for who waits for none it ends."""
    rows = {case.id: case for case in Case.objects.filter(id__in=cases)}
    waits = [case for case in rows.values() if case.state in TOLD_IN]
    book, days = policy.current(at), policy.workdays()
    unanswered = _unanswered([case.id for case in waits])
    Telling.objects.filter(case_id__in=set(cases) - {case.id for case in waits}).delete()
    Telling.objects.bulk_create(
        [
            Telling(case_id=case.id, due_at=next_word(case.id in unanswered, book, days, at))
            for case in waits
        ],
        update_conflicts=True,
        unique_fields=["case_id"],
        update_fields=["due_at"],
    )


def _unanswered(cases: Collection[int]) -> set[int]:
    runs = Clock.objects.filter(
        case_id__in=cases, milestone="case.first_response", done_at=None, void_at=None
    )
    return set(runs.values_list("case_id", flat=True))


def next_word(unanswered: bool, book: Handbook, days: Workdays, at: datetime) -> datetime:
    """When the person hears again: the owner's intervals, before and after the first answer."""
    default = book.defaults["progress_before_response" if unanswered else "progress"]
    if default.unit != "workdays":
        return at + timedelta(hours=default.amount)
    end = clocks.due(Limit(default.amount, "workdays"), at, days).at
    last = (end - timedelta(seconds=1)).astimezone(SHANGHAI).date()
    return datetime.combine(last, MORNING, SHANGHAI)


def tell_progress(*, at: datetime, most: int = AT_ONCE) -> int:
    """定期告知进度：how many were told; each in a transaction of its own."""
    due = Telling.objects.filter(due_at__lte=at).order_by("due_at")
    found = list(due.values_list("case_id", flat=True)[:most])
    return sum(_tell(case_id, at) for case_id in found)


@transaction.atomic
def _tell(case_id: int, at: datetime) -> bool:
    """What is said is heard by `keep_telling`, which sets the next; a case somebody holds waits."""
    held = Q(id=case_id, state__in=TOLD_IN)
    case = Case.objects.select_for_update(skip_locked=True).filter(held).first()
    if case is None:
        return False
    gone, _ = Telling.objects.filter(case_id=case_id, due_at__lte=at).delete()
    if not gone:
        return False
    data = {"milestone": case.next_milestone} if case.next_milestone else {}
    if case.next_due_at:
        data["due_at"] = case.next_due_at.isoformat()
    log.append(
        "case.progress_told", stream=case.id, by=SYSTEM, at=at, clause="2.3.2",
        number=case.number, round=case.round, owner=case.owner_id, department=case.department,
        **data,
    )  # fmt: skip
    return True
