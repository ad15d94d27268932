"""The house's own mail servers: 250 means stored, and nobody is believed or sent on."""

from __future__ import annotations

import asyncio
import re
import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pytest

from bihuan.mail import queries, smtp
from bihuan.mail.models import Received
from bihuan.mail.tests import letters


class Running:
    """The servers in a thread of their own, with the ports they listen on."""

    owner = ""  # of the database, who may change its tables

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.post = self._do(self._made())
        ports = self._do(self.post.open(smtp=("127.0.0.1", 0), lmtp=("127.0.0.1", 0)))
        self.smtp, self.lmtp = ports[0][1], ports[1][1]

    async def _made(self) -> smtp.Post:
        return smtp.Post()

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def close(self) -> None:
        self._do(self.post.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


@pytest.fixture
def servers(fresh_db: Any, settings: Any) -> Iterator[Running]:
    settings.MAIL_MAX = 200_000
    running = Running()
    running.owner = fresh_db.owner
    yield running
    running.close()


def client(servers: Running) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", servers.smtp, local_hostname="client.example", timeout=10)


def answer(line: socket.socket) -> str:
    """The last line of what the server says."""
    said = b""
    while not re.search(rb"^\d{3} [^\n]*\n\Z", said, re.MULTILINE):
        said += line.recv(1)
    return said.decode().splitlines()[-1]


@contextmanager
def in_the_middle_of_a_mail(servers: Running) -> Iterator[socket.socket]:
    """Somebody speaks to the server without a library's manners, and was told to go on."""
    with socket.create_connection(("127.0.0.1", servers.smtp), timeout=20) as line:
        answer(line)
        for said in ("EHLO x", "MAIL FROM:<a@b.example>", f"RCPT TO:<{letters.OURS}>", "DATA"):
            line.sendall(said.encode() + b"\r\n")
            answer(line)
        yield line


def test_250_means_that_the_bytes_are_there(servers: Running):
    raw = letters.mail(files={"photo.jpg": letters.photo()})

    with client(servers) as server:
        server.sendmail("wang.fang@example.com", [letters.OURS], raw)

    row = Received.objects.get()
    assert queries.raw_of(row) == raw
    assert (row.via, row.recipient, row.state) == ("smtp", letters.OURS, "waiting")
    assert queries.envelope_of(row).sender == "wang.fang@example.com"


def test_what_cannot_be_stored_is_not_taken(servers: Running):
    with psycopg.connect(servers.owner, autocommit=True) as owner:
        owner.execute("ALTER TABLE mail_received RENAME TO mail_away")
        with client(servers) as server, pytest.raises(smtplib.SMTPDataError) as refused:
            server.sendmail("a@example.com", [letters.OURS], letters.mail())
        owner.execute("ALTER TABLE mail_away RENAME TO mail_received")

    assert refused.value.smtp_code == 451
    with client(servers) as server:
        server.sendmail("a@example.com", [letters.OURS], letters.mail())
    assert Received.objects.count() == 1


def test_n27_while_the_disk_has_no_room_mail_is_put_off(servers: Running, settings: Any):
    settings.DISK_SPARE = 10**15
    with client(servers) as server, pytest.raises(smtplib.SMTPDataError) as refused:
        server.sendmail("a@example.com", [letters.OURS], letters.mail())

    assert refused.value.smtp_code == 451
    assert not Received.objects.exists()


def test_many_at_once_are_all_there(servers: Running):
    def send(number: int) -> None:
        with client(servers) as server:
            for part in range(5):
                server.sendmail(
                    "a@example.com", [letters.OURS], letters.mail(f"投诉 {number} {part}")
                )

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Received.objects.count() == 40


def test_nobody_else_s_mail_is_sent_on(servers: Running):
    with client(servers) as server:
        server.ehlo()
        server.mail("a@example.com")
        assert server.rcpt("somebody@elsewhere.example")[0] == 550
        assert server.rcpt("service+anything@LOCALHOST")[0] == 250


def test_who_guesses_addresses_is_sent_away(servers: Running):
    with client(servers) as server:
        server.ehlo()
        server.mail("a@example.com")
        codes = [server.rcpt(f"guess{n}@localhost")[0] for n in range(smtp.MOST_STRANGERS + 1)]

        assert codes == [550] * smtp.MOST_STRANGERS + [421]


def test_n27_of_a_thousand_recipients_the_first_hundred_are_taken(servers: Running):
    with client(servers) as server:
        server.ehlo()
        server.mail("a@example.com")
        codes = [server.rcpt(f"service+{n}@localhost")[0] for n in range(1_000)]
        server.data(letters.mail())

    assert codes == [250] * smtp.MOST_RECIPIENTS + [452] * 900
    assert len(queries.envelope_of(Received.objects.get()).recipients) == smtp.MOST_RECIPIENTS


def test_the_null_sender_of_reports_is_taken(servers: Running):
    with client(servers) as server:
        server.sendmail("", [letters.OURS], letters.bounce("<x@localhost>"))

    assert queries.envelope_of(Received.objects.get()).sender == ""


def test_a_mail_that_is_too_long_is_refused_by_name(servers: Running):
    with client(servers) as server, pytest.raises(smtplib.SMTPResponseException) as refused:
        server.sendmail("a@example.com", [letters.OURS], letters.mail("长" * 100_000))

    assert refused.value.smtp_code == 552
    assert Received.objects.count() == 0


def test_n27_a_header_without_end_is_cut_off(servers: Running):
    with in_the_middle_of_a_mail(servers) as line:
        sent = 0
        with suppress(OSError):
            while sent < 100_000_000:
                sent += line.send(b"x" * 100_000)

    assert sent < 20_000_000

    assert Received.objects.count() == 0


@pytest.mark.parametrize("end", [b"\n.\n", b"\r.\r", b"\r\n.\n", b"\n.\r\n"])
def test_n25_no_second_mail_is_smuggled_behind_an_odd_end(servers: Running, end: bytes):
    smuggled = b"MAIL FROM:<evil@b.example>\r\nRCPT TO:<" + letters.OURS.encode() + b">\r\nDATA\r\n"
    with in_the_middle_of_a_mail(servers) as line:
        line.sendall(b"Subject: a\r\n\r\nhi" + end + smuggled + b"Subject: b\r\n\r\nyo\r\n.\r\n")
        assert answer(line).startswith("250 2.0.0")

    assert Received.objects.count() == 1


def test_by_lmtp_each_recipient_gets_an_answer(servers: Running):
    lmtp = smtplib.LMTP("127.0.0.1", servers.lmtp, local_hostname="mta.example")
    with lmtp:
        lmtp.ehlo()
        lmtp.mail("a@example.com")
        lmtp.rcpt(letters.OURS)
        lmtp.rcpt("service+tag@localhost")
        first = lmtp.data(letters.mail())
        second = lmtp.getreply()

    assert (first[0], second[0]) == (250, 250)
    assert Received.objects.get().via == "lmtp"
