"""Fetch what came into a mailbox by IMAP (RFC 3501): nothing in it is changed, nothing skipped."""

from __future__ import annotations

import calendar
import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, cast

from django.conf import settings

from bihuan.mail import commands
from bihuan.mail.commands import Came
from bihuan.mail.models import Mailbox

AT_ONCE = 300  # mails in one look: the worker is asked to stop between two
PATIENCE = 30.0  # seconds for each answer of the server
AFTER_FAULT = timedelta(seconds=60)
TRIES = 3  # so often one mail is asked for before it is filed as one nobody could fetch
_WINDOW = 500  # UIDs asked for at once; four times as many each time there were none
_UID_MOST = 2**32 - 1  # RFC 3501, 2.3.1.1
_ANSWER_MOST = 2_000_000  # bytes of one answer beside the mail itself
_DATE = re.compile(rb'INTERNALDATE "([^"]{10,40})"')
_MONTHS = calendar.month_abbr  # in English, as RFC 3501 has them (no locale is ever set)
_FAULTS = (imaplib.IMAP4.error, OSError, ssl.SSLError, ValueError, EOFError)


class Watched(Protocol):
    """A mailbox to look into, as the settings name it; `every` in seconds."""

    @property
    def name(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def tls(self) -> bool: ...
    @property
    def user(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def folder(self) -> str: ...
    @property
    def every(self) -> int: ...


class Stuck(Exception):
    """One mail could not be fetched; `uid` says which."""

    def __init__(self, uid: int, fault: Exception) -> None:
        super().__init__(f"uid {uid}: {_short(fault)}")
        self.uid = uid


def fetch(now: Callable[[], datetime]) -> int:
    """Keep what is new in the watched mailbox; how many mails. 0 when it is not time to look.

    A server that does not answer, or answers nonsense, only makes the next look later.
    """
    box: Watched | None = settings.IMAP
    row = commands.look_into(name=box.name, at=now()) if box else None
    if box is None or row is None:
        return 0
    kept: list[int] = []
    try:
        with _connected(box) as line:
            whole = _catch_up(line, box, row, kept, now)
    except Stuck as fault:
        _failed(box, str(fault), fault.uid, now())
    except _FAULTS as fault:
        _failed(box, _short(fault), 0, now())
    else:
        pause = timedelta(seconds=box.every) if whole else timedelta()
        commands.looked(name=box.name, again_at=now() + pause, at=now())
    return len(kept)


def _failed(box: Watched, fault: str, uid: int, at: datetime) -> None:
    commands.look_failed(name=box.name, fault=fault, uid=uid, again_at=at + AFTER_FAULT, at=at)


def _catch_up(
    line: _Line, box: Watched, row: Mailbox, kept: list[int], now: Callable[[], datetime]
) -> bool:
    """Whether all of the mailbox was seen; False when there is more than one look takes."""
    validity, last = _opened(line, box.folder)
    if validity != row.uid_validity:
        row = commands.begin_anew(name=box.name, uid_validity=validity, at=now())
    for uid in _new(line, row.last_uid + 1, last, row.since_on):
        if len(kept) >= AT_ONCE:
            return False
        gives_up = row.stuck_uid == uid and row.stuck_tries >= TRIES
        came = _unfetched(now()) if gives_up else _mail(line, uid, now())
        found = commands.keep_found(
            name=box.name, uid_validity=validity, uid=uid, came=came, at=now()
        )
        if found:
            kept.append(found.id)
    return True


def _opened(line: _Line, folder: str) -> tuple[int, int]:
    """UIDVALIDITY, and the last UID there may be. The folder is opened for reading only."""
    quoted = folder.replace("\\", "\\\\").replace('"', '\\"')
    _said(line.select(f'"{quoted}"', readonly=True))
    validity, following = _number(line, "UIDVALIDITY"), _number(line, "UIDNEXT")
    if not 0 < validity <= _UID_MOST:
        raise ValueError("the mailbox has no UIDVALIDITY")
    return validity, min(following - 1, _UID_MOST) if following > 0 else _UID_MOST


def _number(line: _Line, name: str) -> int:
    _kind, found = line.response(name)
    value = found[-1] if found and found[-1] else b"0"
    return int(value) if isinstance(value, bytes) and value.isdigit() else 0


def _new(line: _Line, low: int, last: int, since: date) -> Iterator[int]:
    """The UIDs from `low` on of mails that arrived since that day, in order.

    What lies outside of what was asked for is not believed.
    """
    step, day = _WINDOW, f"{since.day}-{_MONTHS[since.month]}-{since.year}"
    while low <= last:
        high = min(low + step - 1, last)
        found = _said(line.uid("SEARCH", "UID", f"{low}:{high}", "SINCE", day))
        uids = sorted({int(one) for part in found for one in (part or b"").split()})
        yield from (uid for uid in uids if low <= uid <= high)
        step = _WINDOW if uids else step * 4
        low = high + 1


def _mail(line: _Line, uid: int, at: datetime) -> Came | None:
    """That mail, its beginning when it is longer than the house takes; None when it is gone."""
    most = settings.MAIL_MAX
    try:
        found = _said(line.uid("FETCH", str(uid), f"(INTERNALDATE BODY.PEEK[]<0.{most + 1}>)"))
    except _FAULTS as fault:
        raise Stuck(uid, fault) from fault
    for part in found:
        if isinstance(part, tuple) and len(part) == 2:
            head, raw = part
            return Came(
                raw=raw[:most], via="imap", arrived_at=_arrived(head, at), cut=len(raw) > most
            )
    return None


def _unfetched(at: datetime) -> Came:
    """In place of a mail the server does not give: a person must look into the mailbox itself."""
    return Came(raw=b"", via="imap", arrived_at=at, cut=True)


def _arrived(head: bytes, at: datetime) -> datetime:
    """When it reached the mailbox, which is the platform's (X-09); now when nobody says."""
    found = _DATE.search(head)
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        if found:
            moment = parsedate_to_datetime(found[1].decode("ascii", "replace").strip())
            return min(moment.astimezone(UTC), at)
    return at


def _said(answer: tuple[str, list[Any]]) -> list[Any]:
    kind, data = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(str(data[:1]))
    return data


@contextmanager
def _connected(box: Watched) -> Iterator[_Line]:
    if box.tls:
        line: Any = _TlsLine(
            box.host, box.port, ssl_context=ssl.create_default_context(), timeout=PATIENCE
        )
    else:
        line = _Line(box.host, box.port, timeout=PATIENCE)
    try:
        line.login(box.user, box.password)
        yield cast(_Line, line)
    finally:
        with suppress(*_FAULTS):
            line.logout()
        with suppress(OSError):  # when it was closed by that
            line.shutdown()


class _Bounded:
    """A server may say so much to one command and no more, whatever lengths it announces."""

    _heard = 0
    _most = _ANSWER_MOST

    def read(self, size: int) -> bytes:
        self._hear(size)
        return bytes(super().read(size))  # type: ignore[misc]  # of imaplib's own

    def readline(self) -> bytes:
        line = bytes(super().readline())  # type: ignore[misc]  # of imaplib's own
        self._hear(len(line))
        return line

    def _command(self, name: str, *args: Any) -> Any:
        self._heard = 0
        self._most = _ANSWER_MOST + (settings.MAIL_MAX if args[:1] == ("FETCH",) else 0)
        return super()._command(name, *args)  # type: ignore[misc]  # of imaplib's own

    def _hear(self, size: int) -> None:
        self._heard += size
        if size < 0 or self._heard > self._most:
            raise imaplib.IMAP4.abort("the server says more than it was asked for")


class _Line(_Bounded, imaplib.IMAP4):
    """In the clear, which the settings allow on this machine only."""


class _TlsLine(_Bounded, imaplib.IMAP4_SSL):
    """Encrypted, the server's name checked."""


def _short(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"[:160]
