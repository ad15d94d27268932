"""The entry on a platform's own pages: one script, and the small page that it shows (6.4)."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from bihuan.channels import queries, shown
from bihuan.web.door import moment
from bihuan.web.framing import frameable

SCRIPT = Path(__file__).parent.parent / "widget.js"


@require_safe
@frameable
def window(request: HttpRequest) -> HttpResponse:
    """The ways in short. No form and no cookie: in a frame of another site neither would work."""
    at = moment(request)
    asked = request.GET.get("lang", "")
    known = asked if translation.check_for_language(asked) else translation.get_language()
    with translation.override(known):
        context = {"ways": shown.cards(queries.ways(at), at)}
        return render(request, "channels/widget.html", context)


@require_safe
@cache_control(public=True, max_age=300)
def script(request: HttpRequest) -> HttpResponse:
    """The same for everybody; it holds no address, for it knows where it came from."""
    answer = HttpResponse(SCRIPT.read_text("utf-8"), content_type="text/javascript; charset=utf-8")
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
