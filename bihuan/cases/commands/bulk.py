"""One step for many cases, as it is ordered, taken back in time, or given back (2.2.2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.cases import fields, queries, variables
from bihuan.cases.commands.handling import known_staff, not_past
from bihuan.cases.commands.tagging import named
from bihuan.cases.lifecycle import CASE
from bihuan.cases.models import BulkItem, BulkRun, Clock
from bihuan.cases.queries.bulk import COLUMN, TABLE, Chosen
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible
from bihuan.events import log
from bihuan.store import secrets, statements
from bihuan.store.blocks import new_id

#: Steps whose one text or choice can be right for every case, each by its own gate: what only a
#: case itself can say (a finding, a refusal to accept) is left to the case. A case is closed by
#: its person, or by silence after the notice.
BULK = (
    "assign", "set_priority", "tag", "answer", "note", "accept", "resolve", "notify", "merge",
)  # fmt: skip
#: Steps that are alike only for cases of one cause: an incident takes them together (2.2.3).
TOGETHER = ("tell", "repair", "set_severity", "set_tier")
#: With this field of its own a run fills the variables of its text from each case as it goes out.
FILLED = "filled"
#: The texts of a step that it fills; of any other its `text`.
TEXTS = {"resolve": ("reason",), "notify": ("progress", "result")}
#: What it can fill: the name of a step is the desk's to say.
FILLABLE = tuple(name for name in variables.VARIABLES if name != "next_step")
#: What a run of these changes can be given back afterwards, as new events.
CHANGES = {"assign": ("owner", "department"), "set_priority": ("priority",)}
GIVEN_BACK_FOR = timedelta(minutes=30)  # default_not_handbook
OWN = "own"  # as a department: each case to the least loaded person of the one it has
_A_BREATH = timedelta(seconds=30)  # that the worker may come late
_ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtext('bulk'), %s::bigint::bit(32)::int)"


@transaction.atomic
def order_bulk(
    *,
    action: str,
    chosen: Sequence[Chosen],
    raw: Mapping[str, Any],
    mark: str,
    seconds: int,
    by: Actor,
    at: datetime,
) -> BulkRun:
    """批量办理：kept for so many seconds to be taken back, then taken case by case.

    At once where a hard due of what the step proves would fall meanwhile. The same words for the
    same cases with the same `mark` of a form are one order.
    """
    if not by.is_staff or not by.id:
        raise NotPermitted("2.2.2", action=action)
    if action not in BULK + TOGETHER:
        raise NotFound(action=action)
    statements.run(_ONE_BY_ONE, [by.id])
    own = _mark(mark, action, raw, chosen)
    earlier = BulkRun.objects.filter(staff_id=by.id, mark=own).first()
    if earlier is not None:
        return earlier
    _check(action, raw, chosen, by, at)
    due = at if _would_be_late(action, chosen, at, seconds) else at + timedelta(seconds=seconds)
    run = BulkRun(
        id=new_id(at), staff_id=by.id, mark=own, action=action, total=len(chosen),
        ordered_at=at, due_at=due,
    )  # fmt: skip
    items = [
        BulkItem(
            run_id=run.id, case_id=one.case_id, place=place, number=one.number,
            version=one.version, before=dict(one.facts),
        )
        for place, one in enumerate(chosen)
    ]  # fmt: skip
    return _ordered(run, raw, items, by, at)


def _mark(once: str, action: str, raw: Mapping[str, Any], chosen: Sequence[Chosen]) -> str:
    """Another for a form that was sent once more with other words, or for other cases."""
    told = json.dumps([once, action, dict(raw), [one.case_id for one in chosen]], default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def _check(
    action: str, raw: Mapping[str, Any], chosen: Sequence[Chosen], by: Actor, at: datetime
) -> None:
    """What would be refused for every case is refused now, beside its field."""
    values = fields.clean(action, _as_if_filled(action, raw))
    if not chosen:
        raise Invalid({"chosen": "missing"})
    if len(chosen) > queries.MOST_CASES:
        raise Invalid({"chosen": "too_many_cases"}, limit=queries.MOST_CASES)
    if action == "merge":
        _check_target(values["into"], by)
    if action == "tag" and not [
        *named(values["add"], field="add"),
        *named(values["remove"], field="remove"),
    ]:
        raise Invalid({"add": "missing"}, "2.1.2")
    for plan in values.get("follow_ups", ()):
        known_staff(plan["owner_id"], "follow_ups.owner_id")
        not_past(plan["due_on"], "follow_ups.due_on", at)
    if action == "assign":
        _check_taker(values)


def _check_taker(values: Mapping[str, Any]) -> None:
    if values["owner_id"]:
        known_staff(values["owner_id"], "owner_id")
    elif not values["department"]:
        raise Invalid({"owner_id": "neither"}, clause="2.2.2")
    elif values["department"] not in {OWN, *(unit.code for unit in people.departments())}:
        raise Invalid({"department": "not_known"}, clause="2.2.2")


def _as_if_filled(action: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as a case will be given them; Invalid names variables that nothing can fill."""
    given = dict(raw)
    if not given.pop(FILLED, ""):
        return given
    for field in TEXTS.get(action, ("text",)):
        text = given.get(field)
        if not isinstance(text, str):
            continue
        strange = [name for name in variables.unfilled(text) if name not in FILLABLE]
        if strange := [*variables.unknown(text), *strange]:
            raise Invalid({field: "unknown_variable"}, "1.4", variables="、".join(strange))
        given[field] = variables.fill(text, dict.fromkeys(FILLABLE, "…"))
    return given


def _check_target(number: str, by: Actor) -> None:
    try:
        target = queries.get(number, by)
    except NotFound:
        raise Invalid({"into": "no_such_case"}, clause="2.2.3") from None
    if not target.is_open:
        raise Invalid({"into": "not_open"}, clause="2.2.3")


def _would_be_late(action: str, chosen: Sequence[Chosen], at: datetime, seconds: int) -> bool:
    reaches = {m for step in CASE.steps.values() if step.action == action for m in step.reaches}
    rows = Clock.objects.filter(
        case_id__in=[one.case_id for one in chosen], milestone__in=reaches, hard=True,
        done_at__isnull=True, void_at__isnull=True,
        due_at__range=(at, at + timedelta(seconds=seconds) + _A_BREATH),
    )  # fmt: skip
    return bool(reaches) and rows.exists()


def _ordered(
    run: BulkRun, raw: Mapping[str, Any], items: Sequence[BulkItem], by: Actor, at: datetime
) -> BulkRun:
    text = json.dumps(dict(raw), ensure_ascii=False)
    run.sealed = secrets.seal_for_house(TABLE, COLUMN, run.id, text)
    run.save(force_insert=True)
    BulkItem.objects.bulk_create(items)
    log.append(
        "bulk.ordered", stream=run.id, by=by, at=at, clause="2.2.2", run=run.id,
        action=run.action, total=run.total, undoes=run.undoes,
    )  # fmt: skip
    return run


@transaction.atomic
def take_back_bulk(*, run_id: int, by: Actor, at: datetime) -> BulkRun:
    """撤销：nothing was done yet and nothing will be. NotPossible once it has begun."""
    run = _own(run_id, by)
    if run.state != "held":
        raise NotPossible("2.2.2", action="take_back", state=run.state, possible=[])
    run.state, run.mark = "taken_back", f"back {run.id}"  # the same form may order it again
    run.save(update_fields=["state", "mark"])
    log.append("bulk.taken_back", stream=run.id, by=by, at=at, clause="2.2.2", run=run.id)
    return run


@transaction.atomic
def give_back_bulk(*, run_id: int, by: Actor, at: datetime) -> BulkRun:
    """撤销这次批量：each case gets back what the run changed, unless that was changed since.

    A run of its own, with new events: history stays as it was. NotPossible too late, twice, or
    where nothing was changed.
    """
    run = _own(run_id, by)
    changed = CHANGES.get(run.action, ())
    possible = may_be_given_back(run.action, run.undoes, run.ended_at, at)
    done = BulkItem.objects.filter(run_id=run.id, state="done").order_by("place")
    moved = [one for one in done if any(one.before[n] != one.after[n] for n in changed)]
    if not possible or not moved or queries.undone_by(run.id):
        raise NotPossible("2.2.2", action="give_back", state=run.state, possible=[])
    back = BulkRun(
        id=new_id(at), staff_id=by.id, mark=f"undo {run.id}", action=run.action, total=len(moved),
        ordered_at=at, due_at=at, undoes=run.id,
    )  # fmt: skip
    items = [
        BulkItem(
            run_id=back.id, case_id=one.case_id, place=place, number=one.number, version=0,
            before=one.after, after=one.before,
        )
        for place, one in enumerate(moved)
    ]  # fmt: skip
    return _ordered(back, {}, items, by, at)


def may_be_given_back(action: str, undoes: int, ended_at: datetime | None, at: datetime) -> bool:
    """Whether what a run changed can still be given back."""
    in_time = ended_at is not None and at <= ended_at + GIVEN_BACK_FOR
    return action in CHANGES and not undoes and in_time


def _own(run_id: int, by: Actor) -> BulkRun:
    rows = BulkRun.objects.select_for_update().filter(id=run_id, staff_id=by.id)
    run = rows.first() if by.is_staff and by.id else None
    if run is None:
        raise NotFound()
    return run
