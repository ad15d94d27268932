"""Which case files are kept, held, or past their time (2.2.4)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from bihuan.cases.models import Case, LegalHold
from bihuan.cases.queries.lists import Page, newest
from bihuan.cases.queries.rows import visible
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI

HELD = Exists(LegalHold.objects.filter(case_id=OuterRef("id"), lifted_at=None))


def legal_hold(case: Case) -> LegalHold | None:
    """What holds this case now."""
    return LegalHold.objects.filter(case_id=case.id, lifted_at=None).first()


def legal_holds(case: Case) -> list[LegalHold]:
    """Every hold it has had, the last first."""
    return list(LegalHold.objects.filter(case_id=case.id).order_by("-id"))


def held_cases(by: Actor, *, cursor: str = "", limit: int = 40) -> Page:
    """Those under a hold, as far as this actor may see them."""
    return newest(visible(by).filter(HELD), cursor=cursor, limit=limit)


def past_their_time(by: Actor, at: datetime, *, cursor: str = "", limit: int = 40) -> Page:
    """Files whose last day is over and that nothing holds: they may be destroyed (L-02)."""
    return newest(_over(by, at), cursor=cursor, limit=limit)


def _over(by: Actor, at: datetime) -> QuerySet[Case]:
    today = at.astimezone(SHANGHAI).date()
    return visible(by).filter(~HELD, kept_until__lt=today)
