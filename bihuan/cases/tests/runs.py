"""Runs over many cases, as the form of the inbox orders them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bihuan.cases import commands, queries
from bihuan.cases.models import BulkRun, Case
from bihuan.cases.tests.people import FRIDAY, House, file
from bihuan.cases.tests.stories import HOUR
from bihuan.core.actors import Actor
from bihuan.events.models import Event

AT = FRIDAY + HOUR
SECOND = timedelta(seconds=1)
DUE = AT + 8 * SECOND


def cases(home: House, many: int = 3) -> list[Case]:
    return [file(home, FRIDAY + n * SECOND, order_no="") for n in range(many)]


def ordered(by: Actor, some: list[Case], action: str = "assign", **raw: Any) -> BulkRun:
    """By the form: eight seconds to think again."""
    chosen = queries.chosen({case.number: case.version for case in some}, by)
    return commands.order_bulk(
        action=action, chosen=chosen, raw=raw, mark=f"{action}{len(Event.objects.all())}",
        seconds=8, by=by, at=AT,
    )  # fmt: skip


def now(some: list[Case]) -> list[Case]:
    for case in some:
        case.refresh_from_db()
    return some
