"""Put what happened, or happened before, into the queue of an endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from bihuan.cases import queries as cases
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotPossible
from bihuan.events.models import Event
from bihuan.integrations import queries, rules
from bihuan.integrations.models import Delivery, Endpoint
from bihuan.store import statements
from bihuan.store.blocks import new_id

CLAUSE = "3.3"


def queue(events: Sequence[Event]) -> int:
    """Each event for every endpoint that asked for it and may know of its case, once; how many.

    What happened before an endpoint was made is not for it.
    """
    listening = queries.listening()
    if not listening:
        return 0
    reach = cases.reach(event.stream for event in events)
    rows = [
        _delivery(endpoint, event, reach[event.stream].number)
        for event in events
        if event.stream in reach
        for endpoint in listening
        if rules.wants(endpoint.kinds, event.kind)
        and event.at >= endpoint.created_at
        and rules.may_go(endpoint.owner_id, reach[event.stream].named)
    ]
    statements.insert_all(rows)
    return len(rows)


def _delivery(endpoint: Endpoint, event: Event, number: str) -> Delivery:
    return Delivery(
        id=new_id(event.at),
        endpoint=endpoint,
        key=f"msg_{endpoint.id}_{event.stream}_{event.seq}",
        kind=event.kind,
        case_id=event.stream,
        seq=event.seq,
        number=number,
        next_try_at=event.at,
        created_at=event.at,
    )


@transaction.atomic
def ping(*, id: int, by: Actor, at: datetime) -> Delivery:
    """Something to try the endpoint with, that is about no case. NotPossible when it is off."""
    row = _on(id, "test", by)
    new = new_id(at)
    return Delivery.objects.create(
        id=new, endpoint=row, key=f"msg_{row.id}_{rules.PING}_{new}", kind=rules.PING,
        next_try_at=at, created_at=at,
    )  # fmt: skip


@transaction.atomic
def replay(*, id: int, delivery_id: int, by: Actor, at: datetime) -> Delivery:
    """Send this one once more, from the start, under the same webhook-id. NotPossible when off."""
    row = queries.delivery(_on(id, "replay", by), delivery_id)
    row.state, row.tries, row.next_try_at, row.ended_at = "queued", 0, at, None
    row.save(update_fields=["state", "tries", "next_try_at", "ended_at"])
    return row


@transaction.atomic
def replay_since(*, id: int, since: datetime, by: Actor, at: datetime) -> int:
    """As `replay`, for all that failed since then; how many."""
    row = _on(id, "replay", by)
    return queries.failed_since(row, since).update(
        state="queued", tries=0, next_try_at=at, ended_at=None
    )


def _on(id: int, action: str, by: Actor) -> Endpoint:
    row = queries.locked(id, by)
    if not row.active:
        raise NotPossible(CLAUSE, state="off", action=action, possible=["switch_on"])
    return row
