"""What the stories of this room do: an administrator, an endpoint, time that passes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from bihuan.accounts import commands as accounts
from bihuan.cases.tests.people import FRIDAY
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.events import relay
from bihuan.integrations import commands
from bihuan.integrations.commands import Made
from bihuan.integrations.models import Delivery, Endpoint
from bihuan.integrations.tests.receiver import Receiver

HOST, URL = "orders.example.com", "https://orders.example.com/bihuan?key=k-1"
Open = Callable[[str], Receiver]


def administrator(name: str = "孙工") -> Actor:
    """Somebody who keeps the house."""
    row = accounts.create_staff(
        name=name, username=name, roles=["administrator"], by=SYSTEM, at=FRIDAY
    )
    return Actor(row.id, frozenset({Role.ADMINISTRATOR}), "", name)


def hook(by: Actor, url: str = URL, kinds: Iterable[str] = ("*",), at: datetime = FRIDAY) -> Made:
    """An endpoint of this administrator."""
    return commands.add(name="订单系统", url=url, kinds=kinds, by=by, at=at)


def happens(at: datetime = FRIDAY) -> None:
    """Whatever was said is handed on to everybody who hears it."""
    relay.drain(at)


def sweep(at: datetime = FRIDAY) -> int:
    """One sweep at this moment, in which no time passes."""
    return commands.sweep(lambda: at)


def until(end: datetime, *, most: int = 10_000) -> datetime:
    """Sweep at each moment at which something is due, before `end`; the last of these moments."""
    last = FRIDAY
    for _ in range(most):
        due = _next()
        if due is None or due >= end:
            return last
        last = max(due, last)
        sweep(last)
    raise AssertionError("it never ends")


def _next() -> datetime | None:
    moments = [
        max(row.next_try_at, row.endpoint.rests_until or row.next_try_at)
        for row in Delivery.objects.filter(state="queued", endpoint__active=True).select_related(
            "endpoint"
        )
        if row.next_try_at
    ]
    return min(moments, default=None)


def answers(row: Delivery) -> list[str]:
    """How each try of it went."""
    row.refresh_from_db()
    return [one["answer"] for one in row.answers]


def state(made: Any) -> Endpoint:
    """The endpoint as it stands."""
    return Endpoint.objects.get(id=made.endpoint.id)
