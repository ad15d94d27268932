"""Change the routing rules: in a draft first, then published by somebody who answers for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from bihuan.cases import queries
from bihuan.cases.models import RoutingVersion
from bihuan.cases.routing import shape
from bihuan.cases.routing.faults import alone
from bihuan.cases.routing.shape import Rule
from bihuan.core import inputs
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, Stale
from bihuan.events import log
from bihuan.policy import queries as policy
from bihuan.store.blocks import new_id

CLAUSE = "2.2.2"
MANAGERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.SYSTEM})


@transaction.atomic
def save_rule(
    *, rule: Rule, place: int = 0, seen: int | None = None, by: Actor, at: datetime
) -> RoutingVersion:
    """Put a rule into the draft: over the one at `place`, from 1, or behind all when it is 0.

    Invalid for a rule that is wrong wherever it stands, as one that an override of the handbook
    always takes first. `seen` is the `edits` of the draft as it was read; Stale when it moved on.
    """
    draft, rules = _draft(seen, by, at)
    faults = {fault.field: fault.code for fault in alone(rule, policy.current(at))}
    if any(one.name == rule.name for n, one in enumerate(rules, start=1) if n != place):
        faults["name"] = "duplicate_name"
    if faults:
        raise Invalid(faults, clause=CLAUSE)
    if place:
        rules[_index(place, rules)] = rule
    else:
        rules.append(rule)
    return _kept(draft, rules, by, at)


@transaction.atomic
def move_rule(
    *, place: int, to: int, seen: int | None = None, by: Actor, at: datetime
) -> RoutingVersion:
    """Another place in the order: the first rule that means a case takes it."""
    draft, rules = _draft(seen, by, at)
    moved = rules.pop(_index(place, rules))
    rules.insert(min(max(to, 1), len(rules) + 1) - 1, moved)
    return _kept(draft, rules, by, at)


@transaction.atomic
def remove_rule(*, place: int, seen: int | None = None, by: Actor, at: datetime) -> RoutingVersion:
    """Out of the draft; what is in force stays as it is until the draft is published."""
    draft, rules = _draft(seen, by, at)
    del rules[_index(place, rules)]
    return _kept(draft, rules, by, at)


@transaction.atomic
def drop_routing_draft(*, by: Actor, at: datetime) -> None:
    """Begin again from what is in force."""
    _alone(by)
    RoutingVersion.objects.filter(number=0).delete()


@transaction.atomic
def publish_routing(
    *, reason: str, seen: int | None = None, by: Actor, at: datetime
) -> RoutingVersion:
    """发布：the draft is in force from now on, for every case that comes in (2.2.2).

    Invalid names each rule that is wrong, or that nothing was changed.
    """
    draft, rules = _draft(seen, by, at)
    if shape.sha256(rules) == shape.sha256(queries.in_force_now().rules):
        raise Invalid({"rules": "nothing_changed"}, clause=CLAUSE)
    return _published(draft, rules, reason, by, at)


@transaction.atomic
def restore_routing(*, number: int, reason: str, by: Actor, at: datetime) -> RoutingVersion:
    """回退：publish an old version once more; 0 is the handbook alone. The draft is left alone.

    Invalid when it would be faulty today, as when a department has lost its people.
    """
    _alone(by)
    old = shape.read(queries.version(number).rules) if number else ()
    if shape.sha256(old) == shape.sha256(queries.in_force_now().rules):
        raise Invalid({"rules": "nothing_changed"}, clause=CLAUSE)
    row = RoutingVersion(id=new_id(at), changed_at=at, changed_by=by.id, restores=number)
    return _published(row, list(old), reason, by, at)


def _published(
    row: RoutingVersion, rules: list[Rule], reason: str, by: Actor, at: datetime
) -> RoutingVersion:
    row.reason = inputs.words(reason, field="reason", least=2, most=300)
    wrong = {
        f"rules.{fault.place}.{fault.field}".rstrip("."): fault.code
        for fault in queries.routing_faults(rules, at)
    }
    if wrong:
        raise Invalid(wrong, clause=CLAUSE)
    before = queries.in_force_now().version
    row.rules, row.sha256 = shape.kept(rules), shape.sha256(rules)
    row.number, row.published_at, row.published_by = before + 1, at, by.id
    row.save()
    log.append(
        "routing.published", stream=row.id, by=by, at=at, clause=CLAUSE, version=row.number,
        sha256=row.sha256, rules=len(rules), before=before, restores=row.restores,
    )  # fmt: skip
    queries.forget_routing()
    # whoever read between our forgetting and our commit has kept the old rules
    transaction.on_commit(queries.forget_routing)
    return row


def _draft(seen: int | None, by: Actor, at: datetime) -> tuple[RoutingVersion, list[Rule]]:
    """The draft, made of what is in force when there is none yet, for this writer alone."""
    _alone(by)
    row = queries.draft_of()
    if seen is not None and seen != (row.edits if row else 0):
        raise Stale(version=row.edits if row else 0, state="draft")
    if row is None:
        row = RoutingVersion(id=new_id(at), changed_at=at, changed_by=by.id)
        return row, list(queries.in_force_now().rules)
    return row, list(shape.read(row.rules))


def _kept(row: RoutingVersion, rules: Sequence[Rule], by: Actor, at: datetime) -> RoutingVersion:
    if len(rules) > shape.RULES_MOST:
        raise Invalid({"rules": "too_many_rules"}, clause=CLAUSE, limit=shape.RULES_MOST)
    row.rules, row.sha256 = shape.kept(rules), shape.sha256(rules)
    row.edits, row.changed_at, row.changed_by = row.edits + 1, at, by.id
    row.save()
    return row


def _index(place: int, rules: Sequence[Rule]) -> int:
    if not 1 <= place <= len(rules):
        raise NotFound(place=str(place))
    return place - 1


def _alone(by: Actor) -> None:
    if not by.roles & MANAGERS:
        raise NotPermitted(CLAUSE, action="routing")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('routing'))")
