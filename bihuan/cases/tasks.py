"""What time brings: breaches, warnings, reminders, silence, archiving, late follow-ups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from bihuan.cases import commands, queries
from bihuan.core.actors import SYSTEM
from bihuan.core.refusals import Refusal
from bihuan.policy import queries as policy

WARN_BEFORE = timedelta(hours=4)  # UI rule 1: 临近


def sweep(at: datetime) -> int:
    """Every 15 s: say of each due that has passed that it has (2.3.3), and warn of the near."""
    late = queries.overdue(at)
    near = queries.soon_due(at, WARN_BEFORE)
    return sum(commands.judge(clock=clock, by=SYSTEM, at=at) for clock in (*late, *near))


def tend(at: datetime) -> int:
    """Every minute: remind, close by silence (X-28), archive (X-27), chase follow-ups."""
    book = policy.current(at)
    after = book.defaults["confirm_reminder"].amount
    ahead = timedelta(days=book.defaults["silence"].amount - after)
    done = 0
    for case in queries.due_to_close(at):
        done += _try(partial(commands.silence, number=case.number, by=SYSTEM, at=at))
    for case in queries.due_to_remind(at, ahead):
        done += _try(partial(commands.remind, number=case.number, by=SYSTEM, at=at))
    for case in queries.due_to_archive(at):
        done += _try(partial(commands.archive, number=case.number, by=SYSTEM, at=at))
    for row in queries.follow_ups_to_chase(at):
        done += _try(partial(commands.chase, follow_up_id=row.id, by=SYSTEM, at=at))
    return done


def _try(act: Callable[[], object]) -> int:
    """Somebody may have acted since the list was read: then there is nothing left to do."""
    try:
        act()
    except Refusal:
        return 0
    return 1
