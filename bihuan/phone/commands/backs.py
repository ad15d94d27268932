"""The list of calls that are owed: promised, tried, reached or dropped (1.3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotPossible
from bihuan.events import log
from bihuan.phone import queries
from bihuan.phone.commands.hearing import CLAUSE
from bihuan.phone.commands.noting import note_call
from bihuan.phone.models import TRIES, Attempt, CallBack
from bihuan.store.blocks import new_id

FARTHEST = timedelta(days=30)


@transaction.atomic
def promise_back(
    *, id: int, due_at: datetime, owner_id: int, text: str = "", by: Actor, at: datetime
) -> CallBack:
    """约定回拨：until when, by whom; one at a time for a call."""
    call = queries.locked(id, by)
    if not queries.number_of(call):
        raise NotPossible(CLAUSE, state="withheld", action="promise_back", possible=[])
    if queries.open_back(call.id) is not None:
        raise NotPossible(CLAUSE, state="owed", action="promise_back", possible=["try_back"])
    _in_time(due_at, at)
    _works_here(owner_id)
    if text.strip():
        note_call(id=id, text=text, by=by, at=at)
    back = CallBack.objects.create(
        id=new_id(at), call_id=call.id, case_id=call.case_id, owner_id=owner_id, due_at=due_at,
        made_by=by.id, made_at=at,
    )  # fmt: skip
    _say("call.back_promised", back, by, at, owner=owner_id, due_at=due_at.isoformat())
    return back


def _in_time(due_at: datetime, at: datetime) -> None:
    due = inputs.moment(due_at, field="due_at")
    if due <= at:
        raise Invalid({"due_at": "in_the_past_moment"}, CLAUSE)
    if due > at + FARTHEST:
        raise Invalid({"due_at": "too_far"}, CLAUSE)


def _works_here(staff_id: int) -> None:
    if staff_id not in people.active_staff():
        raise Invalid({"owner_id": "not_known"}, CLAUSE)


@transaction.atomic
def try_back(
    *, id: int, outcome: str, text: str = "", due_at: datetime | None = None, by: Actor,
    at: datetime,
) -> CallBack:  # fmt: skip
    """回拨：whoever was reached is owed no call any more; else it is tried again until `due_at`.

    What was said is noted on the call and its case. It is no answer of the case: the next step
    is taken there.
    """
    back = queries.locked_back(id, by)
    _open(back, "try_back")
    inputs.one_of(outcome, TRIES, field="outcome")
    if due_at is not None and outcome != "reached":
        _in_time(due_at, at)
        back.due_at = due_at
    Attempt.objects.create(id=new_id(at), back_id=back.id, by_id=by.id, at=at, outcome=outcome)
    if text.strip():
        note_call(id=back.call_id, text=text, by=by, at=at)
    if outcome == "reached":
        _end(back, "reached", by, at)
    back.save()
    _say(
        "call.back_done" if back.outcome else "call.back_tried",
        back, by, at, outcome=outcome, due_at=back.due_at.isoformat(),
    )  # fmt: skip
    return back


@transaction.atomic
def drop_back(*, id: int, text: str, by: Actor, at: datetime) -> CallBack:
    """不再回拨：with the reason, which is noted."""
    back = queries.locked_back(id, by)
    _open(back, "drop_back")
    note_call(id=back.call_id, text=text, by=by, at=at)
    _end(back, "dropped", by, at)
    back.save()
    _say("call.back_dropped", back, by, at)
    return back


@transaction.atomic
def reopen_back(*, id: int, by: Actor, at: datetime) -> CallBack:
    """重新列入：it was not reached after all, or is owed again; its due stays."""
    back = queries.locked_back(id, by)
    if not back.outcome or queries.open_back(back.call_id) is not None:
        raise NotPossible(CLAUSE, state="owed", action="reopen_back", possible=["try_back"])
    back.outcome, back.done_at, back.done_by = "", None, 0
    back.save()
    _say("call.back_reopened", back, by, at)
    return back


@transaction.atomic
def hand_back(*, id: int, owner_id: int, by: Actor, at: datetime) -> CallBack:
    """转给：somebody else calls back."""
    back = queries.locked_back(id, by)
    _open(back, "hand_back")
    _works_here(owner_id)
    back.owner_id = owner_id
    back.save(update_fields=["owner_id"])
    _say("call.back_handed", back, by, at, owner=owner_id)
    return back


def _open(back: CallBack, action: str) -> None:
    if back.outcome:
        raise NotPossible(CLAUSE, state=back.outcome, action=action, possible=["reopen_back"])


def _end(back: CallBack, outcome: str, by: Actor, at: datetime) -> None:
    back.outcome, back.done_at, back.done_by = outcome, at, by.id


def _say(kind: str, back: CallBack, by: Actor, at: datetime, **more: object) -> None:
    log.append(
        kind, stream=back.call_id, by=by, at=at, clause=CLAUSE, call=back.call_id, back=back.id,
        case=back.case_id, **more,
    )  # fmt: skip
