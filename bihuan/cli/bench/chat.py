"""Live chats that are open at once: from a word sent to the stream of the other side, both ways.

Real streams and POSTs against a served house with its worker. Whoever hears of a word fetches it,
as a browser does. What an agent says is committed by this program, and arrives over HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from bihuan.cli.bench import figures
from bihuan.cli.bench.figures import Goal
from bihuan.cli.bench.house import House, leave_database, signed_in, staff, used
from bihuan.cli.bench.wire import CSRF, ask, head

WANTED_MS = 500.0
AT_ONCE = 30  # chats an agent holds
_PATIENCE = 15.0  # seconds for the last words


@dataclass(slots=True)
class Person:
    """One chat: who holds it and the browser's token."""

    chat_id: int
    token: str
    agent_id: int
    heard_n: int = 0


@dataclass(slots=True)
class Heard:
    """When each word was sent, and when the other side's stream told of it."""

    sent: dict[tuple[str, int, int], float] = field(default_factory=dict)
    heard: dict[tuple[str, int, int], float] = field(default_factory=dict)
    posts: list[float] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)

    def fault(self, why: str) -> None:
        self.faults[why] = self.faults.get(why, 0) + 1

    def ms(self, voice: str) -> list[float]:
        """How long each took that arrived."""
        return [
            1000 * (self.heard[key] - begun)
            for key, begun in self.sent.items()
            if key[0] == voice and key in self.heard
        ]


def run(name: str, argv: Sequence[str]) -> int:
    """Measure; 1 when a word takes too long or does not arrive."""
    parser = figures.parser(
        name, "Chats that are open at once, words both ways.", "chat --chats 500 --seconds 60"
    )
    parser.add_argument("--chats", type=int, default=500, help="how many are open")
    parser.add_argument("--seconds", type=int, default=60, help="how long people write")
    parser.add_argument("--every", type=float, default=20.0, help="seconds between two of one")
    parser.add_argument("--workers", type=int, default=1, help="processes that serve")
    given = parser.parse_args(argv)
    with House() as house:
        now = datetime.now(UTC)
        hired = staff(now)
        agents, people = _opened(given.chats, hired.staff_id, now)
        cookies = {id: signed_in(user) for id, user in agents.items()}
        house.start_live(workers=given.workers)
        _answered(people)
        house.start("work")
        found = asyncio.run(_measured(house, people, cookies, given))
        leave_database()
    figures.end_of_progress()
    goals = [
        Goal("person_to_agent_p95_ms", found["person_to_agent_ms"]["p95"], "<=", WANTED_MS),
        Goal("agent_to_person_p95_ms", found["agent_to_person_ms"]["p95"], "<=", WANTED_MS),
        Goal("lost", found["lost"], "<=", 0),
    ]
    return figures.told(name, goals, found, as_json=given.json)


def _opened(chats: int, planner: int, now: datetime) -> tuple[dict[int, int], list[Person]]:
    """Agents with their users, and so many chats that they hold."""
    from bihuan.accounts import commands as accounts
    from bihuan.chat import commands
    from bihuan.core.actors import SYSTEM, Actor, Role

    agents: dict[int, int] = {}
    for number in range(-(-chats // (AT_ONCE - 5))):
        made = accounts.create_staff(
            name=f"客服{number}", username=f"chat{number}", roles=[Role.AGENT],
            department="customer_service", by=SYSTEM, at=now,
        )  # fmt: skip
        agents[made.id] = made.user_id
        actor = Actor(made.id, frozenset({Role.AGENT}), "customer_service", made.name)
        commands.set_limit(staff_id=made.id, most=AT_ONCE, by=SYSTEM, at=now)
        commands.attend(by=actor, at=now)
    guest = Actor(0, frozenset({Role.CUSTOMER}))
    people = []
    for _number in range(chats):
        token = secrets.token_urlsafe(32)
        row = commands.ask(text="破壁机漏水，怎么办？", token=token, by=guest, at=now).chat
        people.append(Person(row.id, token, row.agent_id, row.last_n))
        figures.progress("chat", f"{len(people)} of {chats} chats open")
    return agents, people


def _answered(people: Sequence[Person]) -> None:
    """Every chat has its first answer, as none of them waits when people begin to write."""
    from bihuan.chat import commands

    for one in people:
        now = datetime.now(UTC)
        said = commands.speak(id=one.chat_id, text="您好", by=_actor(one), at=now)
        one.heard_n = said.turn.n


def _actor(one: Person) -> Any:
    from bihuan.core.actors import Actor, Role

    return Actor(one.agent_id, frozenset({Role.AGENT}), "customer_service")


async def _measured(
    house: House, people: Sequence[Person], cookies: dict[int, str], given: Any
) -> dict[str, Any]:
    told = Heard()
    streams = [
        asyncio.create_task(_agent(house.port, id, cookie, told)) for id, cookie in cookies.items()
    ]
    streams += [asyncio.create_task(_person(house.port, one, told)) for one in people]
    await asyncio.sleep(min(5.0, 1 + len(people) / 100))
    figures.progress("chat", f"{given.seconds} s of words")
    cpu, begun = used(house), time.perf_counter()
    until = begun + given.seconds
    with ThreadPoolExecutor(4) as threads:
        await asyncio.gather(
            *(_writes(house.port, n, people, told, until, given.every) for n in range(len(people))),
            _agents_write(people, told, until, given.every, threads),
        )
    await _until(lambda: told.sent.keys() <= told.heard.keys())
    spent = used(house) - cpu
    memory = _memory(house)
    for stream in streams:
        stream.cancel()
    await asyncio.gather(*streams, return_exceptions=True)
    return {
        "open_chats": len(people),
        "streams": len(streams),
        "words": len(told.sent),
        "words_a_second": round(len(told.sent) / given.seconds, 1),
        "person_to_agent_ms": _spread(told.ms("user")),
        "agent_to_person_ms": _spread(told.ms("agent")),
        "post_answer_ms": _spread(told.posts),
        "lost": len(told.sent.keys() - told.heard.keys()),
        "faults": told.faults,
        "memory_mb": round(memory, 1),
        "cpu_ms_a_word": round(1000 * spent / max(len(told.sent), 1), 1),
    }


def _memory(house: House) -> float:
    """What the processes that serve hold, in MB."""
    served = [c.process.pid for c in house.children if c.name == "web" and c.process is not None]
    parts = [pid for one in served for pid in figures.descendants(one)]
    return sum(figures.resident_mb(pid) for pid in parts)


def _spread(ms: Sequence[float]) -> dict[str, float]:
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {
        name: round(figures.percentile(ms, share), 1) if ms else 1e9
        for name, share in shares.items()
    }


async def _until(fact: Callable[[], bool]) -> None:
    deadline = time.perf_counter() + _PATIENCE
    while not fact() and time.perf_counter() < deadline:
        await asyncio.sleep(0.05)


# ---- streams down


async def _stream(
    port: int, path: str, cookie: str, hear: Callable[[dict[str, Any]], None]
) -> None:
    """Read one stream for ever; it is opened anew when it ends."""
    while True:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head("GET", path, cookie, accept="text/event-stream"))
            try:
                while line := await reader.readline():
                    if line.startswith(b"data: "):
                        hear(json.loads(line[6:]))
            finally:
                writer.close()
        await asyncio.sleep(2)


async def _agent(port: int, id: int, cookie: str, told: Heard) -> None:
    def hear(found: dict[str, Any]) -> None:
        if found.get("kind") == "said" and found["voice"] == "user":
            told.heard.setdefault(("user", int(found["chat"]), found["n"]), time.perf_counter())

    await _stream(port, "/live/", cookie, hear)


async def _person(port: int, one: Person, told: Heard) -> None:
    """A stream of this chat alone; each word that is told of is fetched, as a browser does."""
    loop = asyncio.get_running_loop()
    fetches: set[asyncio.Task[Any]] = set()

    def hear(found: dict[str, Any]) -> None:
        if found.get("kind") != "said" or found["voice"] != "agent":
            return
        told.heard.setdefault(("agent", one.chat_id, found["n"]), time.perf_counter())
        path = f"/chat/{one.chat_id}/part/?after={one.heard_n}&state=open"
        one.heard_n = found["n"]
        task = loop.create_task(ask(port, head("GET", path, _cookie(one))))
        fetches.add(task)
        task.add_done_callback(fetches.discard)

    await _stream(port, f"/live/chat/{one.chat_id}/", _cookie(one), hear)


# ---- words up


async def _writes(
    port: int, place: int, people: Sequence[Person], told: Heard, until: float, every: float
) -> None:
    """One person: a word every so often, from a moment of their own on."""
    one = people[place]
    await asyncio.sleep(every * place / len(people))
    while time.perf_counter() < until:
        words = {"text": "还是漏水，请帮我看看", "mark": secrets.token_urlsafe(18)}
        body = urlencode(words | {"state": "open", "after": one.heard_n})
        begun = time.perf_counter()
        answer = await ask(port, head("POST", f"/chat/{one.chat_id}/say/", _cookie(one), body=body))
        told.posts.append(1000 * (time.perf_counter() - begun))
        try:
            told.sent["user", one.chat_id, _n_of(answer)] = begun
        except (ValueError, KeyError):
            told.fault(answer[9:12].decode() or "none")
        await asyncio.sleep(max(0.0, begun + every - time.perf_counter()))


def _n_of(answer: bytes) -> int:
    """The place of the user's word: the last turn of that answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head[:20]:
        raise ValueError
    return int(json.loads(body[body.index(b"{") : body.rindex(b"}") + 1])["n"])


async def _agents_write(
    people: Sequence[Person], told: Heard, until: float, every: float, threads: ThreadPoolExecutor
) -> None:
    """Every chat has a word of its agent as often as one of its person."""
    loop = asyncio.get_running_loop()
    pause, place = every / len(people), 0
    going: set[asyncio.Future[Any]] = set()
    while time.perf_counter() < until:
        begun = time.perf_counter()
        going.add(loop.run_in_executor(threads, _say, people[place % len(people)], told))
        going = {one for one in going if not one.done()}
        place += 1
        await asyncio.sleep(max(0.0, begun + pause - time.perf_counter()))
    await asyncio.gather(*going)


def _say(one: Person, told: Heard) -> None:
    from bihuan.chat import commands

    begun = time.perf_counter()
    try:
        said = commands.speak(
            id=one.chat_id, text="请您稍等，我查一下订单", by=_actor(one), at=datetime.now(UTC)
        )
    except Exception as fault:
        told.fault(type(fault).__name__)
        return
    told.sent["agent", one.chat_id, said.turn.n] = begun


def _cookie(one: Person) -> str:
    return f"bihuan_chat={one.token}; csrftoken={CSRF}"
