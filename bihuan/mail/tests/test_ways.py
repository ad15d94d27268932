"""Mail in says whether it is taken: by servers that listen and by a mailbox that is read (6.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bihuan.cases.tests.people import FRIDAY
from bihuan.config.ways_in import Imap
from bihuan.mail import commands, ways
from bihuan.mail.models import Mailbox

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
BOX = Imap("imap.example.com", 993, True, "service@example.com", "INBOX", 20)


@pytest.fixture(autouse=True)
def house(settings: Any) -> None:
    settings.MAIL_ADDRESSES = ["service@example.com"]
    settings.SMTP_LISTEN = settings.LMTP_LISTEN = settings.IMAP = None


def failing(minutes: float) -> tuple[Any, str]:
    said = ways.channel_standing(FRIDAY + minutes * MINUTE)
    assert said is not None
    return said.failing_since, said.reason


def test_x_26_nothing_is_said_of_mail_that_no_way_in_takes(settings: Any):
    assert ways.channel_standing(FRIDAY) is None

    settings.SMTP_LISTEN, settings.MAIL_ADDRESSES = ("127.0.0.1", 25), ["service@localhost"]
    assert ways.channel_standing(FRIDAY) is None


def test_a_server_that_does_not_say_that_it_listens_is_deaf_since_its_last_word(settings: Any):
    settings.SMTP_LISTEN = ("127.0.0.1", 25)
    assert failing(0) == (FRIDAY, "not_listening")

    commands.listen(names=["smtp"], at=FRIDAY)

    assert failing(1) == (None, "")
    assert failing(3) == (FRIDAY, "not_listening")


def test_a_mailbox_that_cannot_be_read_fails_the_channel_though_a_server_listens(settings: Any):
    settings.SMTP_LISTEN, settings.IMAP = ("127.0.0.1", 25), BOX
    commands.listen(names=["smtp"], at=FRIDAY + 9 * MINUTE)
    Mailbox.objects.create(
        name=BOX.name, next_look_at=FRIDAY, since_on=FRIDAY.date(), looked_at=FRIDAY + 9 * MINUTE
    )
    assert failing(10) == (None, "")

    commands.look_failed(name=BOX.name, fault="refused", again_at=FRIDAY, at=FRIDAY + 10 * MINUTE)
    assert failing(10) == (FRIDAY + 10 * MINUTE, "mailbox")

    commands.looked(name=BOX.name, again_at=FRIDAY, at=FRIDAY + 11 * MINUTE)
    commands.listen(names=["smtp"], at=FRIDAY + 20 * MINUTE)
    assert failing(20) == (FRIDAY + 11 * MINUTE, "not_looked")
