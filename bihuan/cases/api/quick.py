"""The quick way in for programs that file: no thread waits, and who comes together is one batch.

What is usual (a token that was known before, a body that reads, nothing wrong) is answered here.
All else goes the long way to the same view, which refuses, replays and reports as ever.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.db import Error, connections
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from django.utils.translation import get_language_from_request

from bihuan.accounts import queries as people
from bihuan.cases import commands
from bihuan.cases.api import bodies, filing
from bihuan.cases.commands import Asked, Filed
from bihuan.core.refusals import Refusal
from bihuan.store.statements import own_connection
from bihuan.store.together import Together
from bihuan.web import door, evidence

Message = Mapping[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_PATH = "/api/v1/cases"
_MOST = 32  # cases in one statement
_CONSULTED = frozenset(
    {b"authorization", b"idempotency-key", b"accept-language", b"x-forwarded-proto", b"host"}
)


@dataclass(frozen=True, slots=True)
class Came:
    """A request that may be answered here, as it came."""

    bearer: str
    key: str
    body: bytes
    at: datetime


class QuickDoor:
    """An ASGI application before another: POST /api/v1/cases is answered here if it can be."""

    def __init__(self, rest: Application) -> None:
        self._rest = rest
        self._together: Together[Came, Filed | None] = Together(_file_all, most=_MOST)

    def close(self) -> None:
        """End the thread that files."""
        self._together.close(connections.close_all)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != _PATH or scope["method"] != "POST":
            await self._rest(scope, receive, send)
            return
        head, (body, heard) = _head(scope["headers"]), await _read(receive)
        came = None if head is None or body is None else _came(head, body)
        filed = await self._filed(came, scope) if came else None
        if head is None or filed is None:
            await self._rest(scope, _again(heard, receive), send)
            return
        said = _said(
            scope["scheme"], head.get(b"accept-language", b""), head.get(b"x-forwarded-proto", b"")
        )
        length = (b"content-length", str(len(filed.answer)).encode())
        await send({"type": "http.response.start", "status": 201, "headers": [*said, length]})
        await send({"type": "http.response.body", "body": filed.answer})

    async def _filed(self, came: Came, scope: Scope) -> Filed | None:
        """None for what goes the long way. There the same is refused again; but a fault after
        which nobody knows whether it was filed goes with it, so that it is not filed twice.
        """
        try:
            return await self._together(came)
        except Refusal:
            return None
        except Exception as fault:
            scope[filing.FAULT] = fault
            return None


def _file_all(came: Sequence[Came]) -> list[Filed | Exception | None]:
    """In the thread that files; None for what goes the long way."""
    try:
        read = [_asked(one) for one in came]
        asked = [one for one in read if one]
        filed = iter(commands.file_all(asked) if asked else ())
        return [next(filed) if one else None for one in read]
    finally:
        own_connection()


def _head(headers: Headers) -> dict[bytes, bytes] | None:
    """The headers that matter here; None when one was said twice, or nothing is filed there."""
    said = [(name, value) for name, value in headers if name in _CONSULTED]
    head = dict(said)
    there = evidence.is_host(head.get(b"host", b"").decode("latin1"))
    return head if len(head) == len(said) and not there else None


async def _read(receive: Receive) -> tuple[bytes | None, list[Message]]:
    """The body, None when it is too long or was broken off; and the messages that were heard."""
    body, heard = b"", []
    while True:
        message = await receive()
        heard.append(message)
        if message["type"] != "http.request" or len(body) > bodies.MOST:
            return None, heard
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body, heard


def _again(heard: list[Message], receive: Receive) -> Receive:
    """Receives what was heard once more, and then what comes after it."""
    left = iter(heard)

    async def again() -> Message:
        return next(left, None) or await receive()

    return again


def _came(head: dict[bytes, bytes], body: bytes) -> Came | None:
    """None for a bearer nobody has heard of: strangers do not hold up those who file."""
    kind, _, bearer = head.get(b"authorization", b"").decode("latin1").partition(" ")
    if kind.lower() != "bearer" or not people.was_known(bearer.strip()):
        return None
    key = head.get(b"idempotency-key", b"").decode("latin1")
    return Came(bearer.strip(), key, body, door.now())


def _asked(came: Came) -> Asked | None:
    """What is to be filed; None for what the long way must look at."""
    try:
        found = people.bearer_of(came.bearer, came.at)
        given = filing.read(came.body)
    except (Refusal, Error):  # nothing was filed yet
        return None
    if found is None or "write" not in found.scopes or not found.actor.is_staff:
        return None
    if given.merchant:  # whose number must be looked up
        return None
    return filing.asked(given, came.body, came.key, by=found.actor, at=came.at)


@lru_cache(maxsize=64)
def _said(scheme: str, languages: bytes, forwarded: bytes) -> Headers:
    """What the middleware says with every answer to a program, as it says it."""
    headers = [(b"accept-language", languages), (b"x-forwarded-proto", forwarded)]
    request = ASGIRequest(
        {
            "type": "http", "method": "POST", "path": _PATH, "query_string": b"",
            "scheme": scheme, "headers": [one for one in headers if one[1]],
        },
        BytesIO(),
    )  # fmt: skip

    def answer(request: HttpRequest) -> HttpResponse:
        spoken = get_language_from_request(request)
        return door.told_in(spoken, HttpResponse(content_type="application/json"))

    said = SecurityMiddleware(answer)(request)
    assert isinstance(said, HttpResponse)  # of a synchronous answer
    return [(name.lower().encode(), value.encode("latin1")) for name, value in said.items()]
