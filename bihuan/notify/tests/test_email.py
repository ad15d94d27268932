"""Mail leaves by SMTP, and each way it can fail is told apart."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from bihuan.core.ports import Outgoing, Undeliverable
from bihuan.notify.providers import NoAnswer, ReplyLost
from bihuan.notify.providers.email import Email
from bihuan.notify.tests.sink import Sink

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)


def mail(body: str = "您好", to: str = "aili@example.com") -> Outgoing:
    return Outgoing(to=to, subject="已登记：TS1", body=body, key="1.1:registered:p1:email")


def provider(sink: Sink, **changes: Any) -> Email:
    given = {
        "host": "127.0.0.1", "port": sink.port, "sender": "service@mall.example", "tls": "none",
        "timeout": 0.2 if sink.mood == "silent" else 5, "at": AT,
    }  # fmt: skip
    return Email(**{**given, **changes})


def test_a_letter_arrives_whole_and_its_receipt_comes_back(sink: Sink):
    body = "第一行\n.\n..两点\n" + "长" * 3000

    receipt = provider(sink).send(mail(body))

    read = message_from_bytes(sink.letters[0], policy=default)
    assert receipt == "kept as 1"
    assert read["Subject"] == "已登记：TS1"
    assert next(read.iter_parts()).get_content().splitlines() == body.splitlines()


def test_a_permanent_no_is_undeliverable(sink: Sink):
    for mood in ("unknown_user", "too_big"):
        sink.mood = mood
        with pytest.raises(Undeliverable, match=r"^55"):
            provider(sink).send(mail())


def test_a_busy_mailbox_is_tried_again_and_stops_nobody_else(sink: Sink):
    sink.mood = "busy"

    with pytest.raises(OSError, match="451") as fault:
        provider(sink).send(mail())

    assert not isinstance(fault.value, NoAnswer)


def test_an_answer_lost_after_the_letter_is_told_apart(sink: Sink):
    sink.mood = "drops_after_data"

    with pytest.raises(ReplyLost):
        provider(sink).send(mail())

    assert len(sink.letters) == 1


@pytest.mark.parametrize("mood", ["silent", "closing", "hangs_up"])
def test_a_server_that_is_not_there_for_us_is_no_answer(sink: Sink, mood: Any):
    sink.mood = mood

    with pytest.raises(NoAnswer) as fault:
        provider(sink).send(mail())

    assert not isinstance(fault.value, ReplyLost)


def test_no_server_at_all_is_no_answer(sink: Sink):
    with pytest.raises(NoAnswer):
        provider(sink, port=9).send(mail())


def test_a_server_without_starttls_gets_nothing_in_the_clear(sink: Sink):
    with pytest.raises(NoAnswer):
        provider(sink, tls="starttls", user="bihuan", password="secret").send(mail())

    assert sink.recipients == []


def test_what_is_no_address_never_reaches_the_server(sink: Sink):
    with pytest.raises(Undeliverable):
        provider(sink).send(mail(to="a@b.example> RCPT TO:<c@d.example"))

    assert sink.calls == 0
