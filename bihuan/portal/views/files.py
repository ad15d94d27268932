"""Evidence files: to those who may see them, and never as something a browser would run."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from bihuan.cases import queries
from bihuan.core.refusals import NotFound
from bihuan.portal.drafts import token_of
from bihuan.portal.visitor import guest_case
from bihuan.web import evidence


@require_safe
def file(request: HttpRequest, token: str) -> HttpResponseBase:
    """One file by its random name; `?size=small` gives its small picture."""
    by: Any = getattr(request, "who", None)
    row = queries.file_by_token(token_of(token), by)
    only = guest_case(request)
    if only and row.case_id not in (0, only):
        raise NotFound
    return evidence.given(row, "small" if request.GET.get("size") == "small" else "shown")
