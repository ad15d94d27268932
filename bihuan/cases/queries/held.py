"""Steps that wait to be taken, or came back, as their writer may see them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bihuan.cases.models import Case, Held
from bihuan.core.actors import Actor
from bihuan.store import secrets

TABLE, COLUMN = "cases_held", "sealed"
ALSO = "+"  # no field of a step is called so: the steps that go with it
Also = list[tuple[str, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One held step with its fields as they were filled in, and the steps that go with it."""

    id: int
    number: str
    action: str
    raw: Mapping[str, Any]
    due_at: datetime
    came_back: str
    also: Also


def waiting(by: Actor, case: Case | None = None) -> list[Waiting]:
    """This actor's own held steps, of one case or of all; nobody sees another's."""
    if not by.is_staff or not by.id:
        return []
    rows = Held.objects.filter(staff_id=by.id)
    if case is not None:
        rows = rows.filter(case_id=case.id)
    return [opened(row) for row in rows.order_by("id")[:20]]


def holds_any(by: Actor) -> bool:
    """Whether this actor has a step that still waits to be taken."""
    return Held.objects.filter(staff_id=by.id, came_back="").exists()


def opened(row: Held) -> Waiting:
    """The row with its words."""
    raw = json.loads(secrets.open_for_house(TABLE, COLUMN, row.id, bytes(row.sealed)))
    also = plain(raw.pop(ALSO, []))
    return Waiting(row.id, row.number, row.action, raw, row.due_at, row.came_back, also)


def plain(also: Sequence[Any]) -> Also:
    """Steps as they read back."""
    return [(action, dict(given)) for action, given in also]


def held_due(at: datetime, most: int = 100) -> list[int]:
    """Ids of what is to be taken now."""
    rows = Held.objects.filter(came_back="", due_at__lte=at).order_by("due_at")
    return list(rows.values_list("id", flat=True)[:most])


def held_too_long(at: datetime, days: int = 7) -> list[int]:
    """Ids of what came back and was left lying."""
    rows = Held.objects.exclude(came_back="").filter(due_at__lt=at - timedelta(days=days))
    return list(rows.values_list("id", flat=True)[:100])
