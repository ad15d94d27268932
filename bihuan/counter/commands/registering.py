"""当场登记: what is said at the window becomes a case, with a slip to take home (2.2.1, 6.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from bihuan.cases import commands as cases
from bihuan.cases.commands import Filed, Filing
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotPossible
from bihuan.counter import queries
from bihuan.counter.models import Registered
from bihuan.counter.rules import AT_A_WINDOW, CLAUSE
from bihuan.events import log


@transaction.atomic
def register(*, visit_id: int, filing: Filing, mark: str, by: Actor, at: datetime) -> Filed:
    """Filed by the clerk during a visit, counted from when the number was taken (X-09).

    Whatever the form says of channel and time: it came in at the counter, and then. Sent twice
    from one page (`mark`) it is one case. Raises what `file_once` does, and NotPossible when
    nobody stands at the window.
    """
    visit = queries.locked_visit(visit_id, by)
    if visit.state not in AT_A_WINDOW:
        raise NotPossible(CLAUSE, state="visit_moved_on", action="register")
    given = replace(filing, channel="counter", received_at=visit.taken_at)
    filed = cases.file_once(filing=given, visit=mark, by=by, at=at)
    if filed.replayed:
        return filed
    case = filed.case
    Registered.objects.create(visit_id=visit.id, case_id=case.id, at=at)
    log.hold([visit.id, case.id])
    for stream in (visit.id, case.id):
        log.append(
            "counter.registered", stream=stream, by=by, at=at, clause="2.2.1", visit=visit.id,
            point=visit.point_id, ticket=visit.number, case=case.id, number=case.number,
        )  # fmt: skip
    return filed
