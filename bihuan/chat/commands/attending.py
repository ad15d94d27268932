"""Who takes chats: on and off, of which lines, how many at once, and the signs of life."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from bihuan.chat import loader, queries
from bihuan.chat.commands.giving import give_now
from bihuan.chat.commands.steps import EVENT, colleague_of
from bihuan.chat.models import Attendance
from bihuan.chat.rules import CLAUSE, plans
from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound, NotPermitted
from bihuan.events import log, now

MOST_AT_ONCE = 30


@transaction.atomic
def attend(*, lines: Sequence[str] = (), by: Actor, at: datetime) -> Attendance:
    """上线接待：from now on the next ones are given to them; none named: all lines of theirs.

    Invalid `lines` for one that is not theirs or does not exist.
    """
    if not by.is_staff:
        raise NotFound()
    theirs = [one.id for one in queries.lines_of(by)]
    for one in lines:
        inputs.one_of(one, theirs, field="lines")
    wanted = list(dict.fromkeys(lines)) or theirs
    if not wanted:
        raise Invalid({"lines": "no_line_of_yours"}, CLAUSE)
    row = _seat(by.id, at)
    changed = not row.on or row.lines != wanted
    if not row.on:
        row.since = at
    row.on, row.lines, row.off_why, row.seen_at = True, wanted, "", at
    row.save()
    if changed:
        _say(row, by, at)
    for line in wanted:
        give_now(line, at)
    return row


@transaction.atomic
def stop_attending(*, why: str = "", staff_id: int = 0, by: Actor, at: datetime) -> Attendance:
    """停止接待：no new ones; those they have stay with them. The house says `why` it did it.

    `staff_id` is another's, for whoever plans the work.
    """
    if not (by.is_staff or plans(by)):
        raise NotFound()
    if staff_id and staff_id != by.id and not plans(by):
        raise NotPermitted(CLAUSE, action="stop_attending")
    row = _seat(staff_id or by.id, at)
    if row.on:
        row.on, row.since, row.off_why = False, at, why
        row.save()
        _say(row, by, at)
    return row


@transaction.atomic
def set_limit(*, staff_id: int, most: int | None, by: Actor, at: datetime) -> Attendance:
    """同时接待上限：of one agent, None as all have it; by whoever plans the work."""
    if not plans(by):
        raise NotPermitted(CLAUSE, action="set_limit")
    colleague_of(staff_id, "staff_id")
    if most is not None:
        most = inputs.whole(most, field="most", least=1, most=MOST_AT_ONCE)
    row = _seat(staff_id, at)
    if row.most != most:
        before, row.most = row.most, most
        row.save()
        log.append(
            "chat.limit_set", stream=staff_id, by=by, at=at, clause=CLAUSE, staff=staff_id,
            most=most, before=before,
        )  # fmt: skip
    return row


def beat(*, by: Actor, at: datetime) -> None:
    """The page of an agent is open; one update, no event."""
    if by.is_staff:
        Attendance.objects.filter(staff_id=by.id).update(seen_at=at)


def _seat(staff_id: int, at: datetime) -> Attendance:
    """Held; the first time it is made, by one of two presses that may come at once."""
    held = Attendance.objects.select_for_update().filter(staff_id=staff_id)
    if not held.exists():
        first = Attendance(staff_id=staff_id, since=at, seen_at=at)
        Attendance.objects.bulk_create([first], ignore_conflicts=True)
    return held.get()


def _say(row: Attendance, by: Actor, at: datetime) -> None:
    known = [line for line in loader.lines() if line in row.lines]
    log.append(
        "chat.attending", stream=row.staff_id, by=by, at=at, clause=CLAUSE, staff=row.staff_id,
        on=row.on, lines=known, reason_code=row.off_why,
    )  # fmt: skip
    now.tell(row.staff_id, EVENT, kind="attending", on=row.on)
