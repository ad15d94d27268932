"""What every command of the committee does alike: ask who acts, lock the row, clean the words."""

from __future__ import annotations

from datetime import datetime

from bihuan.accounts import queries as people
from bihuan.core import inputs, personal
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible
from bihuan.improvement import queries
from bihuan.improvement.models import Meeting
from bihuan.improvement.rules import committee as rules

LINE, WORDS = 200, 8000  # code points


def writers_only(by: Actor, action: str) -> None:
    """NotFound for whoever may not even read, NotPermitted for whoever only reads."""
    if rules.may_write(by):
        return
    if rules.works_here(by):
        raise NotPermitted(rules.CLAUSE, action=action)
    raise NotFound()


def planned(id: int, action: str, by: Actor) -> Meeting:
    """The locked meeting, whose papers may still be written; NotPossible once it has ended."""
    writers_only(by, action)
    meeting = queries.locked_meeting(id)
    if meeting.state != "planned":
        raise NotPossible(rules.CLAUSE, state=meeting.state, action=action, possible=[])
    return meeting


def sitting(id: int, action: str, by: Actor, at: datetime) -> Meeting:
    """As `planned`, and the hour has come: nothing is decided before a meeting begins."""
    meeting = planned(id, action, by)
    if at < meeting.starts_at:
        raise NotPossible(rules.CLAUSE, state="not_begun", action=action, possible=[])
    return meeting


def line(value: object, field: str, *, least: int = 2, most: int = LINE) -> str:
    """One line without anybody's numbers in it."""
    return personal.mask(inputs.words(value, field=field, least=least, most=most, lines=False))


def words(value: object, field: str, *, least: int = 5, most: int = WORDS) -> str:
    """Text without anybody's numbers in it; `least` 0 where nothing need be said."""
    return personal.mask(inputs.words(value, field=field, least=least, most=most))


def known_staff(id: int, field: str) -> people.Colleague:
    """The member of staff, or Invalid at the field that named somebody unknown or gone."""
    found = people.staff(id)
    if found is None or not found.active:
        raise Invalid({field: "not_known"}, rules.CLAUSE)
    return found
