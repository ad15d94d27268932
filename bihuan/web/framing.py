"""Which pages other sites may show in a frame: those that say so, to the sites that are named."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.http import HttpResponse

View = TypeVar("View", bound=Callable[..., HttpResponse])


def frameable(view: View) -> View:
    """`BIHUAN_WIDGET_ORIGINS` may frame it, and nobody else; with none named, nobody at all.

    Such a page is a third party in the browser: it gets no cookie of ours (SameSite=Lax) and must
    need none.
    """

    @wraps(view)
    def framed(*given: Any, **named: Any) -> HttpResponse:
        answer = view(*given, **named)
        if settings.WIDGET_ORIGINS:
            answer._csp_replace = {  # type: ignore[attr-defined]  # what django-csp reads
                "frame-ancestors": ["'self'", *settings.WIDGET_ORIGINS]
            }
            # the older header knows no list, and a browser that knows the newer ignores it
            answer.xframe_options_exempt = True
        return answer

    return cast(View, framed)
