"""A person presses for a case that is late: a message, and its supervisors hear of it (2.3.2)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.cases.commands.steps import begin, say
from bihuan.cases.commands.words import say as speak
from bihuan.cases.lifecycle import CASE
from bihuan.cases.models import Case
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import NotPossible, TooMany
from bihuan.events import log
from bihuan.policy import queries as policy

CLAUSE = "2.3.2"


@transaction.atomic
def urge(*, number: str, text: str, by: Actor, at: datetime) -> Case:
    """催办：a message like any other; those who answer for the department are told of it too.

    NotPossible while nothing is late; TooMany for more a day than the platform takes.
    """
    case, step = begin(number, "message", by, None)
    late = queries.late_now(case, at)
    if not late:
        possible = [one.action for one in CASE.offered(case.state, by.roles)]
        raise NotPossible(CLAUSE, state=case.state, action="urge", possible=possible)
    most = policy.default("urge", at)
    if len(queries.urged_today(case, at)) >= most:
        raise TooMany(CLAUSE, limit=most, retry_after=_seconds_of_the_day_left(at))
    case = say(case, step, by, at, **speak(case, text, kind="message", by=by, at=at))
    log.append(
        "case.urged", stream=case.id, by=by, at=at, clause=CLAUSE, number=case.number,
        round=case.round, owner=case.owner_id, department=case.department,
        milestone=late[0].milestone, due_at=late[0].due_at.isoformat(),
        told=people.ladder("supervisor", case.department),
    )  # fmt: skip
    return case


def _seconds_of_the_day_left(at: datetime) -> int:
    tomorrow = at.astimezone(SHANGHAI).date() + timedelta(days=1)
    return int((datetime.combine(tomorrow, time.min, SHANGHAI) - at).total_seconds()) + 1
