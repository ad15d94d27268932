"""By when a person must have been told what an event says (1.4, 2.3.1)."""

from __future__ import annotations

from datetime import datetime

from bihuan.cases.models import Clock
from bihuan.events.models import Event


def promised(event: Event) -> datetime | None:
    """The earliest hard due that this step has met, by telling its person; None where none was."""
    rows = Clock.objects.filter(
        case_id=event.stream, round=event.data.get("round", 1), hard=True, done_at=event.at,
        void_at=None,
    )  # fmt: skip
    return rows.order_by("due_at").values_list("due_at", flat=True).first()
