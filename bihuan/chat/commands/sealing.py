"""The words of a chat follow its key, so that they are erased with its person."""

from __future__ import annotations

from bihuan.chat import queries
from bihuan.chat.models import Conversation, Turn


def seal_anew(row: Conversation, *, person_id: int) -> None:
    """Whose chat it is has become known; the caller saves `row`."""
    for turn in Turn.objects.filter(chat_id=row.id):
        text = queries.opened(row.person_id, turn) if turn.text else ""
        if text:
            turn.text = queries.sealed(person_id, turn.id, text)
            turn.save(update_fields=["text"])
    row.person_id = person_id
