"""A file that was shown in a chat, for whoever is in it and for the desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from bihuan.cases import queries as cases
from bihuan.chat import queries
from bihuan.chat.views.visitor import visitor
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound
from bihuan.web import evidence


@require_safe
def file(request: HttpRequest, id: int, token: str) -> HttpResponseBase:
    """One file by its random name; `?size=small` gives its small picture."""
    staff: Actor | None = getattr(request, "who", None)
    if staff is not None and staff.is_staff:
        row = queries.chat(id, staff)
    else:
        who = visitor(request)
        row = queries.chat(id, who.by, who.token)
    held: dict[str, Any] = {
        one.token: one
        for files in cases.files_of_drafts(queries.draft_ids(row)).values()
        for one in files
    }
    if token not in held:
        raise NotFound()
    return evidence.given(held[token], "small" if request.GET.get("size") == "small" else "shown")
