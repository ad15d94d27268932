"""OrderSource over HTTP: every request and every answer signed (Standard Webhooks).

docs/orders.md is the contract that an order system keeps.
"""

from __future__ import annotations

import json
import secrets
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

from bihuan.core import signed
from bihuan.core.ports import OrderFacts, OrderSystemFault, RefundFacts, RefundWish
from bihuan.orders.providers import reading

TIMEOUT = 10.0  # seconds for the whole of a request
MOST = 2 * 1024 * 1024  # bytes of an answer
ANSWER = "re_"  # before the id of a request: the id of its answer


class Platform:
    """One request a question. `at` is when it is asked; `keys` sign, several while they change.

    `url` is plain http only on this machine.
    """

    name = "platform"

    def __init__(
        self, *, url: str, keys: Sequence[bytes], at: datetime, timeout: float = TIMEOUT
    ) -> None:
        self.url, self.keys, self.at, self.timeout = urlsplit(url), keys, at, timeout

    def find(self, number: str) -> OrderFacts | None:
        """The order of this number; another's number in the answer is a fault."""
        told = self._ask("order.find", {"number": number})["order"]
        if told is None:
            return None
        found = reading.order(told)
        if found.number != number:
            raise OrderSystemFault("not_ours")
        return found

    def bought_by(self, account: str) -> tuple[OrderFacts, ...]:
        """The orders of this account; one of another account in the answer is a fault."""
        told = self._ask("orders.of_account", {"account": account})["orders"]
        found = reading.orders(told)
        if any(one.account != account for one in found):
            raise OrderSystemFault("not_ours")
        return found

    def ask_refund(self, wish: RefundWish) -> RefundFacts:
        """What it says of it; an answer about another key, order or sum is a fault."""
        asked = {
            "key": wish.key, "number": wish.number, "amount_fen": wish.amount_fen,
            "reason": wish.reason,
        }  # fmt: skip
        found = reading.refund(self._ask("refund.ask", asked)["refund"])
        given = (found.key, found.number, found.amount_fen)
        if given != (wish.key, wish.number, wish.amount_fen):
            raise OrderSystemFault("not_ours")
        return found

    def refund(self, key: str) -> RefundFacts | None:
        """How it stands; None where it never heard of this key."""
        told = self._ask("refund.find", {"key": key})["refund"]
        found = None if told is None else reading.refund(told)
        if found is not None and found.key != key:
            raise OrderSystemFault("not_ours")
        return found

    def _ask(self, what: str, data: Mapping[str, object]) -> reading.Told:
        id = f"ord_{secrets.token_hex(12)}"
        said = {"type": what, "timestamp": self.at.isoformat(), "data": data}
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        heads = signed.headers(self.keys, id, self.at, body) | {"content-type": "application/json"}
        status, given, answer = self._sent(body, heads)
        if status == 409:
            raise OrderSystemFault("key_conflict")
        if status != 200:
            raise OrderSystemFault("busy" if status in (429, 503) else "no_answer")
        fault = signed.fault(
            self.keys, id=ANSWER + id, timestamp=given.get("webhook-timestamp", ""),
            signatures=given.get("webhook-signature", ""), body=answer, at=self.at,
        )  # fmt: skip
        if fault or given.get("webhook-id") != ANSWER + id:
            raise OrderSystemFault("unsigned")
        return reading.told(answer)

    def _sent(self, body: bytes, heads: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        """One request; whatever it takes, it ends with the timeout."""
        line = self._line()
        late: list[bool] = []

        def end() -> None:
            late.append(True)
            if line.sock is not None:
                with suppress(OSError):
                    line.sock.shutdown(socket.SHUT_RDWR)

        clock = Timer(self.timeout, end)
        clock.daemon = True
        clock.start()
        try:
            path = (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")
            line.request("POST", path, body, dict(heads))
            return _read(line.getresponse())
        except OrderSystemFault:
            raise
        except (OSError, HTTPException) as fault:
            timed_out = bool(late) or isinstance(fault, TimeoutError)
            raise OrderSystemFault("timed_out" if timed_out else "no_answer") from None
        finally:
            clock.cancel()
            line.close()

    def _line(self) -> HTTPConnection:
        if self.url.scheme == "http":
            return HTTPConnection(self.url.netloc, timeout=self.timeout)
        context: Any = ssl.create_default_context()
        return HTTPSConnection(self.url.netloc, timeout=self.timeout, context=context)


def _read(reply: HTTPResponse) -> tuple[int, dict[str, str], bytes]:
    named = {name.lower(): value for name, value in reply.getheaders()}
    body = reply.read(MOST + 1)
    if len(body) > MOST:
        raise OrderSystemFault("malformed")
    return reply.status, named, body
