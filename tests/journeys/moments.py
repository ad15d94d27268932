"""Requests that come in at a moment of the story: the door keeps what it read first."""

from __future__ import annotations

from datetime import datetime
from typing import Any


class Moments:
    """When the next request comes in."""

    at: datetime


def told_when(get_response: Any) -> Any:
    """Middleware, before all others."""

    def asked(request: Any) -> Any:
        request._at = Moments.at
        return get_response(request)

    return asked
