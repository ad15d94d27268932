"""Chats whose words still stand, but are not the words that were said (HOUSE §7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bihuan.chat.models import Conversation, Turn
from bihuan.chat.queries.rows import load_keys, opened
from bihuan.events import log
from bihuan.events.seals import Said


def changed_words(said: Sequence[Said]) -> Iterator[Said]:
    """Those of these events whose turn says something else; forgotten and erased ones do not."""
    speaking = [one for one in said if "turn" in one.data and "words" in one.data]
    turns = Turn.objects.in_bulk({one.data["turn"] for one in speaking})
    chats = Conversation.objects.in_bulk({turn.chat_id for turn in turns.values()})
    load_keys(chats.values())
    for one in speaking:
        turn = turns.get(one.data["turn"])
        row = chats.get(turn.chat_id) if turn else None
        if turn is None or row is None or not turn.text:
            continue
        text = opened(row.person_id, turn)
        if text is not None and log.words(text, bytes(turn.salt)) != one.data["words"]:
            yield one
