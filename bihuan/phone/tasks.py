"""What time brings: missed calls become cases, old calls go, Asterisk is listened to."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings

from bihuan.core.actors import SYSTEM
from bihuan.core.calls import Heard
from bihuan.core.refusals import Invalid
from bihuan.phone import commands, queries
from bihuan.phone.providers import Refused
from bihuan.phone.providers.asterisk import Asterisk

logger = logging.getLogger(__name__)
ASTERISK = Asterisk.name
LOOK = 1.0  # seconds one look waits for something to be said
HOLD = 5.0  # seconds between two signs that this process still has the line
MOST = 60.0  # seconds between two tries, however often they failed
FAULTS = frozenset({"refused", "replaced", "lost", "no_answer"})


def settle(at: datetime) -> int:
    """Every few seconds: judge the calls that are over; how many became a case."""
    return commands.settle(by=SYSTEM, at=at)


def forget(at: datetime) -> int:
    """Every hour: calls are kept for BIHUAN_PHONE_KEEP_DAYS."""
    return commands.forget(days=settings.PHONE.keep_days, by=SYSTEM, at=at)


class Listener:
    """Keeps the line to Asterisk: taken up, listened to, and after a loss taken up again.

    `at` is the clock's; what waits in between counts by a clock that nobody sets back.
    """

    def __init__(self) -> None:
        self.line: Asterisk | None = None
        self.holder = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.failures, self.again, self.held = 0, 0.0, 0.0

    def listen(self, at: datetime, wait: float = LOOK) -> int:
        """One look: how many events were taken in. Does nothing where no Asterisk is named."""
        if not settings.PHONE.ari_url or time.monotonic() < self.again:
            return 0
        try:
            return self._look(at, wait) if self._holds(at) else 0
        except OSError as fault:
            self._lose(fault, at)
            return 0

    def _holds(self, at: datetime) -> bool:
        """Whether this process is the one of the house that listens; asked every few seconds."""
        if self.line is None or time.monotonic() - self.held > HOLD:
            self.held = time.monotonic()
            fault = "" if self.line else "no_answer"
            if not commands.hold_line(source=ASTERISK, holder=self.holder, fault=fault, at=at):
                self.again = time.monotonic() + HOLD
                self.hang_up()
                return False
        return True

    def _look(self, at: datetime, wait: float) -> int:
        extensions = queries.all_extensions()
        if self.line is not None:
            return _take_in(self.line.heard(wait, extensions), at + timedelta(seconds=wait))
        phone = settings.PHONE
        line = Asterisk(
            url=phone.ari_url, user=phone.ari_user, password=phone.ari_password, app=phone.ari_app
        )
        told, alive = line.connect(extensions)
        self.line, self.failures = line, 0
        commands.hold_line(source=ASTERISK, holder=self.holder, at=at)
        logger.info("listening to Asterisk")
        gone = commands.end_all_but(source=ASTERISK, alive=alive, since=at, by=SYSTEM, at=at)
        return _take_in(told, at) + gone

    def _lose(self, fault: OSError, at: datetime) -> None:
        """Say why, and wait longer after each failure; a wrong password does not right itself."""
        word = "refused" if isinstance(fault, Refused) else str(fault)
        word = word if word in FAULTS else "no_answer"
        self.hang_up()
        self.failures += 1
        longest = word in ("refused", "replaced")
        self.again = time.monotonic() + (MOST if longest else min(2.0 ** (self.failures - 1), MOST))
        commands.hold_line(source=ASTERISK, holder=self.holder, fault=word, at=at)
        logger.warning("no line to Asterisk: %s", word)

    def hang_up(self) -> None:
        """Let go of the line."""
        if self.line is not None:
            self.line.close()
            self.line = None


def _take_in(heard: Sequence[Heard], at: datetime) -> int:
    """Each in its own transaction; what cannot be is said in our own log, without its numbers."""
    for one in heard:
        try:
            commands.hear(source=ASTERISK, ref=one.ref, fact=one.fact, by=SYSTEM, at=at)
        except Invalid as fault:
            logger.warning("an event of Asterisk cannot be: %s", ", ".join(fault.fields))
    return len(heard)


_listener = Listener()


def listen(at: datetime) -> int:
    """All the time, in one process of the house."""
    return _listener.listen(at)
