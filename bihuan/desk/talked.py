"""The chats that lie on a case, beside its facts (6.2)."""

from __future__ import annotations

from bihuan.chat import queries as chats
from bihuan.web import words
from bihuan.web.door import Who


def of_case(case_id: int, who: Who) -> list[dict[str, str]]:
    """Each with its page at the desk and when it began, newest first."""
    return [
        {"url": row.url, "at": words.moment_words(row.asked_at, who["at"])}
        for row in chats.of_case(case_id, who["by"])
    ]
