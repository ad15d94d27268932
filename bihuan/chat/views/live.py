"""The stream of one chat for its person: ids of what changed, nothing else (SECURITY 6.2)."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from functools import partial

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from bihuan.chat import commands, queries
from bihuan.chat.models import Conversation
from bihuan.chat.views.visitor import Visitor, visitor
from bihuan.core.refusals import NotFound
from bihuan.web import live
from bihuan.web.door import now
from bihuan.web.views import LONGEST, PINGED, asked, coming, may_listen, streamed

THERE = 4  # pings between two signs that the person is there
TABS = 20  # of one chat in one process: it takes no place from other people's; who has more polls


async def stream(request: HttpRequest, id: int) -> HttpResponseBase:
    """`/live/chat/<id>/`: for whoever is in it; 404 for everybody else, 503 when all is full."""
    who = visitor(request)
    row = await sync_to_async(_found)(id, who)
    if row is None:
        return HttpResponse(status=404)
    if not may_listen(request) or live.hub().listeners(id) >= TABS:
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
    await asked(lambda _: None, who)  # lets go of what finding it took
    async with live.hub().listening(stream=row.id) as queue:
        yield "retry: 2000\n"
        yield _line(row)  # what was missed is asked for by its number
        pings = 0
        while (left := until - loop.time()) > 0:
            told = await coming(queue, left)
            if told is not None:
                yield told.line()
                continue
            pings += 1
            if pings % THERE == 0:
                await asked(partial(_there, row.id), who)
            yield PINGED


def _line(row: Conversation) -> str:
    told = {"chat": str(row.id), "kind": "connected", "n": row.last_n, "state": row.state}
    return f"event: chat-changed\ndata: {json.dumps(told)}\n\n"


def _there(id: int, who: Visitor) -> None:
    with contextlib.suppress(NotFound):
        commands.be_there(id=id, by=who.by, token=who.token, at=now())
