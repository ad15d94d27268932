"""What staff do once a day: answer for breaches, weigh feedback, read what they were told."""

from __future__ import annotations

from datetime import datetime

from bihuan.cases import queries as cases
from bihuan.demo.breaches import answer_for_breaches
from bihuan.demo.cast import Cast
from bihuan.demo.dice import dice
from bihuan.demo.names import introduce
from bihuan.demo.notices import read_notices
from bihuan.demo.reports import write_reports
from bihuan.improvement import commands, queries

#: severity, reach and haste, as often as they come: most feedback can be scheduled
WEIGHTS = ((1, 1, 1), (2, 2, 1), (1, 2, 1), (1, 2, 2), (2, 2, 2), (2, 1, 1))


def morning(cast: Cast, seed: int, at: datetime, until: datetime) -> list[int]:
    """One morning of a demo that ends at `until`; the cases whose reports went on."""
    answer_for_breaches(cast, seed, at)
    weigh_feedback(cast, seed, at)
    introduce(cast, at, until)
    written = write_reports(cast, at)
    read_notices(cast, at, until)
    return written


def weigh_feedback(cast: Cast, seed: int, at: datetime) -> None:
    """A supervisor of the department judges the suggestions and praise that came in."""
    chief = cast.by_login["yanming"]
    for case in queries.unjudged(chief, at):
        by = next(iter(cast.supervisors(case.department)), chief)
        values = dice(seed, "weight", case.number).choice(WEIGHTS)
        named = dict(zip(("severity", "reach", "haste"), values, strict=True))
        commands.triage(number=case.number, values=named, by=by, at=at)


def take_in(cast: Cast, at: datetime) -> None:
    """Two open complaints say what many could say, and are weighed beside the suggestions."""
    chief = cast.by_login["yanming"]
    open_ones = cases.visible(chief).filter(kind="complaint", state="accepted")
    for level, values in (("urgent", (2, 3, 2)), ("important", (2, 3, 1))):
        case = open_ones.filter(priority=level).order_by("-received_at").first()
        if case is not None:
            named = dict(zip(("severity", "reach", "haste"), values, strict=True))
            commands.triage(number=case.number, values=named, by=chief, at=at)
