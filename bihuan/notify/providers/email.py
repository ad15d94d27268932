"""Notifier over SMTP: knows at which point an answer was lost, and says so."""

from __future__ import annotations

import re
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from typing import Literal

from bihuan.core.ports import Outgoing, Undeliverable
from bihuan.notify.providers import NoAnswer, ReplyLost
from bihuan.notify.providers.letter import address, compose, sender_of

Tls = Literal["none", "starttls", "tls"]
_TIMEOUT = 10.0  # seconds for each answer of the server
#: A no that is about us although it is the answer to a recipient or a letter: who may send
#: here (RFC 3463, 4954), or what the commonest server says of a sender it puts off that long.
_SIGN_IN = frozenset({530, 534, 535, 538})
_ABOUT_US = re.compile(
    r"5\.(?:1\.[78]|7\.[0389])\b|sender address rejected|relay access denied", re.I
)


class Email:
    """One letter a connection. A permanent no about the letter is Undeliverable; about us, OSError.

    `at` is when this sweep runs: the Date of the letters.
    """

    name = "email"

    def __init__(
        self,
        *,
        host: str,
        port: int,
        sender: str,
        at: datetime,
        sender_name: str = "",
        user: str = "",
        password: str = "",
        tls: Tls = "starttls",
        timeout: float = _TIMEOUT,
        tagged: bool = False,
    ) -> None:
        self.host, self.port, self.tls, self.timeout = host, port, tls, timeout
        self.user, self.password = user, password
        self.sender, self.sender_name, self.at = sender, sender_name, at
        self.tagged = tagged

    def send(self, message: Outgoing) -> str:
        """The server's receipt. Raises Undeliverable, ReplyLost, NoAnswer or another OSError."""
        letter = self.letter(message)
        to = address(message.to)
        server = self._connected()
        try:
            _accepted(server.mail(sender_of(self.sender).addr_spec))
            _expect(server.rcpt(to.addr_spec), 250, 251)
            _expect(server.docmd("DATA"), 354)
            return _hand_over(server, letter.as_bytes())
        except smtplib.SMTPServerDisconnected as lost:
            raise NoAnswer("the connection was lost before the letter") from lost
        except UnicodeEncodeError:
            raise Undeliverable("not_an_address") from None
        finally:
            server.close()

    def letter(self, message: Outgoing) -> EmailMessage:
        """What is sent. Raises what `compose` does."""
        return compose(
            message, sender=self.sender, name=self.sender_name, at=self.at, tagged=self.tagged
        )

    def _connected(self) -> smtplib.SMTP:
        """Greeted, encrypted where asked, signed in. Every failure here is the server's: retry."""
        try:
            context = ssl.create_default_context() if self.tls != "none" else None
            server = (
                smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
                if self.tls == "tls"
                else smtplib.SMTP(self.host, self.port, timeout=self.timeout)
            )
        except OSError as fault:  # SMTPException is one
            raise NoAnswer(_short(fault)) from fault
        try:
            server.ehlo_or_helo_if_needed()
            if self.tls == "starttls":
                server.starttls(context=context)  # refuses when not offered: never in the clear
                server.ehlo()
            if self.user:
                server.login(self.user, self.password)
        except OSError as fault:
            server.close()
            raise NoAnswer(_short(fault)) from fault
        return server


def _hand_over(server: smtplib.SMTP, letter: bytes) -> str:
    # no line of a letter begins with a dot: both texts are base64, folded headers are indented
    try:
        server.send(letter + b".\r\n")
        code, text = server.getreply()
    except OSError as lost:
        raise ReplyLost(_short(lost)) from lost
    if code == 250:
        server.putcmd("QUIT")
    return _expect((code, text), 250)


def _accepted(reply: tuple[int, bytes]) -> None:
    """Whether we may send at all: a no here says nothing about the letter."""
    try:
        _expect(reply, 250)
    except (Undeliverable, OSError) as refused:
        raise NoAnswer(f"sender: {refused}") from None


def _expect(reply: tuple[int, bytes], *wanted: int) -> str:
    code, text = reply
    said = text.decode("utf-8", "replace").replace("\n", " ")[:160]
    if code in wanted:
        return said
    if code in _SIGN_IN or (500 <= code < 600 and _ABOUT_US.search(said)):
        raise NoAnswer(f"{code} {said}")
    if 500 <= code < 600:
        raise Undeliverable(f"{code} {said}")
    if code == 421:  # RFC 5321: the service closes, whoever the letter is for
        raise NoAnswer(f"{code} {said}")
    raise OSError(f"{code} {said}")


def _short(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"[:200]
