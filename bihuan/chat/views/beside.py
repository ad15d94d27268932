"""The way to people beside every page of the portal, and the chat somebody is in (6.2)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from bihuan.chat import queries
from bihuan.chat.views.visitor import COOKIE, visitor

#: Where there is no room for it: the chat itself, the desk, and pages in the frame of another site.
ELSEWHERE = ("/chat/", "/desk/", "/staff/", "/api/", "/widget")


def chatting(request: HttpRequest) -> dict[str, Any]:
    """Context for the portal: where to chat; of a chat that goes on, how much was not read.

    Whoever never chatted has no cookie, and is not looked up.
    """
    if request.path.startswith(ELSEWHERE):
        return {}
    row = None
    if COOKIE in request.COOKIES:
        who = visitor(request)
        row = queries.going(who.by, who.token)
    if row is None:
        return {"chat_beside": {"url": "/chat/"}}
    unread = max(row.last_n - row.user_read_n, 0)
    return {"chat_beside": {"url": f"/chat/{row.id}/", "going": True, "unread": unread}}
