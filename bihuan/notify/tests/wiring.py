"""The switchboard of these tests: real providers, and cases that are only their facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from bihuan.core.actors import Actor, Role
from bihuan.core.ports import Outgoing
from bihuan.events.models import Event
from bihuan.notify.providers.email import Email
from bihuan.notify.providers.inbox import Inbox


@dataclass(frozen=True)
class CaseFacts:
    case_id: int
    number: str = "TS2026021300000018"
    person_id: int = 0
    owner_id: int = 0
    department: str = "customer_service"
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)

    @property
    def staff_variables(self) -> Mapping[str, str]:
        return {**self.variables, **self.secrets}


class WatchedInbox(Inbox):
    """The inbox, which remembers whether a transaction was open while it was called."""

    def send(self, message: Outgoing) -> str:
        ERRANDS.append((message.key, connection.in_atomic_block))
        return super().send(message)


ERRANDS: list[tuple[str, bool]] = []
CASES: dict[int, CaseFacts] = {}
PORT = {"smtp": 9}


def email(at: datetime) -> Email:
    return Email(
        host="127.0.0.1", port=PORT["smtp"], sender="service@mall.example", sender_name="优选商城",
        tls="none", timeout=5, at=at,
    )  # fmt: skip


def facts(events: Sequence[Event]) -> dict[tuple[int, int], CaseFacts]:
    return {(one.stream, one.seq): CASES[one.stream] for one in events if one.stream in CASES}


def links(case_ids: Iterable[int], by: Actor) -> dict[int, str]:
    """Everything for supervisors, his own for an owner, the person's own for the person."""
    found = {id: CASES[id] for id in case_ids if id in CASES}
    return {
        id: f"/cases/{case.number}/"
        for id, case in found.items()
        if Role.SUPERVISOR in by.roles or by.id in (case.owner_id, case.person_id)
    }


NOTIFIERS = [("inbox", lambda at: WatchedInbox()), ("email", email)]
RATES: dict[str, int] = {}
FACTS = {"case": "bihuan.notify.tests.wiring.facts"}
LINKS = {"case": "bihuan.notify.tests.wiring.links"}
