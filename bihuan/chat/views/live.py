"""The stream of one chat for its person: ids of what changed, nothing else (SECURITY 6.2)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from bihuan.chat import commands, queries
from bihuan.chat.models import Conversation
from bihuan.chat.views.visitor import Visitor, visitor
from bihuan.core.refusals import NotFound
from bihuan.web import live
from bihuan.web.door import now
from bihuan.web.views import may_listen, streamed

PING = 15.0  # seconds: a proxy closes what is silent
THERE = 4  # pings between two signs that the person is there
LONGEST = 600.0  # seconds: then the browser comes back, and is asked again who it is


async def stream(request: HttpRequest, id: int) -> HttpResponseBase:
    """`/live/chat/<id>/`: for whoever is in it; 404 for everybody else, 503 when all is full."""
    who = visitor(request)
    row = await sync_to_async(_found)(id, who)
    if row is None:
        return HttpResponse(status=404)
    if not may_listen(request):
        return HttpResponse(status=503)
    return streamed(_lines(row, who))


def _found(id: int, who: Visitor) -> Conversation | None:
    try:
        return queries.chat(id, who.by, who.token)
    except NotFound:
        return None


async def _lines(row: Conversation, who: Visitor) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    until = loop.time() + LONGEST
    await sync_to_async(_let_go)()
    async with live.hub().listening(stream=row.id) as queue:
        yield "retry: 2000\n"
        yield _line(row)  # what was missed is asked for by its number
        pings = 0
        while (left := until - loop.time()) > 0:
            try:
                told = await asyncio.wait_for(queue.get(), min(PING, left))
            except TimeoutError:
                pings += 1
                if pings % THERE == 0:
                    await sync_to_async(_there)(row.id, who)
                yield ": ping\n\n"
                continue
            yield told.line()


def _line(row: Conversation) -> str:
    told = {"chat": str(row.id), "kind": "connected", "n": row.last_n, "state": row.state}
    return f"event: chat-changed\ndata: {json.dumps(told)}\n\n"


def _let_go() -> None:
    """A stream is open for minutes, a connection is dear; it is its thread's own."""
    connection.close()


def _there(id: int, who: Visitor) -> None:
    try:
        commands.be_there(id=id, by=who.by, token=who.token, at=now())
    except NotFound:
        pass
    finally:
        connection.close()
