"""Doors of the house itself: live changes, and what it says to a fault."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound, NotPermitted
from bihuan.events.wires import called, wired
from bihuan.web import door, live
from bihuan.web.live import Change, Told

PING = 15.0  # seconds: a proxy closes what is silent
LONGEST = 600.0  # seconds: then the browser comes back, and is asked again who it is
PINGED = ": ping\n\n"
AWAY = 10  # seconds until a program may ask a database again that was away
#: What may change which cases a colleague may see.
RESTRICTED = "case.restricted"  # everybody hears of it, so that it goes from their lists
_CLOSES = frozenset({RESTRICTED, "case.reader_removed"})
MOST_LISTENERS = 2000  # in one process


async def stream(request: HttpRequest) -> HttpResponseBase:
    """`/live/`: ids of what changed, nothing else; the browser fetches it and is asked again.

    Staff are told of every case that is not closed to them (wiring.LIVE_HIDDEN), others of their
    own (wiring.LIVE_STREAMS).
    """
    by: Actor | None = getattr(request, "who", None)
    if by is None:
        return HttpResponse(status=401)  # to sign in would be an answer no EventSource reads
    if not may_listen(request):
        return HttpResponse(status=503)
    seen = request.headers.get("Last-Event-ID", "")
    known = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else None
    return streamed(_lines(by, getattr(request, "guest_case", 0), known))


def streamed(lines: AsyncIterator[str]) -> StreamingHttpResponse:
    """These lines as they come, which nobody between keeps back."""
    response = StreamingHttpResponse(lines, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def may_listen(request: HttpRequest) -> bool:
    """Whether this process can hold one more stream."""
    return isinstance(request, ASGIRequest) and len(live.hub()) < MOST_LISTENERS


async def coming(queue: live.Queue, left: float) -> Change | Told | None:
    """What comes next on a stream that is open for so long yet; None: it is time for a ping."""
    try:
        return await asyncio.wait_for(queue.get(), min(PING, left))
    except TimeoutError:
        return None


async def _lines(by: Actor, only: int, seen: int | None) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    until = loop.time() + LONGEST
    async with live.hub().listening(told=by.is_staff) as queue:
        own = await _own(by, only)
        closed = await _closed(by)
        yield "retry: 3000\n: ok\n\n"
        last = 0
        for change in await asked(live.missed, seen) if seen is not None else []:
            last = change.id
            if _concerns(change, own) and change.stream not in closed:
                yield change.line()
        while (left := until - loop.time()) > 0:
            change = await coming(queue, left)
            if change is None:
                yield PINGED
                continue
            if isinstance(change, Told):
                if change.to is None or by.id in change.to:
                    yield change.line()
                continue
            if 0 < change.id <= last:
                continue
            if own is not None and change.kind == "case.filed":
                own = await _own(by, only)
            before = closed
            if change.kind in _CLOSES or change.stream in closed:
                closed = await _closed(by)
            told = change.kind == RESTRICTED or change.stream not in before & closed
            if told and _concerns(change, own):
                yield change.line()


async def _own(by: Actor, only: int) -> frozenset[int] | None:
    """The streams this actor may hear of; None for all. A guest was let in to `only` one."""
    if by.is_staff:
        await asked(lambda _: None, by)  # lets go of what the middleware took
        return None
    streams: frozenset[int] = await asked(_streams, by)
    return streams & {only} if only else streams


async def _closed(by: Actor) -> frozenset[int]:
    """The streams that a colleague must not hear of; of what is closed just now he still does."""
    ask = wired("LIVE_HIDDEN", None) if by.is_staff else None
    if ask is None:
        return frozenset()
    found: frozenset[int] = await asked(called(ask), by)
    return found


def _streams(by: Actor) -> frozenset[int]:
    ask = wired("LIVE_STREAMS", None)
    if ask is None:
        return frozenset()
    with transaction.atomic(), connection.cursor() as cursor:
        # row-level security asks who reads, as in any other request of a customer
        cursor.execute("SELECT set_config('bihuan.person', %s, true)", [str(by.id)])
        return frozenset(called(ask)(by))


async def asked(question: Callable[[Any], Any], about: object) -> Any:
    """Ask the database and let go of it: a stream is open for minutes, a connection is dear."""

    def ask() -> Any:
        try:
            return question(about)
        finally:
            connection.close()

    return await sync_to_async(ask)()


def _concerns(change: Change, own: frozenset[int] | None) -> bool:
    return own is None or change.kind == live.RESYNC or change.stream in own


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400: too large, too many fields, a host or an encoding that is not ours."""
    return door.failure(request, "malformed", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403."""
    return door.refuse(request, NotPermitted())


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404: word for word what a thing that one may not see gets."""
    return door.refuse(request, NotFound())


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: the page stood open too long, or another site sent the form."""
    return door.failure(request, "outdated_page", 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: words that need neither the database nor the person.

    A database that is away, or gives up on a statement, is no bug: 503, come again. A program
    that asked for something to be done is told so only if that does no harm.
    """
    gone = isinstance(sys.exception(), OperationalError | InterfaceError)
    away = gone and (not door.is_api(request) or door.may_ask_again(request))
    number = 503 if away else 500
    if door.is_api(request):
        response = door.failure(request, "unavailable" if away else "failed", number)
    else:
        response = HttpResponse(_words(away), status=number)
    if away:
        response["Retry-After"] = str(AWAY)
    return response


def _words(away: bool) -> str:
    try:
        return get_template("500.html").render({"away": away})
    except TemplateDoesNotExist:
        return "<!doctype html><title>500</title><p>系统出错了 / Something went wrong.</p>"
