"""Show the numbers in the words of a chat, to staff with a reason that is kept (3.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.accounts import commands as people
from bihuan.chat import queries
from bihuan.core import personal
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound


@transaction.atomic
def reveal_chat(*, id: int, reason: str, by: Actor, at: datetime) -> list[tuple[str, str]]:
    """查看文中号码：(kind, number) in the order they were written, the look logged once.

    NotFound when there is none, or its person was erased; Invalid for the reason.
    """
    if not by.is_staff:
        raise NotFound()
    row = queries.locked(id, by)
    texts = [queries.opened(row.person_id, one) or "" for one in queries.turns(row, by, most=5000)]
    found: list[tuple[str, str]] = [
        (one.kind, text[one.start : one.end]) for text in texts for one in personal.find(text)
    ]
    if not found:
        raise NotFound(clause="3.3")
    people.look(
        person_id=row.person_id, field="chat_words", reason=reason, case_id=row.case_id,
        stream=row.id, by=by, at=at,
    )  # fmt: skip
    return found
