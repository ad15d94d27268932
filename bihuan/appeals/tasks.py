"""What events and time bring to appeals: dues that pass, reviewers still to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bihuan.appeals import commands, queries
from bihuan.appeals.rules import ACCEPTED, SUPERSEDED
from bihuan.core.actors import SYSTEM
from bihuan.core.refusals import Refusal
from bihuan.events.models import Event


def sweep(at: datetime) -> int:
    """Every 15 s: say of each due of an appeal that has passed that it has (3.2)."""
    return commands.miss_appeals(at=at)


def draw(events: Sequence[Event]) -> None:
    """Subscriber to an appeal that has nobody to review it: one is drawn by lot at once."""
    for event in events:
        _drawn(event.data["ref"], event.at)


def tend(at: datetime) -> int:
    """Every minute: draw a reviewer where there was nobody who could be."""
    return sum(_drawn(row.number, at) for row in queries.unreviewed())


def _drawn(number: str, at: datetime) -> bool:
    try:
        return commands.draw_reviewer(appeal=number, by=SYSTEM, at=at)
    except Refusal:  # decided otherwise since the list was read
        return False


def let_go(events: Sequence[Event]) -> None:
    """Subscriber to whatever ends an appeal: its case waits for it no more.

    Here and not in the step: the case may go on in one that its person does not see.
    """
    for event in events:
        commands.let_go(appeal=event.data["ref"], by=SYSTEM, at=event.at)


def follow(events: Sequence[Event]) -> None:
    """Subscriber to what happens to a case while an appeal about it is open.

    What its person does themselves ends it; what staff do does not: nobody gets rid of an appeal
    by merging its case or taking it up again.
    """
    for event in events:
        row = queries.standing(event.stream)
        if row is None or event.at < row.filed_at:  # what came before it was no answer to it
            continue
        if event.kind in ("case.merged", "case.unmerged"):
            commands.move_need(case_id=event.stream, by=SYSTEM, at=event.at)
        elif event.actor_role != "customer":
            continue
        elif event.kind in ACCEPTED:
            commands.withdraw_appeal(appeal=row.number, by=SYSTEM, at=event.at)
        elif code := SUPERSEDED.get(event.kind):
            commands.lapse_appeal(appeal=row.number, reason_code=code, by=SYSTEM, at=event.at)
