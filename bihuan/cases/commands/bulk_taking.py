"""One step for many cases, as it is taken: each case in a transaction of its own (2.2.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from bihuan.accounts import queries as people
from bihuan.cases import queries, rules
from bihuan.cases.commands.bulk import CHANGES, FILLED, OWN, TEXTS
from bihuan.cases.commands.handling import known_staff
from bihuan.cases.commands.holding import settle
from bihuan.cases.commands.steps import begin, handbook, say
from bihuan.cases.models import BulkItem, BulkRun, Case
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible, Refusal, Stale
from bihuan.events import log

Take = Callable[..., Case]


@dataclass(frozen=True, slots=True)
class Order:
    """A run that is on its way, opened once for many of its cases; `by` is None who has left.

    `holds`: the orderer has steps that still wait, and go out before this one.
    """

    run_id: int
    action: str
    raw: Mapping[str, Any]
    undoes: int
    by: Actor | None
    holds: bool


@transaction.atomic
def start_bulk(*, run_id: int, at: datetime) -> Order | None:
    """Its seconds are over: from now on it is not taken back. None when it was, or has ended."""
    run = BulkRun.objects.select_for_update().filter(id=run_id).first()
    if run is None or run.state not in {"held", "running"} or run.due_at > at:
        return None
    if run.state == "held":
        run.state = "running"
        run.save(update_fields=["state"])
    writer = people.staff(run.staff_id)
    by = writer.actor if writer is not None and writer.active else None
    raw, holds = queries.fields_of(run), by is not None and queries.holds_any(by)
    return Order(run.id, run.action, raw, run.undoes, by, holds)


def take_bulk_item(*, order: Order, case_id: int, take: Take, at: datetime) -> int:
    """The step on one case, as its orderer, and that it was taken, in one transaction.

    1 when it was taken; a refusal is kept with its case. 0 too when somebody else is at it.
    """
    try:
        try:
            return _step(order, case_id, take, at, settled=order.holds)
        except Stale:  # unless it is only by the orderer's own words that went out meanwhile
            return _step(order, case_id, take, at, settled=True)
    except Refusal as refusal:
        return _refused(order, case_id, refusal)


@transaction.atomic
def _step(order: Order, case_id: int, take: Take, at: datetime, *, settled: bool) -> int:
    item = queries.locked_item(order.run_id, case_id)
    if item is None:
        return 0
    if order.by is None:
        raise NotPermitted("2.2.2", action=order.action)
    if order.undoes:
        case = _given_back(order.action, item, order.by, at)
    else:
        case = _taken(order, item, order.by, take, at, settled)
    return _items(item.run_id, case_id).update(state="done", after=queries.facts_of(case))


@transaction.atomic
def _refused(order: Order, case_id: int, refusal: Refusal) -> int:
    """What the step did was undone; only why it was refused is kept."""
    if queries.locked_item(order.run_id, case_id) is not None:
        _items(order.run_id, case_id).update(state="refused", why=_why(refusal))
    return 0


def _items(run_id: int, case_id: int) -> QuerySet[BulkItem]:
    return BulkItem.objects.filter(run_id=run_id, case_id=case_id)


def _why(refusal: Refusal) -> str:
    """The code of a refusal; of a fault that of its field, which says more."""
    faults = refusal.fields.values() if isinstance(refusal, Invalid) else ()
    return next(iter(faults), refusal.code())[:30]


def _taken(
    order: Order, item: BulkItem, by: Actor, take: Take, at: datetime, settled: bool
) -> Case:
    raw, number = dict(order.raw), item.number
    seen: int | None = item.version
    if raw.get("department") == OWN:
        raw["department"] = item.before["department"]
    if settled:
        seen = settle(
            number=number, before=[order.action], take=take, expected_version=seen, by=by, at=at
        )
    if raw.pop(FILLED, ""):
        raw |= _filled(order.action, raw, queries.get(number, by), by, at)
    return take(order.action, number=number, raw=raw, expected_version=seen, by=by, at=at)


def _filled(
    action: str, raw: Mapping[str, Any], case: Case, by: Actor, at: datetime
) -> dict[str, str]:
    """Its texts with the facts of this case; Invalid where it has none for a variable (1.4)."""
    reader = "note" if action == "resolve" else action  # a decision is read by the house
    found = {
        field: queries.filled(raw[field], reader, case, by=by, at=at)
        for field in TEXTS.get(action, ("text",))
    }
    if faults := {field: "unfilled" for field, one in found.items() if one.missing}:
        raise Invalid(
            faults, "1.4", variables="、".join(v for f in found.values() for v in f.missing)
        )
    return {field: one.text for field, one in found.items()}


def _given_back(action: str, item: BulkItem, by: Actor, at: datetime) -> Case:
    """What the run made of it must still stand, whatever else was said on the case since."""
    case, step = begin(item.number, action, by, None)
    now = queries.facts_of(case)
    if any(now[name] != item.before[name] for name in CHANGES[action]):
        raise Stale(version=case.version, state=case.state, number=case.number)
    to = item.after
    if action == "set_priority":
        case.priority = to["priority"]
        case.rank = rules.rank(kind=case.kind, category=case.category, priority=case.priority)
        was, is_ = {"priority": now["priority"]}, {"priority": to["priority"]}
        return say(case, step, by, at, before=was, after=is_)
    if to["owner"]:
        known_staff(to["owner"], "owner_id")
    if to["department"] not in handbook(case).departments:
        raise Invalid({"department": "not_known"}, clause="2.2.2")
    before = {"owner": case.owner_id, "department": case.department}
    case.owner_id, case.department = to["owner"], to["department"]
    return say(case, step, by, at, owner=to["owner"], department=to["department"], before=before)


@transaction.atomic
def fail_bulk_item(*, order: Order, case_id: int, at: datetime) -> int:
    """Something broke on this case: it is named among those not taken, and the run goes on."""
    rows = _items(order.run_id, case_id).filter(state="waiting")
    return rows.update(state="refused", why="failed")


@transaction.atomic
def stop_bulk(*, run_id: int, by: Actor, at: datetime) -> BulkRun:
    """停止：what was not taken yet is left as it is, and named so; what was done stays done.

    By whoever ordered it, or a supervisor. NotPossible when it has not begun, or is over.
    """
    run = queries.locked_run(run_id, by)
    if run.state != "running":
        raise NotPossible("2.2.2", action="stop", state=run.state, possible=[])
    items = BulkItem.objects.filter(run_id=run.id)
    left = items.filter(state="waiting").update(state="refused", why=queries.STOPPED)
    run.state, run.ended_at = "ended", at
    run.save(update_fields=["state", "ended_at"])
    log.append(
        "bulk.stopped", stream=run.id, by=by, at=at, clause="2.2.2", run=run.id,
        action=run.action, done=items.filter(state="done").count(), left=left,
    )  # fmt: skip
    return run


@transaction.atomic
def end_bulk(*, run_id: int, at: datetime) -> int:
    """1 when its last case was taken or refused: it is over, and says how it went."""
    run = BulkRun.objects.select_for_update().filter(id=run_id, state="running").first()
    if run is None or queries.items_waiting(run_id, 1):
        return 0
    refused = BulkItem.objects.filter(run_id=run_id, state="refused").count()
    run.state, run.ended_at = "ended", at
    run.save(update_fields=["state", "ended_at"])
    log.append(
        "bulk.ended", stream=run.id, by=SYSTEM, at=at, clause="2.2.2", run=run.id,
        action=run.action, done=run.total - refused, refused=refused,
    )  # fmt: skip
    return 1


@transaction.atomic
def forget_bulk(*, run_id: int, at: datetime) -> int:
    """Old runs go, words and all; what they did stays in the log of each case."""
    BulkItem.objects.filter(run_id=run_id).delete()
    return BulkRun.objects.filter(id=run_id).delete()[0]
