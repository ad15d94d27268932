"""A telephone exchange for stories: it says what happened, at moments of one Friday."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from bihuan.cases.tests.people import FRIDAY
from bihuan.core import signed
from bihuan.core.actors import SYSTEM
from bihuan.phone import commands, tasks
from bihuan.phone.models import Call
from bihuan.phone.rules.facts import Fact

SECRET = "whsec_" + "QmlodWFuLXRlbGVwaG9uZS1ldmVudHMtMDE="  # 26 bytes of our own
KEY = signed.key_of(SECRET)
HOTLINE, AI_LI, UNKNOWN = "4001234567", "13900002718", "13877776666"
URL = "/api/v1/calls/events"


def at(seconds: float = 0) -> datetime:
    """So long after the call began."""
    return FRIDAY + timedelta(seconds=seconds)


def fact(event: str, after: float = 0, /, **changes: Any) -> Fact:
    """One event of 爱丽's call to the hotline."""
    given = {"number_from": AI_LI, "number_to": HOTLINE, "direction": "in"} | changes
    return Fact(event, at(after), **given)  # type: ignore[arg-type]


def hear(told: Fact, ref: str = "call-1", heard: float | None = None) -> Call:
    """The house hears of it at once, or so long after the beginning."""
    moment = told.at if heard is None else at(heard)
    return commands.hear(source="webhook", ref=ref, fact=told, by=SYSTEM, at=moment)


def missed(ref: str = "call-1", begun: float = 0, rang: float = 20, **changes: Any) -> Call:
    """A call that nobody answered, judged when it has been quiet."""
    hear(fact("started", begun, **changes), ref)
    hear(fact("ended", begun + rang, **changes), ref)
    tasks.settle(at(begun + rang + 30))
    return Call.objects.get(ref=ref)


def answered(by: str = "1001", ref: str = "call-1", **changes: Any) -> Call:
    """A call that somebody answers after eight seconds and still has."""
    hear(fact("started", agent=by, **changes), ref)
    return hear(fact("answered", 8, agent=by, **changes), ref)


def posted(
    body: dict[str, Any] | bytes,
    *,
    id: str = "msg-1",
    when: datetime,
    key: bytes = KEY,
    **headers: str,
) -> Any:
    """As a telephone system that knows the secret sends it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = str(int(when.timestamp()))
    said = {
        "webhook-id": id,
        "webhook-timestamp": stamp,
        "webhook-signature": signed.signature(key, id, stamp, raw),
    }
    named = {name: value for name, value in (said | headers).items() if value}
    return Client(headers=named).post(URL, raw, content_type="application/json")
