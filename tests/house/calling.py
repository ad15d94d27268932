"""Rows for the lists of calls and of the calls that are owed."""

from __future__ import annotations

from datetime import timedelta

from bihuan.cases.tests.people import FRIDAY, House
from bihuan.core.actors import SYSTEM
from bihuan.phone import commands, tasks
from bihuan.phone.commands import Fact
from bihuan.phone.models import Call, CallBack

MINUTE = timedelta(minutes=1)


def add(house: House, many: int) -> None:
    """So many missed calls, each a case of its own that somebody has tried to call back about."""
    begun = FRIDAY + Call.objects.count() * 3 * 60 * MINUTE
    for n in range(many):
        at = begun + n * 3 * 60 * MINUTE
        for event, when in (("started", at), ("ended", at + MINUTE)):
            fact = Fact(event, when, number_from="13900002718", direction="in")  # type: ignore[arg-type]
            commands.hear(source="webhook", ref=f"{at}", fact=fact, by=SYSTEM, at=when)
        tasks.settle(at + 2 * MINUTE)
    later = begun + many * 3 * 60 * MINUTE
    for back in CallBack.objects.filter(outcome=""):
        commands.try_back(id=back.id, outcome="busy", text="占线", by=house.bo_bo, at=later)
