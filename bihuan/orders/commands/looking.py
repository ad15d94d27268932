"""Look up, after filing, the order number somebody typed: found, none, or somebody else's."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.core.actors import SYSTEM
from bihuan.core.ports import OrderFacts, OrderSource, OrderSystemFault
from bihuan.core.refusals import Invalid
from bihuan.events import log
from bihuan.orders import queries, wires
from bihuan.orders.commands.copying import keep_copy
from bihuan.orders.commands.leasing import leased
from bihuan.orders.models import Lookup
from bihuan.orders.rules import plain_number, wait
from bihuan.store import secrets
from bihuan.store.blocks import new_id

TABLE = "orders_lookup"
_SAYS = MappingProxyType(
    {"found": "order.found", "not_found": "order.not_found", "another": "order.another"}
)


@transaction.atomic
def want_order(*, case_id: int, person_id: int, number: str, at: datetime) -> Lookup | None:
    """This number shall be looked up for this case; None for what is no number. Once a case."""
    try:
        plain = plain_number(number)
    except Invalid:
        return None
    if not plain or Lookup.objects.filter(case_id=case_id).exists():
        return None
    id = new_id(at)
    sealed = secrets.seal(person_id, TABLE, "number", id, plain)
    return Lookup.objects.create(
        id=id, case_id=case_id, person_id=person_id, number=sealed, asked_at=at, next_at=at
    )


def look_up(*, at: datetime) -> int:
    """Ask for every number that is due; how many were answered. Waits for the order system."""
    source = wires.source(at)
    if source is None:
        return 0
    return sum(_looked_up(row, source, at) for row in leased(queries.lookups_due(at), at))


def _looked_up(row: Lookup, source: OrderSource, at: datetime) -> bool:
    number = secrets.open_(row.person_id, TABLE, "number", row.id, row.number)
    account = people.contact(row.person_id, "push")
    try:
        facts = source.find(number) if number else None
    except OrderSystemFault as fault:
        row.error_code, row.next_at = fault.code, at + wait(row.tries)
        row.save(update_fields=["error_code", "next_at"])
        return False
    _answered(row, facts, account, at)
    return True


@transaction.atomic
def _answered(row: Lookup, facts: OrderFacts | None, account: str | None, at: datetime) -> None:
    """Whose it is stays in here: of another's order the handler hears that it is not this one's."""
    known: dict[str, int] = {}
    if facts is None:
        row.state = "not_found"
    elif not account or facts.account != account:
        row.state = "another"
    else:
        row.state = "found"
        known["order"] = keep_copy(person_id=row.person_id, facts=facts, at=at).id
    row.next_at, row.error_code = None, ""
    row.save(update_fields=["state", "next_at", "error_code"])
    log.append(_SAYS[row.state], stream=row.case_id, by=SYSTEM, at=at, clause="3.1", **known)
