"""Notifier to the platform's own app, or anything else: one signed request (Standard Webhooks).

It carries a title and a link that opens one case, and whose account it is for; never the words
(3.3). What became of it comes back by a signed receipt (docs/push.md).
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from bihuan.core import signed
from bihuan.core.ports import Outgoing, Undeliverable
from bihuan.notify.providers import NoAnswer, ReplyLost

_TIMEOUT = 10.0  # seconds for each answer of the receiver
#: The account is unknown or has no device, or this message can never be taken.
_IN_VAIN = frozenset({404, 410, 413, 422})
#: This one is too much just now; others may still go.
_LATER = frozenset({409, 425})
_MOST = 65_536


class Push:
    """One message a request. The same key has the same `webhook-id`: the receiver tells once.

    `at` is when this sweep runs. `keys` sign, several while they change. `url` is the receiver,
    plain http only on this machine.
    """

    name = "push"

    def __init__(
        self, *, url: str, keys: Sequence[bytes], at: datetime, timeout: float = _TIMEOUT
    ) -> None:
        self.url, self.keys, self.at, self.timeout = urlsplit(url), keys, at, timeout

    def send(self, message: Outgoing) -> str:
        """The receiver's receipt, or our id. Raises Undeliverable, ReplyLost, NoAnswer, OSError."""
        if not message.to:
            raise Undeliverable("no_account")
        id = message.reply or sha256(message.key.encode()).hexdigest()[:32]
        said = {
            "type": "notice",
            "timestamp": self.at.isoformat(),
            "data": {
                "id": id, "account": message.to, "title": message.subject, "link": message.link,
            },
        }  # fmt: skip
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        heads = signed.headers(self.keys, id, self.at, body)
        status, answer = self._posted(body, heads | {"content-type": "application/json"})
        if 200 <= status < 300:
            return _receipt(answer) or id
        said_no = f"{status} {_said(answer)}".strip()
        if status in _IN_VAIN:
            raise Undeliverable(said_no)
        if status in _LATER:
            raise OSError(said_no)
        raise (ReplyLost if status >= 500 and status != 503 else NoAnswer)(said_no)

    def _posted(self, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        line = self._line()
        try:
            line.connect()
        except OSError as fault:
            line.close()
            raise NoAnswer(_short(fault)) from fault
        path = (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")
        try:
            line.request("POST", path, body, headers)
            reply = line.getresponse()
            return reply.status, reply.read(_MOST)
        except (OSError, HTTPException) as lost:
            raise ReplyLost(_short(lost)) from lost
        finally:
            line.close()

    def _line(self) -> HTTPConnection:
        host = self.url.netloc
        if self.url.scheme == "http":
            return HTTPConnection(host, timeout=self.timeout)
        return HTTPSConnection(host, timeout=self.timeout, context=ssl.create_default_context())


def _receipt(answer: bytes) -> str:
    """What the receiver calls it, where it says so."""
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return ""
    return str(found.get("receipt", ""))[:200] if isinstance(found, dict) else ""


def _said(answer: bytes) -> str:
    """A short code for people who look after it: `{"error": "no_device"}`."""
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return ""
    return str(found.get("error", ""))[:80] if isinstance(found, dict) else ""


def _short(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"[:200]
