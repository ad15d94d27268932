"""Fetch orders while somebody waits, for a short while; who waits in vain sees what is known."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bihuan.accounts import queries as people
from bihuan.core.ports import OrderSystemFault
from bihuan.orders import queries, wires
from bihuan.orders.commands.copying import keep_copy

PATIENCE = 2.0  # seconds that a page waits
FRESH = timedelta(seconds=30)  # what was said so lately is not asked again

_log = logging.getLogger(__name__)


def fetch(*, person_id: int, at: datetime) -> bool:
    """Copies of this person's orders as they are now; False when the order system was silent.

    Where no order system is named, or the person has no account there, nothing is missing.
    """
    source = wires.source(at, patience=PATIENCE)
    # the person's account on the platform, by which its app is reached too
    account = people.contact(person_id, "push") if source and person_id > 0 else None
    if source is None or not account or queries.checked_since(person_id, at - FRESH):
        return True
    try:
        found = source.bought_by(account)
    except OrderSystemFault as fault:
        _log.warning("orders: %s", fault.code)
        return False
    for facts in found:
        keep_copy(person_id=person_id, facts=facts, at=at)
    return True


def freshen(*, order_id: int, at: datetime) -> bool:
    """How payment, parcel and refunds of this one order stand now; as `fetch` otherwise."""
    order = queries.get(order_id)
    source = wires.source(at, patience=PATIENCE)
    number = queries.number_of(order) if order and source else ""
    if source is None or order is None or not number:
        return True
    if order.checked_at and at - FRESH < order.checked_at <= at:
        return True
    account = people.contact(order.person_id, "push")
    try:
        facts = source.find(number)
    except OrderSystemFault as fault:
        _log.warning("orders: %s", fault.code)
        return False
    if facts is not None and facts.account == account:
        keep_copy(person_id=order.person_id, facts=facts, at=at)
    return True
