"""What must be known of a person before their case is accepted: asked for, or waived (1.2 ①).

A case is registered all the same and its clocks run: a missing name is no reason to turn a
complaint away, nor to be late with it (2.2.1; E-Commerce Law 59).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from bihuan.cases import queries
from bihuan.cases.commands.steps import begin, say
from bihuan.cases.commands.words import say as speak
from bihuan.cases.models import Case, Need
from bihuan.core.actors import Actor
from bihuan.core.identity import IdentityDemand
from bihuan.core.refusals import NotPossible, NotReady
from bihuan.store.blocks import new_id


def admit(case: Case, at: datetime) -> None:
    """Before accepting: NotReady names the level that is missing; what was asked for is met."""
    demand = queries.identity_demand(case)
    if demand is None:
        return
    if missing := queries.needed(case, "accept"):
        raise NotReady(demand.clause, missing=missing)
    _asked(case).filter(met_at=None).update(met_at=at)


@transaction.atomic
def ask_identity(
    *, number: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """请用户验证身份：the person is told what to prove, why, and where; once a case."""
    case, step = begin(number, "ask_identity", by, expected_version)
    demand = _missing(case, "ask_identity")
    if queries.was_asked(case):
        raise NotPossible(step.clause, state="identity_asked", action=step.action, possible=[])
    Need.objects.create(id=new_id(at), case_id=case.id, code=queries.IDENTITY, before="accept")
    return say(case, step, by, at, level=demand.level, purpose=demand.id)


@transaction.atomic
def waive_identity(
    *, number: str, reason: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """免验证受理：a supervisor says why it may be accepted without, so that no case is stuck."""
    case, step = begin(number, "waive_identity", by, expected_version)
    demand = _missing(case, "waive_identity")
    said = speak(case, reason, kind="note", by=by, at=at, internal=True)
    if not _asked(case).update(met_at=at):
        Need.objects.create(
            id=new_id(at), case_id=case.id, code=queries.IDENTITY, before="accept", met_at=at
        )
    return say(case, step, by, at, level=demand.level, purpose=demand.id, **said)


def _missing(case: Case, action: str) -> IdentityDemand:
    demand = queries.identity_missing(case)
    if demand is None:
        raise NotPossible("1.2", state="identity_known", action=action, possible=["accept"])
    return demand


def _asked(case: Case) -> QuerySet[Need]:
    return Need.objects.filter(case_id=case.id, code=queries.IDENTITY)
