"""Four hundred letters and a mail server that fails four times in ten: none is lost (I6, F09)."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

from bihuan.accounts import commands as accounts
from bihuan.notify import commands, rules, tasks
from bihuan.notify.models import Message
from bihuan.notify.queries import reply_token
from bihuan.notify.tests.people import AT, STREAM, People, every_word
from bihuan.notify.tests.sink import Mood, Sink

MAILS = 400
FAULTS: tuple[Mood, ...] = (
    "busy", "unknown_user", "too_big", "drops_after_data", "closing", "hangs_up", "slow",
)  # fmt: skip


def test_f09_none_of_400_letters_is_lost_and_copies_carry_one_message_id(
    people: People, sink: Sink
):
    dice = random.Random(2026)
    sink.next_mood = lambda: dice.choice(FAULTS) if dice.random() < 0.4 else "kind"
    written = []
    for number in range(MAILS):
        contact = accounts.Contact(name="李四", email=f"person{number}@example.com")
        person = accounts.register_person(contact=contact, at=AT)
        written += commands.tell(
            "closed", key=f"k{number}", facts=every_word(), at=AT, person_id=person,
            case_id=STREAM, channels=["email"],
        )  # fmt: skip
    letters = {m.id for m in written if m.channel == "email"}
    at = AT

    while Message.objects.filter(channel="email", state="queued").exists():
        tasks.send_email(at)
        at += timedelta(minutes=5)

    rows = {m.id: m for m in Message.objects.filter(channel="email")}
    ids = [message_from_bytes(raw, policy=default)["Message-ID"] for raw in sink.letters]
    arrived, wanted = Counter(ids), {f"<{reply_token(id)}@mall.example>": id for id in rows}
    assert set(arrived) <= set(wanted)  # none was invented
    by_state = Counter(row.state for row in rows.values())
    assert len(letters) == len(rows) == MAILS
    assert by_state["sent"] + by_state["dead"] + by_state["unknown"] == MAILS
    for name, id in wanted.items():
        if rows[id].state == "sent":
            assert arrived[name] >= 1
        if rows[id].state == "dead":  # refused for good, and never handed over before
            assert arrived[name] == 0
            assert rows[id].error[:3] in ("550", "552")
    assert at - AT < rules.KEEP_TRYING  # none was given up
    assert by_state["sent"] > 0.8 * MAILS
    assert sum(count - 1 for count in arrived.values()) > 0  # the fault that makes copies was met
