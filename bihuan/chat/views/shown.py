"""Chats in the words of a page of the portal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases import queries as cases
from bihuan.chat import queries, words
from bihuan.chat.models import Conversation
from bihuan.chat.queries import Said
from bihuan.chat.rules import ENDED, OPEN, WAITING
from bihuan.core.actors import Actor
from bihuan.policy import queries as policy
from bihuan.web.words import day_words, local

wait = words.wait


def talk(row: Conversation, by: Actor, at: datetime, *, after: int = 0) -> dict[str, Any]:
    """The context of the page and of its parts; `turns` are those after the n-th."""
    said = queries.said(row, by, after=after)
    place = queries.place(row, at)
    state = words.STATES[row.state]
    return {
        "row": row,
        "turns": [turn(row, one, at) for one in said],
        "read_n": row.agent_read_n,
        "waits": row.state == WAITING,
        "open": row.state == OPEN,
        "ended": row.state == ENDED,
        "place": place,
        "wait": wait(place.wait) if place else "",
        "nobody": policy.default("chat_nobody", at),
        "agent": agent_of(row),
        "pill": {"tone": state[0], "icon": state[1], "label": state[2]},
        "outcome": words.ENDED.get(row.outcome, "") if row.state == ENDED else "",
        "case": case_of(row),
        "asks_contact": queries.asks_contact(row),
        "goes_on": queries.may_go_on(row, at),
        "rates": row.state == ENDED and row.answered_at is not None and row.score is None,
        "stars": range(1, 6),
        "urged": bool(row.urged_at and at - row.urged_at < timedelta(seconds=60)),
    }


def turns(row: Conversation, by: Actor, at: datetime, *, after: int) -> dict[str, Any]:
    """What was said after the n-th turn, and nothing else: most looks want no more."""
    said = queries.said(row, by, after=after)
    return {"row": row, "turns": [turn(row, one, at) for one in said], "read_n": row.agent_read_n}


def turn(row: Conversation, one: Said, at: datetime) -> dict[str, Any]:
    """One turn: whose, the words, its files with their addresses, the time."""
    there = local(one.at)
    day = there.date()
    clock = f"{there:%H:%M}"
    if day != local(at).date():
        clock = f"{day_words(day, local(at).date())} {clock}"
    return {
        "n": one.n,
        "voice": one.voice,
        "name": one.name or (_("客服") if one.voice == "agent" else ""),
        "initial": (one.name or _("客服"))[:1],
        "text": words.happened(one.code, one.facts) if one.code else one.text,
        "erased": words.erased() if one.text is None else "",
        "happened": bool(one.code),
        "files": [file(row, kept) for kept in one.files],
        "clock": clock,
        "iso": one.at.isoformat(),
        "mark": one.mark,
    }


def file(row: Conversation, kept: Any) -> dict[str, str]:
    """A file with its addresses; `thumb` "" where there is no picture."""
    url = reverse("chat:file", args=[row.id, kept.token])
    return {"name": kept.name, "url": url, "thumb": f"{url}?size=small" if kept.thumb else ""}


def agent_of(row: Conversation) -> str:
    """Who answers, by the name colleagues use; "" for nobody."""
    return people.staff_names([row.agent_id]).get(row.agent_id, "") if row.agent_id else ""


def case_of(row: Conversation) -> dict[str, str] | None:
    """The case it went on as: its number, and where it is found."""
    if not row.case_id:
        return None
    case = cases.made(row.case_id)
    url = case.url if row.proven else f"{reverse('portal:track')}?number={case.number}"
    return {"number": case.number, "url": url}


def earlier(
    rows: Sequence[Conversation], at: datetime, *, desk: bool = False
) -> list[dict[str, Any]]:
    """Chats that have ended, for a list; with their addresses at the desk, or of the portal."""
    today = local(at).date()
    return [
        {
            "url": row.url if desk else reverse("chat:talk", args=[row.id]),
            "when": f"{day_words(local(row.asked_at).date(), today)} {local(row.asked_at):%H:%M}",
            "outcome": words.OUTCOMES[row.outcome][2],
        }
        for row in rows
        if row.outcome
    ]
