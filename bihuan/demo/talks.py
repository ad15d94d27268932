"""Live chats of the demo: the last days' that ended, those going on, and who waits (6.2)."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from bihuan.accounts import queries as people
from bihuan.chat import commands, queries
from bihuan.chat.models import Conversation
from bihuan.core.actors import SYSTEM, Actor
from bihuan.demo.cast import Cast
from bihuan.demo.dice import dice
from bihuan.events import relay

FILE = Path(__file__).with_name("corpus") / "talks.toml"
AGENTS = ("linyue", "fangyuqing")
DAYS = 4  # of chats that have ended
BUYERS = 12  # the place among the buyers from which on they chat
Line = Sequence[str]


def hold_talks(cast: Cast, seed: int, at: datetime) -> None:
    """Ended ones of the last days, then what stands at `at`: held, or waiting."""
    told = tomllib.loads(FILE.read_text("utf-8"))
    buyers = cycle(cast.persons[BUYERS:])
    for day in range(DAYS, 0, -1):
        for n, talk in enumerate(told["talk"]):
            begun = at - timedelta(days=day, hours=1) + timedelta(minutes=9 * n)
            _ended(cast, talk, next(buyers), (seed, day, n), begun)
    relay.drain(at)
    begun = at - timedelta(minutes=6)
    for agent in (cast.by_login[name] for name in AGENTS):
        commands.attend(by=agent, at=begun)
    technician = _of(cast, "technology")
    for n, talk in enumerate(told["open"]):
        row = _talked(talk["said"], next(buyers), (seed, 0, n), begun)
        if "line" in talk:
            moment = row.said_at + timedelta(seconds=20)
            commands.attend(lines=[talk["line"]], by=technician, at=moment)
            commands.change_line(
                id=row.id, line=talk["line"], text="订单页闪退，请看日志。",
                by=_holder(cast, row), at=moment,
            )  # fmt: skip
    for agent in (*(cast.by_login[name] for name in AGENTS), technician):
        commands.stop_attending(by=agent, at=at)
    for n, talk in enumerate(told["waiting"]):
        _asked(talk["said"], next(buyers), at - timedelta(seconds=100 - 30 * n))
    relay.drain(at)


def _of(cast: Cast, department: str) -> Actor:
    return next(one for one in cast.staff.values() if one.department == department)


def _holder(cast: Cast, row: Conversation) -> Actor:
    return cast.staff[queries.chat(row.id, SYSTEM).agent_id]


def _ended(cast: Cast, talk: Any, person: Actor, mark: tuple[int, ...], begun: datetime) -> None:
    """Asked, answered, solved and rated."""
    for agent in (cast.by_login[name] for name in AGENTS):
        commands.attend(by=agent, at=begun)
    row = _talked(talk["said"], person, mark, begun)
    agent = _holder(cast, row)
    end = row.said_at + timedelta(seconds=50)
    commands.end(id=row.id, by=agent, at=end)
    if dice(*mark, "rated").random() < 0.7:
        commands.rate(id=row.id, score=talk["score"], by=person, at=end + timedelta(seconds=30))
    for one in (cast.by_login[name] for name in AGENTS):
        commands.stop_attending(by=one, at=end)


def _asked(said: Sequence[Line], person: Actor, begun: datetime) -> Conversation:
    """What a person wrote while nobody answers yet."""
    (_, first), *rest = said
    row = commands.ask(text=first, by=person, at=begun).chat
    for n, (_, text) in enumerate(rest):
        commands.speak(id=row.id, text=text, by=person, at=begun + timedelta(seconds=20 * (n + 1)))
    return row


def _talked(
    said: Sequence[Line], person: Actor, mark: tuple[int, ...], begun: datetime
) -> Conversation:
    """All of a talk, each word some seconds after the last."""
    rng, moment = dice(*mark), begun
    (_, first), *rest = said
    row = commands.ask(text=first, by=person, at=begun).chat
    for voice, text in rest:
        moment += timedelta(seconds=rng.uniform(15, 80))
        by = person if voice == "u" else _agent(row)
        row = commands.speak(id=row.id, text=text, by=by, at=moment).chat
    return row


def _agent(row: Conversation) -> Actor:
    """Whoever holds it now."""
    found = people.staff(queries.chat(row.id, SYSTEM).agent_id)
    assert found is not None  # somebody attends
    return found.actor
