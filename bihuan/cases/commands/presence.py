"""Say that somebody has a case open, and whether he is writing; kept for seconds, never logged."""

from __future__ import annotations

from datetime import datetime, timedelta

from bihuan.cases import queries
from bihuan.cases.models import Case, Presence
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound
from bihuan.store import statements

KEPT = timedelta(hours=1)
_HERE = (
    "INSERT INTO cases_presence (case_id, staff_id, writing, seen_at) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT (case_id, staff_id) DO UPDATE SET writing = excluded.writing, "
    "seen_at = excluded.seen_at"
)


def be_here(*, number: str, writing: bool, by: Actor, at: datetime) -> Case:
    """在场：he looks at the case, and colleagues who open it are told so."""
    case = _open_to(number, by)
    statements.run(_HERE, [case.id, by.id, writing, at])
    return case


def leave(*, number: str, by: Actor, at: datetime) -> Case:
    """He has gone on to something else."""
    case = _open_to(number, by)
    Presence.objects.filter(case_id=case.id, staff_id=by.id).delete()
    return case


def forget_presence(*, at: datetime) -> int:
    """Rows of those who never said that they left."""
    return Presence.objects.filter(seen_at__lt=at - KEPT).delete()[0]


def _open_to(number: str, by: Actor) -> Case:
    if not by.is_staff or not by.id:
        raise NotFound()
    return queries.get(number, by)
