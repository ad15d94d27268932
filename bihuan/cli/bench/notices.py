"""How long notices take to leave by each way while the text message gateway is dead."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import psycopg

from bihuan.cli.bench import figures, ways
from bihuan.cli.bench.figures import Goal
from bihuan.cli.bench.house import House, free_port, leave_database, staff
from bihuan.cli.bench.ways import Arrivals
from bihuan.core import signed

NOTICES = 200
A_SECOND = 10.0
MOST_LATER = 2.0  # seconds by which a dead gateway may delay any other way
WAYS = ("inbox", "email", "wechat", "push")
TURNS = ("living", "hanging", "refusing")
_LOOK = 0.05
_ENOUGH = 180.0  # seconds: something is wrong
_IN_APP = """
SELECT person_id FROM notify_message
WHERE channel = 'inbox' AND state = 'delivered' AND key LIKE %s
"""
_OTHERS_AT_REST = """
UPDATE notify_message SET next_try_at = now() + interval '1 day'
WHERE state = 'queued' AND leased_until IS NULL
"""


class Server(Protocol):
    """Something that listens."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


@dataclass
class Ports:
    """Where the worker finds each way out."""

    sms: int
    email: int
    wechat: int
    push: int

    def settings(self) -> dict[str, str]:
        """What the worker is told of them."""
        return {
            "BIHUAN_SMTP_HOST": "127.0.0.1", "BIHUAN_SMTP_PORT": str(self.email),
            "BIHUAN_SMTP_TLS": "none", "BIHUAN_MAIL_FROM": "service@example.com",
            "BIHUAN_SMS_KEY_ID": "bench", "BIHUAN_SMS_KEY_SECRET": "bench",
            "BIHUAN_SMS_SIGN": "bench", "BIHUAN_SMS_TEMPLATE": "SMS_1",
            "BIHUAN_SMS_URL": f"http://127.0.0.1:{self.sms}",
            "BIHUAN_WECHAT_APP_ID": "wx0123456789abcdef", "BIHUAN_WECHAT_SECRET": "bench",
            "BIHUAN_WECHAT_TOKEN": "bench",
            "BIHUAN_WECHAT_URL": f"http://127.0.0.1:{self.wechat}",
            "BIHUAN_PUSH_URL": f"http://127.0.0.1:{self.push}/",
            "BIHUAN_PUSH_SECRET": signed.written(secrets.token_bytes(32)),
        }  # fmt: skip


def run(name: str, argv: Sequence[str]) -> int:
    """Measure three turns; 1 when a dead gateway delays another way, or a notice is lost."""
    parser = figures.parser(
        name,
        f"{NOTICES} notices by app, mail, WeChat, push and text message, with a gateway of text "
        "messages that is well, that hangs, and that refuses.",
        "notices --notices 200 --json",
    )
    parser.add_argument("--notices", type=int, default=NOTICES, help="how many in each turn")
    given = parser.parse_args(argv)
    ports = Ports(*(free_port() for _ in range(4)))
    with House() as house:
        house.environment |= ports.settings()
        os.environ.update(ports.settings())  # what is queued depends on the ways there are
        staff(datetime.now(UTC))
        found = _measured(house, ports, given.notices)
        leave_database()
    figures.end_of_progress()
    goals = [
        Goal(
            f"{turn}_{way}_later_seconds",
            round(found[turn][way]["max_seconds"] - found["living"][way]["max_seconds"], 2),
            "<=",
            MOST_LATER,
        )
        for turn in TURNS[1:]
        for way in WAYS
    ]
    lost = sum(given.notices - found[turn][way]["arrived"] for turn in TURNS for way in WAYS)
    goals.append(Goal("lost", lost, "<=", 0))
    return figures.told(name, goals, found, as_json=given.json)


def _measured(house: House, ports: Ports, many: int) -> dict[str, Any]:
    persons = [_person(number) for number in range(many)]
    found: dict[str, Any] = {"notices": many, "a_second": A_SECOND}
    with psycopg.connect(house.urls.owner, autocommit=True) as owner:
        for turn in TURNS:
            figures.progress("notices", f"a gateway that is {turn}")
            arrivals = Arrivals()
            servers: list[Server] = [
                ways.Mail(arrivals, ports.email),
                ways.wechat(arrivals, ports.wechat),
                ways.app(arrivals, ports.push),
                *_gateway(turn, arrivals, ports.sms),
            ]
            for server in servers:
                server.start()
            worker = house.start("work", name=f"work-{turn}")
            try:
                found[turn] = _turn(owner, turn, arrivals, persons)
            finally:
                worker.stop(30.0)
                for server in servers:
                    server.stop()
            owner.execute(_OTHERS_AT_REST)
    return found


def _gateway(turn: str, arrivals: Arrivals, port: int) -> list[Server]:
    """Nobody listens where it refuses."""
    if turn == "living":
        return [ways.gateway(arrivals, port)]
    return [ways.Hanging(port)] if turn == "hanging" else []


def _person(number: int) -> int:
    """Somebody who can be told by every way."""
    from bihuan.accounts import commands as accounts
    from bihuan.core.actors import SYSTEM

    at = datetime.now(UTC)
    contact = accounts.Contact(
        name="测试", account=f"u{number:04}", phone=f"1390000{number:04}",
        email=f"p{number:04}@example.com",
    )  # fmt: skip
    made = accounts.register_person(contact=contact, at=at)
    accounts.bind_wechat(openid=f"{'o' * 24}{number:04}", person_id=made, by=SYSTEM, at=at)
    return made


def _turn(
    owner: psycopg.Connection[Any], turn: str, arrivals: Arrivals, persons: Sequence[int]
) -> dict[str, Any]:
    told: dict[int, float] = {}
    _await_first(owner, arrivals, persons[0])
    teller = threading.Thread(target=_tell_all, args=(turn, persons, told))
    teller.start()
    in_app = arrivals.seen.setdefault("inbox", {})
    place = {person: number for number, person in enumerate(persons)}
    deadline = time.monotonic() + len(persons) / A_SECOND + _ENOUGH
    while time.monotonic() < deadline:
        for (person,) in owner.execute(_IN_APP, [f"{turn}.%"]).fetchall():
            in_app.setdefault(place[person], time.time())
        if all(len(arrivals.seen.get(way, {})) >= len(persons) for way in WAYS):
            break
        time.sleep(_LOOK)
    teller.join()
    return {way: _figures(told, arrivals.seen.get(way, {})) for way in (*WAYS, "sms")}


def _await_first(owner: psycopg.Connection[Any], arrivals: Arrivals, person: int) -> None:
    """The worker is up when one notice has gone by every way; it is not counted."""
    _tell(f"first-{time.time_ns()}", person)
    _until(lambda: all(arrivals.seen.get(way) for way in WAYS if way != "inbox"))
    arrivals.seen.clear()


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _ENOUGH
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not done after {_ENOUGH:g} s")
        time.sleep(_LOOK)


def _tell_all(turn: str, persons: Sequence[int], told: dict[int, float]) -> None:
    """One notice after the other, at an even pace."""
    begun = time.monotonic()
    for number, person in enumerate(persons):
        time.sleep(max(begun + number / A_SECOND - time.monotonic(), 0))
        told[number] = time.time()
        _tell(f"{turn}.{number}", person)
    leave_database()


def _tell(key: str, person: int) -> None:
    from bihuan.notify import commands as notify
    from bihuan.policy import queries as policy

    at = datetime.now(UTC)
    names = policy.current(at).notices["accepted"].variables
    facts = dict.fromkeys(names, "－") | {"number": "TS2026021300000018"}
    notify.tell(
        "accepted", key=key, facts=facts, at=at, person_id=person, case_id=1,
        channels=(*WAYS, "sms"),
    )  # fmt: skip


def _figures(told: dict[int, float], arrived: dict[int, float]) -> dict[str, Any]:
    waits = [arrived[number] - when for number, when in told.items() if number in arrived]
    return {
        "arrived": len(waits),
        "p95_seconds": round(figures.percentile(waits, 0.95), 2),
        "max_seconds": round(max(waits, default=0.0), 2),
    }
