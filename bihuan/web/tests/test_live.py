"""Live changes: who is told of what, coming back, and falling behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction
from django.test import AsyncRequestFactory, RequestFactory

from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.events import log, now, relay
from bihuan.events.models import Live
from bihuan.store.postgres import Urls
from bihuan.web import live, views

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
BOBO = Actor(7, frozenset({Role.AGENT}), "service", "波波")
AILI = Actor(3, frozenset({Role.CUSTOMER}), name="爱丽")
LIVE_STREAMS = f"{__name__}.own"
LIVE_HIDDEN = f"{__name__}.closed"
OWN = {41}
CLOSED: set[int] = set()


def own(by: Actor) -> set[int]:
    return OWN if by == AILI else set()


def closed(by: Actor) -> frozenset[int]:
    return frozenset(CLOSED)


@pytest.fixture(autouse=True)
def wires(settings: Any) -> None:
    settings.BIHUAN_WIRING = __name__
    CLOSED.clear()
    OWN.clear()
    OWN.add(41)


def say(*streams: int, kind: str = "case.answered") -> None:
    for stream in streams:
        with transaction.atomic():
            log.append(kind, stream=stream, by=SYSTEM, at=AT)
    relay.relay()
    connection.close()


def oldest() -> str:
    try:
        return str(Live.objects.order_by("id").values_list("id", flat=True)[0])
    finally:
        connection.close()


async def opened(by: Actor | None, last: str = "", guest_case: int = 0) -> Any:
    headers = {"Last-Event-ID": last} if last else {}
    request = AsyncRequestFactory().get("/live/", headers=headers)
    request.who, request.guest_case = by, guest_case  # type: ignore[attr-defined]
    return await views.stream(request)


async def listen(by: Actor, last: str = "", guest_case: int = 0) -> AsyncIterator[bytes]:
    lines: AsyncIterator[bytes] = aiter((await opened(by, last, guest_case)).streaming_content)
    first = await anext(lines)
    assert b"retry" in first
    return lines


async def told(lines: AsyncIterator[bytes], count: int) -> list[dict[str, Any]]:
    """The next changes, without pings."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        text = (await asyncio.wait_for(anext(lines), 10)).decode()
        if "data: " in text:
            found.append(json.loads(text.partition("data: ")[2]))
    return found


async def read(by: Actor) -> None:
    async for _ in (await opened(by)).streaming_content:
        pass


async def until(fact: Callable[[], bool]) -> None:
    for _ in range(100):
        if fact():
            return
        await asyncio.sleep(0.05)
    pytest.fail("it never came about")


def test_staff_are_told_of_every_change_by_ids_alone(fresh_db: Urls, in_a_loop: Any) -> None:
    async def scene() -> None:
        lines = await listen(BOBO)
        await sync_to_async(say)(41, 42)
        changes = await told(lines, 2)
        assert [(c["case"], c["kind"], c["version"]) for c in changes] == [
            ("41", "case.answered", 1),
            ("42", "case.answered", 1),
        ]
        assert changes[0].keys() == {"id", "kind", "case", "version"}

    in_a_loop(scene())


def test_e_13_staff_hear_nothing_of_a_case_that_is_closed_to_them(
    fresh_db: Urls, in_a_loop: Any
) -> None:
    async def scene() -> None:
        CLOSED.add(42)
        lines = await listen(BOBO)
        await sync_to_async(say)(42, 41)
        assert [c["case"] for c in await told(lines, 1)] == ["41"]
        CLOSED.add(41)
        await sync_to_async(say)(41, kind="case.restricted")  # so that it goes from the list
        assert [c["kind"] for c in await told(lines, 1)] == ["case.restricted"]
        CLOSED.discard(42)
        await sync_to_async(say)(41, 42)
        assert [c["case"] for c in await told(lines, 1)] == ["42"]

    in_a_loop(scene())


def test_a_customer_is_told_of_his_own_cases_only(fresh_db: Urls, in_a_loop: Any) -> None:
    async def scene() -> None:
        lines = await listen(AILI)
        await sync_to_async(say)(42, 41, 43)
        assert [c["case"] for c in await told(lines, 1)] == ["41"]
        await sync_to_async(say)(42, 41)
        assert [c["version"] for c in await told(lines, 1)] == [2]

    in_a_loop(scene())


def test_a_case_filed_while_listening_is_heard_of_too(fresh_db: Urls, in_a_loop: Any) -> None:
    async def scene() -> None:
        OWN.clear()
        lines = await listen(AILI)
        OWN.add(41)
        await sync_to_async(say)(41, kind="case.filed")
        assert [c["case"] for c in await told(lines, 1)] == ["41"]

    in_a_loop(scene())


def test_a_guest_is_told_of_the_one_case_he_was_let_in_to(fresh_db: Urls, in_a_loop: Any) -> None:
    async def scene() -> None:
        OWN.update({41, 42})
        lines = await listen(AILI, guest_case=42)
        await sync_to_async(say)(41, 42)
        assert [c["case"] for c in await told(lines, 1)] == ["42"]

    in_a_loop(scene())


def test_coming_back_replays_what_was_missed_and_nothing_twice(
    fresh_db: Urls, in_a_loop: Any
) -> None:
    async def scene() -> None:
        await sync_to_async(say)(41, 41, 41)
        async with live.hub().listening() as queue:
            lines = await listen(BOBO, await sync_to_async(oldest)())
            await sync_to_async(say)(41)  # heard live, and found among what was missed
            await asyncio.wait_for(queue.get(), 10)
            assert [c["version"] for c in await told(lines, 3)] == [2, 3, 4]
            await sync_to_async(say)(41)
            assert [c["version"] for c in await told(lines, 1)] == [5]

    in_a_loop(scene())


def test_who_missed_too_much_is_told_to_begin_anew(fresh_db: Urls) -> None:
    say(*[41] * 3)
    Live.objects.bulk_create(Live(stream=41, seq=n, kind="case.noted") for n in range(502))
    newest = Live.objects.order_by("id").last()
    assert newest is not None
    changes = live.missed(newest.id - 501)
    assert [(c.kind, c.id) for c in changes] == [(live.RESYNC, newest.id)]
    assert len(live.missed(newest.id - 500)) == 500
    Live.objects.filter(id__lt=newest.id).delete()
    assert live.missed(newest.id - 500)[0].kind == live.RESYNC
    assert live.missed(newest.id) == []


def test_a_browser_that_falls_behind_gets_one_resync(fresh_db: Urls, in_a_loop: Any) -> None:
    async def scene() -> None:
        async with live.hub().listening() as queue:
            for n in range(live.QUEUE + 1):
                live._put(queue, live.Change(n, 41, n, "case.noted"))
            kept = [queue.get_nowait() for _ in range(queue.qsize())]
        assert [change.kind for change in kept] == [live.RESYNC]
        assert kept[0].line().startswith(f"id: {live.QUEUE}\nevent: resync\n")

    in_a_loop(scene())


def test_one_connection_listens_for_all_and_goes_when_nobody_does(
    fresh_db: Urls, in_a_loop: Any
) -> None:
    def listeners() -> int:
        with psycopg.connect(fresh_db.owner) as owner:
            row = owner.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchone()
        return int(row[0]) if row else 0

    async def scene() -> None:
        browsers = [asyncio.create_task(read(by)) for by in (BOBO, BOBO, AILI)]
        await until(lambda: len(live.hub()) == 3)
        await until(lambda: listeners() == 1)
        for browser in browsers:
            browser.cancel()  # as the server does when somebody goes away
        await until(lambda: listeners() == 0)
        assert len(live.hub()) == 0

    connection.close()
    in_a_loop(scene())


def test_the_stream_goes_on_after_the_database_dropped_it(fresh_db: Urls, in_a_loop: Any) -> None:
    def drop() -> None:
        with psycopg.connect(fresh_db.owner, autocommit=True) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    async def scene() -> None:
        lines = await listen(BOBO)
        await sync_to_async(say)(41)
        await told(lines, 1)
        await asyncio.to_thread(drop)
        await sync_to_async(say)(42)
        assert [c["case"] for c in await told(lines, 1)] == ["42"]

    in_a_loop(scene())


def test_strangers_and_plain_workers_get_no_stream(in_a_loop: Any) -> None:
    async def scene() -> None:
        assert (await opened(None)).status_code == 401
        plain = RequestFactory().get("/live/")
        plain.who = BOBO  # type: ignore[attr-defined]
        assert (await views.stream(plain)).status_code == 503

    in_a_loop(scene())


def tell(stream: int, to: list[int] | None = None, **facts: object) -> None:
    with transaction.atomic():
        now.tell(stream, "chat-changed", to=to, **facts)
    connection.close()


def test_6_2_what_cannot_wait_is_told_to_the_staff_it_is_for_and_to_its_own_stream_at_once(
    fresh_db: Urls, in_a_loop: Any
) -> None:
    async def scene() -> None:
        lines, customer = await listen(BOBO), await listen(AILI)
        async with live.hub().listening(stream=41) as queue:
            await sync_to_async(tell)(42, kind="said", n=1)
            await sync_to_async(tell)(41, to=[8], kind="said", n=2)
            await sync_to_async(tell)(41, to=[7], kind="typing")
            changes = await told(lines, 2)
            assert changes == [
                {"chat": "42", "kind": "said", "n": 1}, {"chat": "41", "kind": "typing"},
            ]  # fmt: skip
            alone = [queue.get_nowait() for _ in range(queue.qsize())]
            assert [json.loads(one.data)["kind"] for one in alone] == ["said", "typing"]  # type: ignore[union-attr]  # all are told
        await sync_to_async(say)(41)
        assert [c["kind"] for c in await told(customer, 1)] == ["case.answered"]

    in_a_loop(scene())
