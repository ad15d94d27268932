"""Agents who come and take, and a sender who presses twice, all at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bihuan.cases.tests import people
from bihuan.chat import commands, queries
from bihuan.chat.models import Conversation, Turn
from bihuan.chat.tests.talks import GUEST, at, guest, now, token, told
from bihuan.core.refusals import NotPossible


def test_agents_who_come_at_once_have_one_agent_each_within_the_limits(
    fresh_db: Any, at_once: Callable[..., None]
):
    home = people.house()
    rows = [guest(n / 10)[0] for n in range(12)]
    agents = [home.bo_bo, *(people.agent(f"小{n}", "customer_service") for n in range(2))]

    def take(row: Conversation) -> None:
        with suppress(NotPossible):
            commands.take(id=row.id, by=home.chen, at=at(2))

    at_once(
        *(lambda agent=agent: commands.attend(by=agent, at=at(2)) for agent in agents),
        *(lambda row=row: take(row) for row in rows[:3]),
    )

    counts = queries.open_counts([agent.id for agent in (*agents, home.chen)])
    assert sum(counts.values()) == 12
    assert max(counts.values()) <= 5
    for row in rows:
        assert len([kind for kind in told(row.id) if kind in ("chat.given", "chat.taken")]) == 1


def test_a_message_pressed_three_times_at_once_is_one_message_of_one_chat(
    fresh_db: Any, at_once: Callable[..., None]
):
    people.house()
    key = token()

    at_once(
        *[lambda: commands.ask(text="漏水", mark="m1", token=key, by=GUEST, at=at(0))] * 3,
    )

    (row,) = Conversation.objects.all()
    assert (now(row).last_n, Turn.objects.count()) == (1, 1)


def test_who_presses_twice_to_take_chats_for_the_first_time_takes_them(
    fresh_db: Any, at_once: Callable[..., None]
):
    home = people.house()

    at_once(*[lambda: commands.attend(by=home.bo_bo, at=at(0))] * 3)

    assert [one.staff_id for one in queries.there(at(0))] == [home.bo_bo.id]
