"""Chats for the tests: moments of one Friday, agents who are there, people who write."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from bihuan.cases.tests.people import FRIDAY, House
from bihuan.chat import commands, queries
from bihuan.chat.models import Conversation
from bihuan.core.actors import Actor, Role
from bihuan.events.models import Event

GUEST = Actor(0, frozenset({Role.CUSTOMER}))


def at(minutes: float = 0) -> datetime:
    """So many minutes after the story begins."""
    return FRIDAY + timedelta(minutes=minutes)


def token() -> str:
    """What a browser holds."""
    return secrets.token_urlsafe(32)


def asked(
    by: Actor = GUEST, minutes: float = 0, *, text: str = "破壁机漏水", token: str = "", **more: Any
) -> Conversation:
    """Somebody begins a chat."""
    return commands.ask(text=text, token=token, by=by, at=at(minutes), **more).chat


def guest(minutes: float = 0, text: str = "破壁机漏水") -> tuple[Conversation, str]:
    """A guest begins one; with the token of the browser."""
    key = token()
    return asked(minutes=minutes, text=text, token=key), key


def attends(agent: Actor, minutes: float = 0, most: int | None = None, house: House | None = None,
            **more: Any) -> None:  # fmt: skip
    """This agent takes chats."""
    if most is not None and house is not None:
        commands.set_limit(staff_id=agent.id, most=most, by=house.chen, at=at(minutes))
    commands.attend(by=agent, at=at(minutes), **more)


def says(row: Conversation, by: Actor, text: str, minutes: float, token: str = "") -> int:
    """The place of what was said."""
    made = commands.speak(id=row.id, text=text, token=token, by=by, at=at(minutes))
    return made.turn.n


def now(row: Conversation) -> Conversation:
    """The row as it stands."""
    return Conversation.objects.get(id=row.id)


def told(stream: int) -> list[str]:
    """The kinds of what was said of a chat, a case or a member of staff."""
    rows = Event.objects.filter(stream=stream, kind__startswith="chat.").order_by("seq")
    return list(rows.values_list("kind", flat=True))


def words(row: Conversation, by: Actor, token: str = "") -> list[str | None]:
    """What a reader sees of what people said."""
    found = queries.chat(row.id, by, token)
    return [one.text for one in queries.said(found, by) if not one.code]
