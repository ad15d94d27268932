"""One signed request to the very address that was judged, of whose answer the class is kept."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bihuan.integrations.providers import guard
from bihuan.integrations.providers.guard import Place, Resolve, Unfit

TIMEOUT = 10.0  # seconds for the whole of a try, without looking up the name
MOST = 65_536  # bytes of an answer that are read
GONE = 410
_CLASSES = {2: "2xx", 3: "3xx", 4: "4xx", 5: "5xx"}
#: What may have become of a try. `lost`: it was sent and nothing came back; `fault`: our own.
ANSWERS = (
    *_CLASSES.values(), "no_such_host", "private_address", "unfit", "no_answer",
    "bad_certificate", "garbled", "lost", "fault",
)  # fmt: skip

Dial = Callable[[str, int, float], socket.socket]


@dataclass(frozen=True, slots=True)
class Answer:
    """How a try went; `gone` when the receiver wants nothing any more (410)."""

    said: str
    gone: bool = False

    @property
    def is_success(self) -> bool:
        return self.said == "2xx"


def look_up(host: str, port: int) -> Sequence[str]:
    """Every address of a name, in the order in which the system would try them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


def dial(address: str, port: int, timeout: float) -> socket.socket:
    """A connection to this address."""
    return socket.create_connection((address, port), timeout)


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()


class Https:
    """Sends; `resolve`, `dial` and `context` are the network, which tests bring along."""

    name = "https"

    def __init__(
        self,
        *,
        resolve: Resolve = look_up,
        dial: Dial = dial,
        context: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._resolve, self._dial, self._context = resolve, dial, context
        self._timeout = timeout

    def check(self, url: str) -> str:
        """The host of an address that webhooks may go to; Unfit. Looks its name up."""
        place = guard.read(url)
        guard.addresses(place, self._resolve)
        return place.host

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One try. Never raises for what is outside; a redirect is an answer like another."""
        try:
            place = guard.read(url)
            found = guard.addresses(place, self._resolve)
        except Unfit as unfit:
            return Answer(unfit.code if unfit.code in ANSWERS else "unfit")
        until = time.monotonic() + self._timeout
        try:
            line = self._line(place, found, until)
        except ssl.SSLCertVerificationError:
            return Answer("bad_certificate")
        except OSError:
            return Answer("no_answer")
        with line:
            return _asked(line, _request(place, headers, body), until)

    def _line(self, place: Place, found: Sequence[str], until: float) -> ssl.SSLSocket:
        """A connection to the first of these addresses that takes one; OSError."""
        context = self._context or _trusted()
        for address in found:
            try:
                raw = self._dial(address, place.port, _left(until))
                break
            except OSError:
                if address == found[-1]:
                    raise
        try:
            raw.settimeout(_left(until))
            return context.wrap_socket(raw, server_hostname=place.host)
        except OSError:
            raw.close()
            raise


def _left(until: float) -> float:
    """Seconds; TimeoutError when there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _request(place: Place, headers: Mapping[str, str], body: bytes) -> bytes:
    said = {
        "Host": place.authority,
        "User-Agent": "Bihuan-Webhooks/1",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Accept": "*/*",
        "Connection": "close",
        **headers,
    }
    lines = [f"POST {place.path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def _asked(line: ssl.SSLSocket, request: bytes, until: float) -> Answer:
    """Of an answer nothing but its status is looked at, and its body is not even read (N36)."""
    try:
        line.settimeout(_left(until))
        line.sendall(request)
        said, count = b"", 0
        while True:
            head, end, rest = said.partition(b"\r\n\r\n")
            if end and head.startswith(b"HTTP/1.1 1"):  # on its way (RFC 9110, 15.2)
                said = rest
                continue
            if end or count >= MOST:
                return _read(head)
            line.settimeout(_left(until))
            more = line.recv(min(4096, MOST - count))
            if not more:
                return Answer("garbled" if said else "lost")
            said, count = said + more, count + len(more)
    except OSError:
        return Answer("lost")


def _read(head: bytes) -> Answer:
    words = head.split(b"\r\n", 1)[0].split(b" ")
    known = len(words) >= 2 and words[0] in (b"HTTP/1.1", b"HTTP/1.0") and words[1].isdigit()
    status = int(words[1]) if known and len(words[1]) == 3 else 0
    said = _CLASSES.get(status // 100, "garbled")
    return Answer(said, gone=status == GONE)
