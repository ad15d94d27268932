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
ARCHIVE_BEFORE = timedelta(hours=1)  # each night, before the working day of X-27 is over


def sweep(at: datetime) -> int:
    """Every 15 s: say of each due that has passed that it has (2.3.3), and warn of the near."""
    return commands.judge(within=WARN_BEFORE, by=SYSTEM, at=at)


def tend(at: datetime) -> int:
    """Every minute: remind, close by silence (X-28), archive (X-27), chase, forget old drafts."""
    ahead = reminded_ahead(at)
    done = 0
    for case in queries.due_to_close(at):
        done += _try(partial(commands.silence, number=case.number, by=SYSTEM, at=at))
    for case in queries.due_to_remind(at, ahead):
        done += _try(partial(commands.remind, number=case.number, by=SYSTEM, at=at))
    for case in queries.due_to_archive(at + ARCHIVE_BEFORE):
        done += _try(partial(commands.archive, number=case.number, by=SYSTEM, at=at))
    done += sum(commands.forget_held(held_id=id, at=at) for id in queries.held_too_long(at))
    done += commands.forget_drafts(before=at - timedelta(days=commands.DRAFT_DAYS))
    for row in queries.follow_ups_to_chase(at):
        done += _try(partial(commands.chase, follow_up_id=row.id, by=SYSTEM, at=at))
    return done


def reminded_ahead(at: datetime) -> timedelta:
    """How long before silence closes a case its person is reminded (X-28)."""
    defaults = policy.current(at).defaults
    return timedelta(days=defaults["silence"].amount - defaults["confirm_reminder"].amount)


def release(at: datetime) -> int:
    """Every second: take the steps whose seconds to be taken back are over (UI rule 9)."""
    held = queries.held_due(at)
    return sum(commands.release(held_id=id, take=commands.take, at=at) for id in held)


def _try(act: Callable[[], object]) -> int:
    """Somebody may have acted since the list was read: then there is nothing left to do."""
    try:
        act()
    except Refusal:
        return 0
    return 1
