"""Feedback is sorted by severity, reach and haste; its level is the case's priority (7.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from bihuan.cases import commands as cases
from bihuan.cases import queries as case_queries
from bihuan.core import inputs, personal
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound
from bihuan.core.scales import SCALES, level_of
from bihuan.events import log
from bihuan.improvement import queries
from bihuan.improvement.models import FeedbackTriage
from bihuan.improvement.rules.feedback import CLAUSE
from bihuan.store.blocks import new_id

MOST = 300  # the reason; code points


@transaction.atomic
def triage(
    *,
    number: str,
    values: Mapping[str, int],
    level: str = "",
    reason: str = "",
    by: Actor,
    at: datetime,
) -> FeedbackTriage:
    """分级：three values from 1 to 3 give the level; another level needs a reason.

    What is sorted here is feedback from now on, a complaint too. The level becomes the priority
    by the ordinary step, so whoever may not take that may not take this.
    """
    if not by.is_staff:
        raise NotFound()
    given = {name: inputs.whole(values.get(name), field=name, least=1, most=3) for name in SCALES}
    scales = queries.facts(case_queries.get(number, by), by, at)
    computed = level_of(scales.levels, given.values()).id
    holds = inputs.one_of(level or computed, list(scales.levels), field="level")
    said = inputs.words(reason, field="reason", most=MOST, lines=False)
    if holds != computed and not said:
        raise Invalid({"reason": "missing"}, CLAUSE)
    case = cases.set_priority(number=number, priority=holds, reason=said, by=by, at=at)
    before = queries.locked_triage(case.id)
    if before is not None:
        before.current = False
        before.save(update_fields=["current"])
    row = FeedbackTriage.objects.create(
        id=new_id(at), case_id=case.id, **given, computed=computed, level=holds,
        reason=personal.mask(said), by_id=by.id, at=at,
    )  # fmt: skip
    log.append(
        "feedback.triaged", stream=case.id, by=by, at=at, clause=CLAUSE, number=case.number,
        **given, computed=computed, level=holds, triage=row.id,
        before=before.level if before else "",
    )  # fmt: skip
    return row
