"""Notifier to the platform's own app, or anything else: one signed request (Standard Webhooks).

It carries a title and a link that opens one case, and whose account it is for; never the words
(3.3). What became of it comes back by a signed receipt (docs/push.md).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from bihuan.core import signed
from bihuan.core.ports import Outgoing, Undeliverable
from bihuan.notify.providers import NoAnswer, ReplyLost, line

#: The account is unknown or has no device, or this message can never be taken.
_IN_VAIN = frozenset({404, 410, 413, 422})
#: This one is too much just now; others may still go.
_LATER = frozenset({409, 425})


class Push:
    """One message a request. The same key has the same `webhook-id`: the receiver tells once.

    `at` is when this sweep runs. `keys` sign, several while they change. `url` is the receiver,
    plain http only on this machine.
    """

    name = "push"

    def __init__(
        self, *, url: str, keys: Sequence[bytes], at: datetime, timeout: float = line.TIMEOUT
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
        heads = signed.headers(self.keys, id, self.at, body) | {"content-type": "application/json"}
        path = (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")
        status, _, answer = line.asked(self.url, "POST", path, body, heads, timeout=self.timeout)
        if 200 <= status < 300:
            return _said(answer, "receipt")[:200] or id
        said_no = f"{status} {_said(answer, 'error')[:80]}".strip()
        if status in _IN_VAIN:
            raise Undeliverable(said_no)
        if status in _LATER:
            raise OSError(said_no)
        raise (ReplyLost if status >= 500 and status != 503 else NoAnswer)(said_no)


def _said(answer: bytes, name: str) -> str:
    """What the receiver calls it, or a short code for people: `{"error": "no_device"}`."""
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return ""
    return str(found.get(name, "")) if isinstance(found, dict) else ""
