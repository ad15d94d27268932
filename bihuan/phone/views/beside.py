"""The cards of calls beside every page of the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest

from bihuan.core.actors import Actor
from bihuan.phone import queries
from bihuan.phone.views import shown
from bihuan.web.door import moment


def cards(request: HttpRequest) -> dict[str, Any]:
    """Context for desk pages of every room; nothing for anybody else."""
    by: Actor | None = getattr(request, "who", None)
    if by is None or not by.is_staff or not request.path.startswith("/desk/"):
        return {}
    return {"telephone": queries.is_there(), "ringing": reaching(request, by, moment(request))}


def reaching(request: HttpRequest, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """The cards of the calls that reach this reader, but for the one the page is about."""
    lines = queries.ringing(by, at)
    here = _page(request) if lines else ""
    rows = [shown.row(line, at) for line in lines]
    return [row for row in rows if here not in (row["url"], row["register"])]


def _page(request: HttpRequest) -> str:
    """The page the reader looks at: this one, or the one that fetches a part of itself."""
    try:
        page = urlsplit(request.headers.get("HX-Current-URL", "") or request.get_full_path())
    except ValueError:  # an address that is none
        return ""
    return page.path + (f"?{page.query}" if page.query else "")
