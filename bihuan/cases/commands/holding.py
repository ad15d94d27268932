"""Hold a step for some seconds, take it back, or take it when its time has come (UI rule 9)."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.cases import deadlines, fields, queries
from bihuan.cases.commands.steps import begin
from bihuan.cases.models import Case, Held
from bihuan.cases.queries.held import ALSO, COLUMN, TABLE, plain
from bihuan.core.actors import Actor
from bihuan.core.lifecycle import Step
from bihuan.core.refusals import NotFound, NotPermitted, NotPossible, Refusal, Stale
from bihuan.events.catalog import KIND_OF
from bihuan.events.models import Event
from bihuan.store import secrets, statements
from bihuan.store.blocks import new_id

#: Words that go to the person and cannot be called back once they are gone.
HOLDABLE = frozenset({"answer", "propose", "tell"})
#: What a canned reply may do together with them.
GO_ALONG = frozenset({"set_priority", "tag", "assign"})
TAKEN_BACK = "taken_back"
_A_BREATH = timedelta(seconds=30)  # that the worker may come late
_ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtext('held'), %s::bigint::bit(32)::int)"
Take = Callable[..., Case]
Also = Sequence[tuple[str, Mapping[str, Any]]]  # steps that go with another one, or not at all


def take_or_hold(
    action: str,
    *,
    number: str,
    raw: Mapping[str, Any],
    seconds: int,
    take: Take,
    also: Also = (),
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Hold what cannot be called back, take the rest; whoever goes on lets go what they held.

    `also` is taken with the step, now or when its seconds are over: all of it or nothing.
    """
    if action in HOLDABLE and seconds:
        hold(
            action=action, number=number, raw=raw, seconds=seconds, take=take, also=also,
            expected_version=expected_version, by=by, at=at,
        )  # fmt: skip
        return
    with transaction.atomic():
        seen = settle(
            number=number, before=[action], take=take, expected_version=expected_version,
            by=by, at=at,
        )  # fmt: skip
        _together(take, action, raw, also, number=number, expected_version=seen, by=by, at=at)


def _together(
    take: Take, action: str, raw: Mapping[str, Any], also: Also, *, number: str, by: Actor,
    at: datetime, expected_version: int | None = None,
) -> None:  # fmt: skip
    """The step, and what goes with it; for use in a transaction."""
    take(action, number=number, raw=raw, expected_version=expected_version, by=by, at=at)
    for other, given in also:
        take(other, number=number, raw=given, by=by, at=at)


@transaction.atomic
def hold(
    *,
    action: str,
    number: str,
    raw: Mapping[str, Any],
    seconds: int,
    take: Take,
    also: Also = (),
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Held | None:
    """Keep a step that could be taken now, and take it in so many seconds.

    None when it was taken at once: a hard due falls before then, and nobody shall be late for
    having been careful. Pressing twice holds once; another step of the kind lets the first go.
    """
    statements.run(_ONE_BY_ONE, [by.id])  # two pages of one writer do not see each other's words
    mine = Held.objects.select_for_update().filter(number=number, staff_id=by.id, action=action)
    earlier = mine.first()
    if earlier is not None and not earlier.came_back:
        known = queries.opened(earlier)
        if (known.raw, known.also) == (dict(raw), plain(also)):
            return earlier
        if not _take(earlier, take, by, at):  # the new words stay where they were written
            case = queries.get(number, by)
            raise Stale(version=case.version, state=case.state, number=case.number)
        expected_version = None  # its own earlier words are no news to the writer
    fields.clean(action, raw)
    seen = _seen(queries.locked(number, by), [action], expected_version, by)
    case, step = begin(number, action, by, seen)
    _check(also, number, by)
    if earlier is not None and earlier.came_back:
        earlier.delete()  # written anew
    due = at + timedelta(seconds=seconds)
    if _would_be_late(case, step, at, due):
        _together(take, action, raw, also, number=number, by=by, at=at)
        return None
    return _kept(case, action, raw, also, due, by, at)


def _check(also: Also, number: str, by: Actor) -> None:
    """Nothing that could not be taken now waits together with a step."""
    for action, given in also:
        fields.clean(action, given)
        begin(number, action, by, None)


def _would_be_late(case: Case, step: Step, at: datetime, due: datetime) -> bool:
    """Whether a hard due of what this step proves falls while it waits, or right after."""
    return any(
        row.hard and row.milestone in step.reaches and at <= row.due_at <= due + _A_BREATH
        for row in deadlines.running(case)
    )


def _kept(
    case: Case,
    action: str,
    raw: Mapping[str, Any],
    also: Also,
    due: datetime,
    by: Actor,
    at: datetime,
) -> Held:
    held = Held(
        id=new_id(at), case_id=case.id, number=case.number, staff_id=by.id, action=action,
        due_at=due,
    )  # fmt: skip
    text = json.dumps(dict(raw) | ({ALSO: plain(also)} if also else {}), ensure_ascii=False)
    held.sealed = secrets.seal_for_house(TABLE, COLUMN, held.id, text)
    held.save()
    return held


@transaction.atomic
def take_back(*, held_id: int, by: Actor, at: datetime) -> Held:
    """撤销：not taken; the words wait for their writer. NotPossible once it has been taken."""
    row = Held.objects.select_for_update().filter(id=held_id, staff_id=by.id).first()
    if row is None:
        raise NotPossible(action="take_back", state="taken", possible=[])
    row.came_back = TAKEN_BACK
    row.save(update_fields=["came_back"])
    return row


@transaction.atomic
def drop_held(*, held_id: int, by: Actor, at: datetime) -> str:
    """Throw away words that came back; the number of their case."""
    row = Held.objects.select_for_update().filter(id=held_id, staff_id=by.id).first()
    if row is None or not row.came_back:
        raise NotFound()
    row.delete()
    return row.number


def settle(
    *,
    number: str,
    before: Collection[str],
    take: Take,
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> int | None:
    """Take whatever this actor still holds on a case: they have gone on to the steps `before`.

    Returns the version to expect for these: their own words, just taken or taken since they
    looked, are no news to their writer. In the transaction of the steps, so that a refusal
    leaves what is held to its seconds.
    """
    rows = Held.objects.select_for_update().filter(number=number, staff_id=by.id, came_back="")
    mine = list(rows.order_by("id"))  # before the case is locked, as `release` does
    case = queries.locked(number, by)
    seen = _seen(case, before, expected_version, by)
    if not sum(_take(row, take, by, at) for row in mine) or seen is None:
        return seen
    return seen + queries.locked(number, by).version - case.version


def _seen(
    case: Case, before: Collection[str], expected_version: int | None, by: Actor
) -> int | None:
    """The version as its writer knows it, if only their own words went out since they looked.

    Not when the same words are to go out with what comes now: nobody is told a thing twice.
    """
    if expected_version is None or expected_version == case.version:
        return expected_version
    own = {KIND_OF[action] for action in (HOLDABLE | GO_ALONG) - set(before)}
    since = Event.objects.filter(stream=case.id, data__version__gt=expected_version)
    known = len(since) == case.version - expected_version and all(
        one.actor_id == by.id and one.kind in own for one in since
    )
    return case.version if known else expected_version


@transaction.atomic
def release(*, held_id: int, take: Take, at: datetime) -> int:
    """Its time has come: take it as its writer, who must still be allowed to; 1 when it was taken.

    A refusal keeps the words, and why.
    """
    rows = Held.objects.select_for_update(skip_locked=True)
    row = rows.filter(id=held_id, came_back="").first()
    if row is None:  # taken back, or somebody else is about to take it
        return 0
    writer = people.staff(row.staff_id)
    if writer is None or not writer.active:
        row.came_back = NotPermitted.code()
        row.save(update_fields=["came_back"])
        return 0
    return _take(row, take, writer.actor, at)


@transaction.atomic
def forget_held(*, held_id: int, at: datetime) -> int:
    """Words that came back and were left lying for days go."""
    rows = Held.objects.filter(id=held_id).exclude(came_back="")
    return rows.delete()[0]


def _take(row: Held, take: Take, by: Actor, at: datetime) -> int:
    held = queries.opened(row)
    try:
        with transaction.atomic():
            _together(take, row.action, held.raw, held.also, number=row.number, by=by, at=at)
    except Refusal as refusal:
        row.came_back = refusal.code()
        row.save(update_fields=["came_back"])
        return 0
    row.delete()
    return 1
