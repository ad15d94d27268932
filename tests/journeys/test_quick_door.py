"""POST /cases under ASGI: who comes together is one batch, and nobody notices (F11, HOUSE §5)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.asgi import get_asgi_application
from django.db import OperationalError
from django.test import Client

from bihuan.accounts import commands as accounts
from bihuan.accounts.models import Token
from bihuan.accounts.queries import tokens
from bihuan.cases import commands
from bihuan.cases.api import quick
from bihuan.cases.models import Case, Clock
from bihuan.cases.tests.people import House, house
from bihuan.core.actors import SYSTEM
from bihuan.events.models import Event
from tests.journeys.program import BODY

PATIENCE = 60
Answer = tuple[int, dict[str, str], bytes]
YESTERDAY = datetime(2026, 1, 1, tzinfo=UTC)


class Program:
    """Sends bodies to the asynchronous application, and counts how many went the long way."""

    def __init__(self, home: House, bearer: str, in_a_loop: Callable[[Any], Any]) -> None:
        self.home, self.bearer, self.in_a_loop = home, bearer, in_a_loop
        self.long = 0
        pages = get_asgi_application()

        async def rest(scope: Any, receive: Any, send: Any) -> None:
            self.long += 1
            await pages(scope, receive, send)

        self.door = quick.QuickDoor(rest)

    def post(self, body: object = BODY, **said: str) -> Answer:
        [answer] = self.all_at_once([body], **said)
        return answer

    def all_at_once(self, bodies: Sequence[object], **said: str) -> list[Answer]:
        return self.send([self._headers(said) for _ in bodies], bodies)

    def send(self, heads: Sequence[list[tuple[bytes, bytes]]], bodies: Sequence[object]) -> Any:
        async def ask() -> list[Answer]:
            asked = (self._ask(raw(body), head) for body, head in zip(bodies, heads, strict=True))
            return await asyncio.wait_for(asyncio.gather(*asked), PATIENCE)

        return self.in_a_loop(ask())

    def _headers(self, said: dict[str, str]) -> list[tuple[bytes, bytes]]:
        given = {"authorization": f"Bearer {self.bearer}", "content-type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in said.items()}
        return [(name.encode(), value.encode()) for name, value in given.items() if value]

    async def _ask(self, body: bytes, headers: list[tuple[bytes, bytes]]) -> Answer:
        pieces = [body[n : n + 50_000] for n in range(0, len(body), 50_000)] or [b""]
        left = [
            {"type": "http.request", "body": piece, "more_body": n < len(pieces)}
            for n, piece in enumerate(pieces, 1)
        ]
        sent: list[Any] = []

        async def receive() -> Any:
            if left:
                return left.pop(0)
            await asyncio.sleep(PATIENCE)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": "/api/v1/cases", "raw_path": b"/api/v1/cases", "query_string": b"",
            "root_path": "", "headers": headers, "server": ("127.0.0.1", 80),
        }  # fmt: skip
        await self.door(scope, receive, send)
        head = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], head, b"".join(m["body"] for m in sent[1:])


def raw(body: object) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


@pytest.fixture
def program(fresh_db: Any, in_a_loop: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """One with 波波's token, committed, so that every connection knows it.

    However slow the machine, only the first post goes the long way for that token's sake.
    """
    monkeypatch.setattr(tokens, "_LIFE", 3600.0)
    home = house()
    made = accounts.create_token(name="feed", staff_id=home.bo_bo.id, by=home.bo_bo, at=YESTERDAY)
    quick._said.cache_clear()
    asks = Program(home, made.bearer, in_a_loop)
    yield asks
    asks.door.close()


@pytest.mark.parametrize("language", ["", "en", "zh-CN,zh;q=0.9", "xx"])
def test_the_quick_answer_is_the_long_one(program: Program, settings: Any, language: str):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 3600
    program = Program(program.home, program.bearer, program.in_a_loop)

    first = program.post(accept_language=language, x_forwarded_proto="https")
    second = program.post(accept_language=language, x_forwarded_proto="https")
    program.door.close()

    assert program.long == 1  # whose token it is was asked once
    assert (first[0], second[0]) == (201, 201)
    assert first[1] == second[1]
    assert "max-age=3600" in first[1]["strict-transport-security"]
    one, other = json.loads(first[2]), json.loads(second[2])
    assert one.keys() == other.keys()
    assert [c["promises"] for c in one["clocks"]] == [c["promises"] for c in other["clocks"]]
    assert Case.objects.get(number=other["number"]).department == one["department"]


def test_2_2_1_of_many_at_the_same_moment_each_is_filed_and_answered_by_itself(program: Program):
    program.post()
    bodies = [
        BODY | {"subject": f"第{n}件", "contact": {"name": "新客", "phone": f"1391234{n:04d}"}}
        for n in range(60)
    ]

    answers = program.all_at_once(bodies)

    assert {status for status, _, _ in answers} == {201}
    assert [json.loads(body)["subject"] for _, _, body in answers] == [b["subject"] for b in bodies]
    assert program.long == 1
    assert Case.objects.count() == Event.objects.filter(kind="case.filed").count() == 61
    assert Clock.objects.count() == 610


def test_f11_one_key_at_the_same_moment_is_one_case_and_one_answer(program: Program):
    program.post()

    answers = program.all_at_once([BODY] * 20, idempotency_key="call-4711")
    [other] = program.all_at_once([BODY | {"subject": "漏水"}], idempotency_key="call-4711")

    assert {status for status, _, _ in answers} == {201}
    assert len({body for _, _, body in answers}) == 1
    assert other[0] == 409
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"\xff\xfe",
        BODY | {"surprise": 1},
        BODY | {"text": ""},
        BODY | {"category": "nonsense"},
        BODY | {"merchant": "nobody"},
        BODY | {"received_at": "2099-01-01T00:00:00+08:00"},
        BODY | {"contact": {"phone": "12"}},
        BODY | {"text": "长" * 100_000},
    ],
)
def test_what_cannot_be_filed_is_refused_as_everywhere(program: Program, body: object):
    program.post()
    expected = Client().post(
        "/api/v1/cases", raw(body), content_type="application/json",
        headers={"Authorization": f"Bearer {program.bearer}"},
    )  # fmt: skip

    status, head, answer = program.post(body)

    assert (status, json.loads(answer)) == (expected.status_code, expected.json())
    assert head["content-type"] == "application/problem+json"
    assert status == 422
    assert Case.objects.count() == 1


def test_a_merchant_that_is_known_is_looked_up(program: Program):
    program.post()
    merchant = accounts.create_merchant(name="悦居家电", by=SYSTEM, at=YESTERDAY)

    status, _, answer = program.post(BODY | {"merchant": merchant.id})

    assert status == 201
    number = json.loads(answer)["number"]
    assert Case.objects.get(number=number).merchant_id == merchant.id


def test_strangers_readers_and_two_names_file_nothing(program: Program):
    reader = accounts.create_token(
        name="reader", staff_id=program.home.bo_bo.id, scopes=["read"], by=program.home.bo_bo,
        at=YESTERDAY,
    )  # fmt: skip
    program.post()
    two = [(b"authorization", f"Bearer {program.bearer}".encode())] * 2

    refused = [
        program.post(authorization=""),
        program.post(authorization="Bearer nobody's"),
        program.post(authorization=f"Basic {program.bearer}"),
        program.post(authorization=f"Bearer {reader.bearer}"),
        program.post(authorization=f"Bearer {reader.bearer}"),
        *program.send([two], [BODY]),
    ]

    assert [status for status, _, _ in refused] == [401, 401, 401, 403, 403, 401]
    assert Case.objects.count() == 1


def test_a_token_is_asked_for_again_and_nobody_goes_the_long_way_for_it(
    program: Program, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tokens, "_LIFE", 0.0)  # seconds that it is remembered
    program.post()

    answers = program.all_at_once([BODY] * 8)
    Token.objects.update(revoked_at=YESTERDAY)  # by another process
    late = program.post()

    assert {status for status, _, _ in answers} == {201}
    assert (program.long, late[0]) == (2, 401)
    assert Case.objects.count() == 9


def test_a_key_that_is_said_twice_is_read_as_everywhere(program: Program):
    program.post()
    keys = [(b"idempotency-key", b"one"), (b"idempotency-key", b"two")]
    head = program._headers({}) + keys

    answers = [*program.send([head], [BODY]), *program.send([head], [BODY])]

    assert answers[0][2] == answers[1][2]  # as one key, and not as none
    assert Case.objects.count() == 2


# what came may read as a whole case and be none: more was announced
@pytest.mark.parametrize("came", [raw(BODY)[:40], raw(BODY)])
def test_who_hangs_up_in_the_middle_has_filed_nothing(program: Program, came: bytes):
    program.post()

    async def hang_up() -> list[Any]:
        left = [
            {"type": "http.request", "body": came, "more_body": True},
            {"type": "http.disconnect"},
        ]
        sent: list[Any] = []

        async def receive() -> Any:
            return left.pop(0) if len(left) > 1 else left[0]

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": "/api/v1/cases", "query_string": b"",
            "headers": program._headers({}),
        }  # fmt: skip
        await asyncio.wait_for(program.door(scope, receive, send), PATIENCE)
        return sent

    program.in_a_loop(hang_up())

    assert Case.objects.count() == 1


def test_nobody_is_filed_twice_when_nobody_knows(program: Program, monkeypatch: pytest.MonkeyPatch):
    program.post()
    files = commands.file_all

    def cut_off(asked: Any) -> Any:
        files(asked)
        return [OperationalError("server closed the connection unexpectedly")] * len(asked)

    monkeypatch.setattr(commands, "file_all", cut_off)

    [first, second] = program.all_at_once([BODY, BODY])

    assert (first[0], second[0]) == (500, 500)
    assert json.loads(first[2])["code"] == "failed"
    assert Case.objects.count() == 3
