"""The whole page for a visit, or only the part of it that htmx asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers


def wants_part(request: HttpRequest) -> bool:
    """A swap asks for a part; a boosted visit, or one from the history, for the page."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def page_or_part(
    request: HttpRequest,
    template: str,
    part_template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Render `template`, or `part_template` (which the page itself includes) for htmx."""
    name = part_template if wants_part(request) else template
    response = render(request, name, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def done(
    request: HttpRequest, part_template: str, context: Mapping[str, Any], *, to: str
) -> HttpResponse:
    """After a POST: the changed part for htmx, a redirect to `to` for everybody else."""
    if wants_part(request):
        return page_or_part(request, part_template, part_template, context)
    return redirect(to)
