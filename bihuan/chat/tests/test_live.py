"""The stream of one chat over HTTP: what is told, and that whoever listens is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import AsyncRequestFactory

from bihuan.cases.tests import people
from bihuan.chat import commands
from bihuan.chat.models import Conversation
from bihuan.chat.tests.talks import GUEST, at, guest
from bihuan.chat.views import live
from bihuan.web import views


async def asked(row: Conversation, token: str) -> Any:
    request = AsyncRequestFactory().get(f"/live/chat/{row.id}/")
    request.COOKIES["bihuan_chat"] = token
    return await live.stream(request, row.id)


async def listen(row: Conversation, token: str) -> AsyncIterator[bytes]:
    return aiter((await asked(row, token)).streaming_content)


async def until(lines: AsyncIterator[bytes], words: bytes) -> bytes:
    while words not in (line := await asyncio.wait_for(anext(lines), 10)):
        pass
    return line


def types(row: Conversation, token: str) -> None:
    commands.typing(id=row.id, token=token, by=GUEST, at=at(1))
    connection.close()


def seen_at(row: Conversation) -> Any:
    try:
        return Conversation.objects.values_list("here_at", flat=True).get(id=row.id)
    finally:
        connection.close()


def test_a_stream_tells_where_the_chat_stands_then_what_is_said_and_notes_who_listens(
    fresh_db: Any, in_a_loop: Any, monkeypatch: pytest.MonkeyPatch
):
    people.house()
    row, key = guest(0)
    monkeypatch.setattr(views, "PING", 0.05)
    monkeypatch.setattr(live, "THERE", 1)

    async def scene() -> None:
        lines = await listen(row, key)
        assert b'"kind": "connected"' in await until(lines, b"data: ")
        await until(lines, b": ping")
        assert await sync_to_async(seen_at)(row) > row.here_at
        await sync_to_async(types)(row, key)
        assert b'"kind": "typing"' in await until(lines, b"data: ")

    in_a_loop(scene())


def test_one_chat_does_not_take_the_streams_of_all_others(
    fresh_db: Any, in_a_loop: Any, monkeypatch: pytest.MonkeyPatch
):
    people.house()
    (row, key), (other, others) = guest(0), guest(0)
    monkeypatch.setattr(live, "TABS", 2)

    async def scene() -> None:
        open_ = [await listen(row, key) for _ in range(2)]
        for lines in open_:
            await until(lines, b"data: ")
        assert (await asked(row, key)).status_code == 503
        assert (await asked(other, others)).status_code == 200

    in_a_loop(scene())
