"""What time brings: breaches, warnings, reminders, silence, archiving, late follow-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any

from django.db import OperationalError

from bihuan.cases import commands, identities, queries
from bihuan.cases.commands import Order
from bihuan.core.actors import SYSTEM
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import Refusal
from bihuan.events.catalog import CATALOG
from bihuan.events.models import Event
from bihuan.notify import commands as notify
from bihuan.policy import queries as policy

RECOUNTED_AT_ONCE = 500  # open cases in one call: the worker is asked to stop between two
BULK_AT_ONCE = 250  # cases taken between two looks at the clock
WARN_BEFORE = timedelta(hours=4)  # UI rule 1: 临近
INDEXED_AT_ONCE = 400  # cases, half a second of work
_NEWEST = 2**63 - 1


def sweep(at: datetime) -> int:
    """Every 15 s: say of each due that has passed that it has (2.3.3), and warn of the near.

    What is still late then climbs to the next supervisor (2.3.2).
    """
    evening = warned_before_midnight(policy.current(at))
    news = commands.judge(within=WARN_BEFORE, evening=evening, by=SYSTEM, at=at)
    return news + commands.climb(at=at)


def warned_before_midnight(book: Handbook) -> timedelta:
    """How long before a working day ends its limits are warned of: from 18:00 on (X-11)."""
    alarm = book.defaults.get("workday_alarm")
    if alarm is None:
        return WARN_BEFORE
    hour, minute = divmod(alarm.amount, 100)
    return timedelta(days=1) - timedelta(hours=hour, minutes=minute)


def lift(events: Sequence[Event]) -> None:
    """Subscriber to clock.missed: a tier whose own promise was missed rises by itself (4.2)."""
    for event in events:
        if any(id.startswith("C-4.2-") for id in event.data["promises"]):
            commands.rise(number=event.data["number"], why="late", by=SYSTEM, at=event.at)


def want_order(events: Sequence[Event]) -> None:
    """Subscriber to case.filed: a number that was typed is looked up, after filing (3.1)."""
    typed = queries.with_typed_order(event.stream for event in events)
    for event in events:
        if event.stream in typed:
            commands.want_order(case_id=event.stream, at=event.at)


def link_order(events: Sequence[Event]) -> None:
    """Subscriber to order.found: the case is about this order from now on (3.1)."""
    for event in events:
        commands.link_order(case_id=event.stream, order_id=event.data["order"], at=event.at)


def tell_of_identities(events: Sequence[Event]) -> None:
    """Subscriber to what is asked of a person and known of them: they, and who waits, are told."""
    notify.tell_all([one for event in events for one in identities.tellings(event)])


def keep_telling(events: Sequence[Event]) -> None:
    """Subscriber to whatever happens to a case: the interval until its next word begins anew."""
    last = {event.stream: event.at for event in events if CATALOG[event.kind].public}
    for at, cases in groupby(sorted(last.items(), key=lambda one: one[1]), key=lambda one: one[1]):
        commands.keep_telling(cases=[case for case, _ in cases], at=at)


def progress(at: datetime) -> int:
    """Every minute: tell those who have heard nothing for an interval how it stands (2.3.2)."""
    return commands.tell_progress(at=at)


def tend(at: datetime) -> int:
    """Every minute: remind, close by silence (X-28), archive (X-27), chase, forget old drafts."""
    done = sum(commands.forget_held(held_id=id, at=at) for id in queries.held_too_long(at))
    done += sum(commands.forget_bulk(run_id=id, at=at) for id in queries.runs_too_old(at))
    done += commands.end_pauses(at=at)
    done += commands.forget_drafts(before=at - timedelta(days=commands.DRAFT_DAYS))
    done += commands.forget_coming(at=at)
    done += commands.forget_presence(at=at) + commands.forget_snoozes(at=at)
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
    for id, rung in queries.follow_ups_to_climb(policy.current(at).chases.values(), at):
        yield partial(commands.chase_higher, follow_up_id=id, rung=rung, **who)


def recount(at: datetime) -> int:
    """Every 5 s, some seconds long: carry a new arrangement of holidays through (2.3.1)."""
    done = some = commands.recount(by=SYSTEM, at=at)
    while some and done < RECOUNTED_AT_ONCE:
        some = commands.recount(by=SYSTEM, at=at)
        done += some
    return done


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


def words_said(events: Sequence[Event]) -> None:
    """Subscriber to all that brings words: the index is made anew of the rows behind them."""
    commands.index_words(case_ids={event.stream for event in events})


class _Looking:
    """How far down the cases were looked at for a missing index, newest first, in this process."""

    below = _NEWEST


def index_missing(at: datetime, most: int = INDEXED_AT_ONCE) -> int:
    """Every 5 s: index what no subscriber has told of, as in a house older than its index.

    A few hundred cases are looked at each time; behind the last it begins anew with the first.
    """
    missing, lowest = queries.unindexed(_Looking.below, most)
    _Looking.below = lowest or _NEWEST
    return commands.index_words(case_ids=missing, missing=True) if missing else 0


def carry_out(at: datetime) -> int:
    """Three times a second: go on with what was ordered for many cases, each run its share."""
    due = queries.runs_due(at)
    share = max(BULK_AT_ONCE // max(len(due), 1), 20)
    return sum(_carried(run_id, share, at) for run_id in due)


def _carried(run_id: int, most: int, at: datetime) -> int:
    order = commands.start_bulk(run_id=run_id, at=at)
    if order is None:  # taken back, or another worker has ended it
        return 0
    cases = queries.items_waiting(run_id, most)
    try:
        return _each(partial(_take_item, order, case_id, at) for case_id in cases)
    finally:
        commands.end_bulk(run_id=run_id, at=at)


def _take_item(order: Order, case_id: int, at: datetime) -> int:
    """A bug met in one case is told with that case, and raised: it must not be met for ever."""
    try:
        return commands.take_bulk_item(order=order, case_id=case_id, take=commands.take, at=at)
    except OperationalError:  # the database is away, or chose this one of two: it waits
        raise
    except Exception:
        commands.fail_bulk_item(order=order, case_id=case_id, at=at)
        raise


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
