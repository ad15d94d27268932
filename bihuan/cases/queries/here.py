"""Who else has a case open, and whose words are about to go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bihuan.accounts import queries as people
from bihuan.cases.models import Case, Held, Presence
from bihuan.core.actors import Actor

LAPSES = timedelta(seconds=50)  # two heartbeats of 20 s may be late or lost


@dataclass(frozen=True, slots=True)
class Here:
    """A colleague on this case: looking, writing, or with words on their way."""

    name: str
    writing: bool
    sending: bool


def others_here(case: Case, by: Actor, at: datetime) -> list[Here]:
    """Everybody else who is on this case now, writers first; nobody for who is no staff."""
    if not by.is_staff:
        return []
    rows = Presence.objects.filter(case_id=case.id, seen_at__gt=at - LAPSES)
    writing = dict(rows.exclude(staff_id=by.id).values_list("staff_id", "writing"))
    held = Held.objects.filter(case_id=case.id, came_back="", due_at__gt=at - LAPSES)
    sending = set(held.exclude(staff_id=by.id).values_list("staff_id", flat=True))
    if not writing and not sending:
        return []
    names = people.staff_names(writing.keys() | sending)
    found = [Here(names[id], writing.get(id, False), id in sending) for id in names]
    return sorted(found, key=lambda one: (not one.sending, not one.writing, one.name))
