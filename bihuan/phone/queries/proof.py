"""Notes of calls whose words still stand, but are not the words that were said (HOUSE §7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bihuan.events import log
from bihuan.events.seals import Said
from bihuan.phone.models import Call, CallNote
from bihuan.phone.queries.rows import opened


def changed_words(said: Sequence[Said]) -> Iterator[Said]:
    """Those of these events whose note says something else; forgotten and erased ones do not."""
    speaking = [one for one in said if "note" in one.data and "words" in one.data]
    notes = CallNote.objects.in_bulk({one.data["note"] for one in speaking})
    calls = Call.objects.in_bulk({note.call_id for note in notes.values()})
    for one in speaking:
        note = notes.get(one.data["note"])
        call = calls.get(note.call_id) if note else None
        if note is None or call is None:
            continue
        text = opened(call.person_id, "callnote", "text", note.id, note.text)
        if text is not None and log.words(text, bytes(note.salt)) != one.data["words"]:
            yield one
