"""Evidence files: to those who may see them, and never as something a browser would run."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from bihuan.cases import queries
from bihuan.core.refusals import NotFound
from bihuan.portal.drafts import token_of
from bihuan.portal.visitor import guest_case
from bihuan.store import blobs
from bihuan.web.files import FileAnswer

KINDS = {ending: kind for kind, ending in blobs.EXTENSIONS.items()}


@require_safe
def file(request: HttpRequest, token: str) -> HttpResponseBase:
    """One file by its random name; `?size=small` gives its small picture."""
    by: Any = getattr(request, "who", None)
    row = queries.file_by_token(token_of(token), by)
    only = guest_case(request)
    if only and row.case_id not in (0, only):
        raise NotFound
    small = request.GET.get("size") == "small" and bool(row.thumb)
    # images were drawn anew by the house; everything else is only ever saved to disk
    inline = small or row.content_type in blobs.IMAGES
    response = FileAnswer(
        blobs.open_blob(row.thumb if small else row.blob),
        as_attachment=not inline,
        filename=row.name,
        content_type=KINDS[(row.thumb if small else row.blob).rpartition(".")[2]],
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=600"
    return response
