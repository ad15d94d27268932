"""One notice to 爱丽, for the stories of what became of it."""

from __future__ import annotations

from bihuan.notify import commands
from bihuan.notify.models import Message
from bihuan.notify.tests.people import AT, STREAM, People

FACTS = {"number": "TS1", "link": "http://mall.example/c/TS1/", "reopen_until": "2月16日 23:00 前"}


def tell(people: People, key: str = "1.1:closed:p", channels: tuple[str, ...] = ("email",)):
    return commands.tell(
        "closed", key=key, facts=FACTS, person_id=people.aili, case_id=STREAM,
        channels=channels, at=AT,
    )  # fmt: skip


def mail_of(people: People) -> Message:
    return Message.objects.get(person_id=people.aili, channel="email")
