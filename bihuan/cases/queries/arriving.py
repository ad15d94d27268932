"""Files that come in parts, and what is gathered for a case before it is sent."""

from __future__ import annotations

from datetime import datetime

from bihuan.cases.models import Case, Coming, Draft
from bihuan.core.actors import Actor
from bihuan.core.refusals import Gone, NotFound

MATERIAL = "material"  # the form of a draft that gathers files for a case; its step is the number


def coming(token: str, by: Actor | None, at: datetime, *, lock: bool = False) -> Coming:
    """A file that comes, for whoever began it; one begun by a guest for whoever holds its token.

    NotFound when there is none; Gone when nobody went on with it in time.
    """
    rows = Coming.objects.select_for_update() if lock else Coming.objects.all()
    row = rows.filter(token=token[:43]).first()
    if row is None or (row.author_id and (by is None or by.id != row.author_id)):
        raise NotFound()
    if row.expires_at <= at:
        raise Gone()
    return row


def coming_of(draft_id: int, at: datetime) -> list[Coming]:
    """The files of a draft that are not whole yet."""
    rows = Coming.objects.filter(draft_id=draft_id, expires_at__gt=at).exclude(part="")
    return list(rows.order_by("id"))


def material_draft(case: Case, by: Actor) -> Draft | None:
    """What this person gathers for the case; None when nothing was begun."""
    rows = Draft.objects.filter(person_id=by.id, form=MATERIAL, step=case.number, case_id=0)
    return rows.order_by("id").first() if by.id else None
