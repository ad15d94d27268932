"""Doors at which other programs tell of something: what they send is bounded and signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from bihuan.core import signed
from bihuan.core.refusals import Invalid
from bihuan.web import door


def only(request: HttpRequest, *methods: str) -> HttpResponse | None:
    """The refusal of every other method; None for one of these."""
    if request.method in methods:
        return None
    refused = door.failure(request, "malformed", 405)
    refused["Allow"] = ", ".join(methods)
    return refused


def body_of(request: HttpRequest, most: int) -> bytes:
    """What was sent, of `most` bytes; Invalid `body` for more, unread where it says so itself."""
    length = request.headers.get("content-length", "")
    if (length.isdigit() and int(length) > most) or len(request.body) > most:
        raise Invalid({"body": "too_long"}, limit=most)
    return request.body


def unsigned(request: HttpRequest, keys: Sequence[bytes], body: bytes, at: datetime) -> str:
    """Why its signature (Standard Webhooks) is not believed; "" for one that is."""
    return signed.fault(
        keys,
        id=request.headers.get("webhook-id", ""),
        timestamp=request.headers.get("webhook-timestamp", ""),
        signatures=request.headers.get("webhook-signature", ""),
        body=body,
        at=at,
    )
