"""Show the numbers that were taken out of the words of a case, to staff with a reason (3.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.accounts import commands as people
from bihuan.cases import queries
from bihuan.cases.models import File, Sealed
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound
from bihuan.store import secrets

FIELD = "words"


@transaction.atomic
def reveal_words(*, number: str, reason: str, by: Actor, at: datetime) -> list[tuple[str, str]]:
    """查看文中号码：(kind, number) in the order they were written, the look logged once.

    NotFound when there is none, or its person was erased; Invalid for the reason.
    """
    case = queries.get(number, by)
    rows = list(Sealed.objects.filter(case_id=case.id).order_by("id"))
    opened = [
        (row.kind, secrets.open_(row.person_id, "cases_sealed", "value", row.id, row.value))
        for row in rows
    ]
    found = [(kind, value) for kind, value in opened if value]
    if not found:
        raise NotFound(number=case.number)
    people.look(person_id=case.person_id, field=FIELD, reason=reason, case_id=case.id, by=by, at=at)
    return found


@transaction.atomic
def open_file(*, token: str, reason: str, by: Actor, at: datetime) -> File:
    """查看原图：a picture as it came, with its place and time, for a reason that is kept (3.3).

    NotFound when there is none, or its case is closed to `by`; Invalid for the reason.
    """
    file = queries.file_by_token(token, by)
    if not file.original or not file.case_id:
        raise NotFound()
    people.look(
        person_id=file.person_id, field="photo", reason=reason, case_id=file.case_id, by=by, at=at
    )
    return file
