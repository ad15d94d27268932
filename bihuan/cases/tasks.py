"""What time brings: breaches, warnings, reminders, silence, archiving, late follow-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bihuan.cases import commands, queries
from bihuan.core.actors import SYSTEM
from bihuan.core.refusals import Refusal
from bihuan.policy import queries as policy

WARN_BEFORE = timedelta(hours=4)  # UI rule 1: 临近


def sweep(at: datetime) -> int:
    """Every 15 s: say of each due that has passed that it has (2.3.3), and warn of the near."""
    return commands.judge(within=WARN_BEFORE, by=SYSTEM, at=at)


def tend(at: datetime) -> int:
    """Every minute: remind, close by silence (X-28), archive (X-27), chase, forget old drafts."""
    done = sum(commands.forget_held(held_id=id, at=at) for id in queries.held_too_long(at))
    done += commands.forget_drafts(before=at - timedelta(days=commands.DRAFT_DAYS))
    return done + _each(_tending(at))


def _tending(at: datetime) -> Iterator[Callable[[], object]]:
    who: dict[str, Any] = {"by": SYSTEM, "at": at}
    for case in queries.due_to_close(at):
        yield partial(commands.silence, number=case.number, **who)
    for case in queries.due_to_remind(at, reminded_ahead(at)):
        yield partial(commands.remind, number=case.number, **who)
    for case in queries.due_to_archive(at + queries.ARCHIVED_AHEAD):
        yield partial(commands.archive, number=case.number, **who)
    for row in queries.follow_ups_to_chase(at):
        yield partial(commands.chase, follow_up_id=row.id, **who)


def reminded_ahead(at: datetime) -> timedelta:
    """How long before silence closes a case its person is reminded (X-28)."""
    defaults = policy.current(at).defaults
    return timedelta(days=defaults["silence"].amount - defaults["confirm_reminder"].amount)


def watch(at: datetime) -> int:
    """Every minute: say of a case that nobody could route that it has waited too long (2.2.2)."""
    minutes = policy.default("unrouted_alarm", at)
    late = queries.waiting_unrouted(at, longer_than=timedelta(minutes=minutes))
    who: dict[str, Any] = {"by": SYSTEM, "at": at}
    return _each(partial(commands.alarm_unrouted, number=case.number, **who) for case in late)


def release(at: datetime) -> int:
    """Every second: take the steps whose seconds to be taken back are over (UI rule 9)."""
    held = queries.held_due(at)
    return _each(partial(commands.release, held_id=id, take=commands.take, at=at) for id in held)


def _each(acts: Iterable[Callable[[], object]]) -> int:
    """How many were done. Somebody may have acted since the list was read: that is left alone.

    A bug met in one is raised when all the others are done: nobody else's must wait for it.
    """
    done, bug = 0, None
    for act in acts:
        try:
            done += act() != 0  # so says the release of what came back instead
        except Refusal:
            continue
        except Exception as error:
            bug = bug or error
    if bug is not None:
        raise bug
    return done
