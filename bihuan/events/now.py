"""What no browser may wait for: told the moment it is committed, and kept nowhere.

The relay tells of a change five times a second, which is soon enough for a page of a case. Who
speaks to somebody waits for each word. What is told here is ids alone, and is lost when nobody
listens: whoever comes back asks for what he has missed.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import partial

from django.db import transaction

from bihuan.store import statements

CHANNEL = "bihuan_now"
_TELL = "SELECT pg_notify(%s, %s)"


def tell(stream: int, event: str, *, to: Collection[int] | None = None, **facts: object) -> None:
    """Tell of `stream` once this transaction stands: to these staff, to all of them for None.

    Whoever listens to the stream itself is told too. Inside the transaction the notice would hold
    a lock of the whole database while it is written to disk (HOUSE §1).
    """
    told = {"stream": stream, "event": event, "facts": facts}
    if to is not None:
        told["to"] = sorted(to)
    text = json.dumps(told, separators=(",", ":"))
    transaction.on_commit(partial(statements.run, _TELL, [CHANNEL, text]), robust=True)
