"""What a sweep takes to ask the order system about is its own for a while: no other one asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from bihuan.orders.models import Lookup, Refund

AT_ONCE = 20
LEASE = timedelta(minutes=5)
Row = TypeVar("Row", Lookup, Refund)


def leased(due: QuerySet[Row], at: datetime) -> list[Row]:
    """The first of those that are due, which lock their rows."""
    with transaction.atomic():
        rows = list(due[:AT_ONCE])
        for row in rows:
            row.next_at, row.tries = at + LEASE, row.tries + 1
            row.save(update_fields=["next_at", "tries"])
    return rows
