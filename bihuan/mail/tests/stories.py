"""How a mail is handed in and taken, for the stories of what becomes of it."""

from __future__ import annotations

from typing import Any

from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY
from bihuan.mail import commands
from bihuan.mail.models import Received
from bihuan.mail.tests import letters
from bihuan.notify import commands as notify
from bihuan.notify import queries as notices
from bihuan.notify.models import Message
from bihuan.policy.loader import load_current


def taken(raw: bytes, reader: Any, *, at: Any = FRIDAY, **came: Any) -> Received:
    """Kept and taken at that moment, as by SMTP unless said otherwise."""
    given = {"via": "smtp", "recipients": (letters.OURS,), "sender": "wang.fang@example.com"}
    row = commands.keep([commands.Came(raw=raw, **{**given, **came})], at=at)[0]
    for leased in commands.lease(at, mail_id=row.id):
        commands.take(leased, reader, at=at)
    row.refresh_from_db()
    return row


def case_of(row: Received) -> Case:
    return Case.objects.get(id=row.case_id)


def letter_sent(case: Case) -> Message:
    """A notice by mail to the person of this case."""
    made = notify.tell(
        "registered", key=f"k{case.id}", at=FRIDAY, person_id=case.person_id, case_id=case.id,
        channels=["email"], facts=dict.fromkeys(_words(), "－"),
    )  # fmt: skip
    return next(one for one in made if one.channel == "email")


def _words() -> set[str]:
    return set(load_current().notices["registered"].variables)


def answer_to(message: Message, text: str = "补充：客服今天又没有回电。", **more: Any) -> bytes:
    token = notices.reply_token(message.id)
    headers = {"In-Reply-To": f"<{token}@localhost>"} | more.pop("headers", {})
    return letters.mail(text, subject="回复：已登记", headers=headers, **more)
