"""A code leaves without anybody waiting for the mail server; what fails stands in the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from bihuan.accounts import commands
from bihuan.accounts.commands import Contact
from bihuan.accounts.tests import test_doors, wiring
from bihuan.accounts.tests.test_doors import AT, NUMBER, PHONE, plain
from bihuan.config import codes
from bihuan.core import ids
from bihuan.notify.tests import sink as sinks
from bihuan.notify.tests.sink import Sink

connected = test_doors._connected
MAIL = "aili@example.com"


@pytest.fixture
def sink(db, connected, settings, monkeypatch) -> Iterator[Sink]:
    """The real way of codes, to a mail server that is kind until told otherwise."""
    monkeypatch.setattr(wiring, "SEND_CODE", "bihuan.config.codes.send")
    with sinks.running() as server:
        settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", server.port
        settings.SMTP_TLS = "none"
        yield server
        server.awake.set()
        soon(lambda: codes._places._value == codes.AT_ONCE + codes.WAITING)


def soon(done: Callable[[], bool]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + 10
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_code_is_in_the_mail_soon(sink):
    page = Client().post("/signin/", {"contact": MAIL})

    assert page.status_code == 200
    soon(lambda: len(sink.letters) == 1)
    assert MAIL in sink.recipients[0]


def test_a_silent_mail_server_holds_up_no_page(sink):
    sink.mood = "silent"

    page = Client().post("/signin/", {"contact": MAIL})

    assert page.status_code == 200
    assert "验证码正在发往" in page.content.decode()
    soon(lambda: sink.calls == 1)
    assert not sink.awake.is_set()


def test_a_silent_mail_server_does_not_tell_which_case_exists(sink):
    sink.mood = "silent"
    person = commands.register_person(contact=Contact(email=MAIL), at=AT)
    wiring.CASES[NUMBER] = (person, 77)
    other = ids.case_number(AT.date(), 13)

    def ask(number: str) -> tuple[float, str]:
        began = time.monotonic()
        page = Client().post("/signin/case/", {"number": number})
        return time.monotonic() - began, plain(page, number)

    known, unknown = ask(NUMBER), ask(other)

    assert known[1] == unknown[1]
    assert known[0] < 3  # the server is silent for five seconds
    soon(lambda: sink.calls == 1)


def test_a_code_that_failed_stands_in_the_log_without_the_address(sink, caplog):
    sink.mood = "unknown_user"

    with caplog.at_level(logging.ERROR, "bihuan"):
        Client().post("/signin/", {"contact": MAIL})
        soon(lambda: "a one-time code was not sent: 550" in caplog.text)

    assert MAIL not in caplog.text


def test_only_so_many_codes_wait_for_the_server_and_the_next_is_refused(sink):
    for _code in range(codes.AT_ONCE + codes.WAITING):
        codes._places.acquire()

    page = Client().post("/signin/", {"contact": MAIL})

    codes._places.release(codes.AT_ONCE + codes.WAITING)
    assert (page.status_code, sink.calls) == (422, 0)


def test_a_phone_without_a_provider_is_refused_and_a_guests_mail_address_is_used_instead(sink):
    assert Client().post("/signin/", {"contact": PHONE}).status_code == 422
    person = commands.register_person(contact=Contact(phone=PHONE, email=MAIL), at=AT)
    wiring.CASES[NUMBER] = (person, 77)

    Client().post("/signin/case/", {"number": NUMBER})

    soon(lambda: len(sink.letters) == 1)
    assert MAIL in sink.recipients[0]


def test_a_code_lies_in_the_local_mailbox_at_once(sink, settings, tmp_path):
    settings.SMTP_HOST, settings.HOME = "", tmp_path

    Client().post("/signin/", {"contact": MAIL})

    assert len(list((tmp_path / "mailbox").glob("*.eml"))) == 1
