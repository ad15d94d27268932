"""Which dues of a case moved, and from when to when, in the reader's words (2.3.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bihuan.cases.queries.rows import ORDER
from bihuan.core.handbook import Handbook
from bihuan.web import words
from bihuan.web.words import english


def words_of(dues: Mapping[str, Sequence[str]], book: Handbook, at: datetime) -> str:
    """As `replacing.replace` says them: by milestone the old dues with a minus, the new with +."""
    said = [
        _moved(milestone, changes, book, at)
        for milestone, changes in sorted(dues.items(), key=lambda one: ORDER.get(one[0], 99))
    ]
    return ("; " if english() else "；").join(said)


def _moved(milestone: str, changes: Sequence[str], book: Handbook, at: datetime) -> str:
    old, new = (
        [words.due_moment(datetime.fromisoformat(c[1:]), at) for c in changes if c[0] == sign]
        for sign in "-+"
    )
    step = book.milestones[milestone]
    if english():
        return f"{step.en}: {', '.join(old) or '–'} → {', '.join(new) or '–'}"
    return f"{step.zh}：{'、'.join(old) or '—'} → {'、'.join(new) or '—'}"
