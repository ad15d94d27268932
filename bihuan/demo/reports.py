"""Major complaints are analysed: their reports are written, and signed once the case is decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bihuan.cases import queries as cases
from bihuan.complaints import commands, queries
from bihuan.complaints.fields import WORDED
from bihuan.complaints.lifecycle import MANAGEMENT
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.demo.cast import Cast
from bihuan.demo.texts import corpus

A_DAY = timedelta(hours=20)  # from one morning to the next, whatever the minutes


def write_reports(cast: Cast, at: datetime) -> list[int]:
    """Each morning: what was asked for yesterday is handed in, what was decided is signed.

    The cases that were written of. A chief of the management signs, who wrote none of it.
    """
    touched: list[int] = []
    for id in queries.unfinished():
        row = queries.found_report(id, SYSTEM)
        author = cast.staff.get(row.author_id)
        if row.due_at and row.submitted_at and row.submitted_at <= at - A_DAY:
            wrote = queries.authors(row)
            chief = next(one for one in cast.supervisors(MANAGEMENT) if one.id not in wrote)
            commands.sign_report(id=id, expected_version=row.version, by=chief, at=at)
        elif row.state == "due" and author and row.asked_at <= at - A_DAY:
            given = _given(row.case_id, author, at)
            commands.submit_report(
                id=id, given=given, expected_version=row.version, by=author, at=at
            )
        else:
            continue
        touched.append(row.case_id)
    return touched


def _given(case_id: int, author: Actor, at: datetime) -> dict[str, Any]:
    """What its author fills in: the words of the corpus, else what the record has drafted."""
    case = cases.visible(SYSTEM).get(id=case_id)
    told = corpus().words["reports"]
    own = told.get(case.issue, told["other"])
    drafted = queries.prefilled(case, at=at)
    given = {name: own[name] or getattr(drafted, name) for name in WORDED}
    given |= {"people": own["people"], "loss": own["loss"]}
    today = at.astimezone(SHANGHAI).date()
    for n, (what, days) in enumerate(own["measures"], 1):
        due = today + timedelta(days=days)
        given |= {f"measure_{n}_what": what, f"measure_{n}_owner": author.id}
        given[f"measure_{n}_due"] = due.isoformat()
    return given
