"""The servers that take mail: 250 is said when a mail is stored for good, and not before."""

from __future__ import annotations

import asyncio
import logging
import signal
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import DatabaseError, connections

from bihuan.mail import commands, rules, tasks
from bihuan.mail.commands import Came
from bihuan.store.statements import own_connection
from bihuan.store.together import Together
from bihuan.web import door

MOST_SESSIONS = 200
MOST_RECIPIENTS = 100  # RFC 5321, 4.5.3.1.8 asks for no fewer
MOST_STRANGERS = 20  # recipients that are none of ours; whoever guesses more is sent away
PATIENCE = 300.0  # seconds for a command or a mail, RFC 5321, 4.5.3.2
#: Bytes that all sessions together may have under way: what is more waits at its sender's.
MOST_UNDER_WAY = 400_000_000
_LINE = 1_000_000  # bytes: many programs do not fold their lines, whatever RFC 5322 says
SAYS = 20.0  # seconds between two signs of life
_TOGETHER = 32  # mails in one transaction
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Traffic:
    """What the servers of this process have in hand."""

    sessions: int = 0
    under_way: int = 0


class _Bounded(SMTP):
    """Ends a session that sends more than a mail may have, however it is cut into lines."""

    line_length_limit = _LINE
    via = "smtp"
    traffic: Traffic
    _came = 0
    _counted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if not self._counted:  # after STARTTLS it is called again
            if self.traffic.sessions >= MOST_SESSIONS:
                transport.write(b"421 4.3.2 too many connections, try again later\r\n")
                transport.close()
                return
            self._counted = True
            self.traffic.sessions += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._counted:
            self._counted = False
            self.traffic.sessions -= 1
            self.traffic.under_way -= self._came
            super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        self._came += len(data)
        self.traffic.under_way += len(data)
        # what was refused for its size is still read to its end, so that the sender hears why
        most = 2 * settings.MAIL_MAX + _LINE
        if self._came > most or self.traffic.under_way > MOST_UNDER_WAY + most:
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.abort()
            return
        super().data_received(data)

    def _set_post_data_state(self) -> None:
        self.traffic.under_way -= self._came
        self._came = 0
        super()._set_post_data_state()  # type: ignore[no-untyped-call]  # of the library


class _Lmtp(LMTP, _Bounded):
    via = "lmtp"


class _Door:
    """What is asked of us at each step of a session (aiosmtpd calls it)."""

    def __init__(self, together: Together[Came, int]) -> None:
        self._together = together

    async def handle_RCPT(
        self,
        server: _Bounded,
        session: Session,
        envelope: Envelope,
        address: str,
        options: Sequence[str],
    ) -> str:
        """Only for the house: nobody is sent on (no open relay)."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 too many recipients"
        if not rules.is_ours(address, settings.MAIL_ADDRESSES):
            strangers = getattr(session, "strangers", 0) + 1
            session.strangers = strangers  # type: ignore[attr-defined]  # ours to keep there
            if strangers > MOST_STRANGERS:
                asyncio.get_running_loop().call_soon(_close, server)
                return "421 4.7.1 too many unknown recipients"
            return "550 5.1.1 no such address here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 for the house"

    async def handle_DATA(self, server: _Bounded, session: Session, envelope: Envelope) -> str:
        """Stored, and only then taken over (RFC 5321, 6.1)."""
        sender = envelope.mail_from or ""
        content = envelope.original_content
        came = Came(
            raw=content if isinstance(content, bytes) else b"",
            via=server.via,
            recipients=tuple(envelope.rcpt_tos),
            sender="" if sender == "<>" else sender,
        )
        try:
            kept = await self._together(came)
        except Exception as fault:
            if not isinstance(fault, DatabaseError):
                _log.exception("a mail could not be kept")
            return "451 4.3.0 it cannot be kept just now, try again later"
        # by LMTP each recipient gets an answer (RFC 2033, 4.2)
        answers = len(envelope.rcpt_tos) if server.via == "lmtp" else 1
        return "\r\n".join([f"250 2.0.0 kept as {kept}"] * answers)

    async def handle_exception(self, fault: Exception) -> str:
        _log.error("a session ended: %s", type(fault).__name__)
        return "451 4.3.0 try again later"


def run(*, smtp: tuple[str, int] | None, lmtp: tuple[str, int] | None) -> None:
    """`bihuan mail`: until SIGTERM or SIGINT, in the main thread. OSError when a place is taken."""

    async def serve() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        post = Post()
        try:
            await post.open(smtp=smtp, lmtp=lmtp)
            names = [name for name, place in (("smtp", smtp), ("lmtp", lmtp)) if place]
            while not stop.is_set():
                await asyncio.to_thread(_say_it_lives, names)
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(stop.wait(), SAYS)
        finally:
            await post.close()

    asyncio.run(serve())


def _say_it_lives(names: Sequence[str]) -> None:
    """For who watches the ways. While the database is away nothing is taken, so nothing is said."""
    try:
        commands.listen(names=names, at=door.now())
    except DatabaseError:
        _log.warning("the servers could not say that they listen")
    finally:
        connections.close_all()


def _close(server: _Bounded) -> None:
    if server.transport is not None:
        server.transport.close()


class Post:
    """The listening servers of one process; belongs to one event loop."""

    def __init__(self) -> None:
        self._together: Together[Came, int] = Together(self._keep, most=_TOGETHER)
        self._taker = _Taker()
        self._traffic = Traffic()
        self._servers: list[asyncio.Server] = []

    async def open(
        self, *, smtp: tuple[str, int] | None = None, lmtp: tuple[str, int] | None = None
    ) -> list[tuple[str, int]]:
        """Listen; where, in the order given. OSError when a place is taken."""
        places = []
        for kind, place in ((_Bounded, smtp), (_Lmtp, lmtp)):
            if place:
                server = await asyncio.get_running_loop().create_server(self._made(kind), *place)
                self._servers.append(server)
                places.append((place[0], server.sockets[0].getsockname()[1]))
        return places

    def _keep(self, came: Sequence[Came]) -> list[int | Exception]:
        """In the thread that stores; all in one transaction."""
        try:
            return [row.id for row in commands.keep(came, at=door.now())]
        finally:
            own_connection()
            self._taker.look()

    def _made(self, kind: type[_Bounded]):  # type: ignore[no-untyped-def]  # a protocol factory
        loop, context = asyncio.get_running_loop(), _tls()
        door = _Door(self._together)

        def made() -> _Bounded:
            session = kind(
                door, data_size_limit=settings.MAIL_MAX, enable_SMTPUTF8=True, loop=loop,
                hostname=settings.MAIL_ADDRESSES[0].rpartition("@")[2], ident="Bihuan",
                tls_context=context, timeout=PATIENCE, auth_exclude_mechanism=("LOGIN", "PLAIN"),
            )  # fmt: skip
            session.traffic = self._traffic
            return session

        return made

    async def close(self) -> None:
        """Listen no more; what is being stored is stored to its end."""
        for server in self._servers:
            server.close()
        await asyncio.to_thread(self._together.close, connections.close_all)
        await asyncio.to_thread(self._taker.stop)


class _Taker(threading.Thread):
    """Takes what was stored, beside the worker, which has all else to do on its one core.

    Either may take any mail; a lease holds the other off.
    """

    def __init__(self) -> None:
        super().__init__(name="taker")
        self._more, self._over = threading.Event(), threading.Event()
        self.start()

    def look(self) -> None:
        """There is something now. From any thread."""
        self._more.set()

    def stop(self) -> None:
        """End after the mail in hand."""
        self._over.set()
        self._more.set()
        self.join()

    def run(self) -> None:
        while not self._over.is_set():
            self._more.wait()
            self._more.clear()
            try:
                while not self._over.is_set() and tasks.take(door.now(), most=1):
                    pass
            except Exception:  # the worker takes it then, or says why it cannot
                _log.exception("mails could not be taken here")
            finally:
                own_connection()
        connections.close_all()


def _tls() -> ssl.SSLContext | None:
    if not settings.MAIL_TLS_CERT:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.MAIL_TLS_CERT, settings.MAIL_TLS_KEY)
    return context
