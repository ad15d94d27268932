"""The order system as the switchboard names it."""

from __future__ import annotations

from datetime import datetime

from bihuan.core.ports import OrderSource
from bihuan.events.wires import wired


def source(at: datetime, *, patience: float | None = None) -> OrderSource | None:
    """Whoever is asked about orders as of then; None where nobody is named.

    `patience` is how many seconds a reader of a page waits; else as long as the plug does.
    """
    for _, make in wired("ORDERS", ()):
        found: OrderSource | None = make(at, patience)
        if found is not None:
            return found
    return None
