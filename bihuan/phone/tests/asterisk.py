"""An Asterisk for tests: HTTP with a password, a WebSocket by hand (RFC 6455), ARI's JSON.

Written without the library that the house uses, so that the two prove each other.
"""

from __future__ import annotations

import base64
import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

USER, PASSWORD = "bihuan", "s3cret-of-ari"
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3


class Exchange(ThreadingHTTPServer):
    """Listens on a port of its own; `say` sends an event to whoever holds the line."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.channels: list[dict[str, Any]] = []
        self.bridges: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.lines: list[socket.socket] = []
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def say(self, *events: dict[str, Any] | str) -> None:
        """Each as one text frame."""
        for event in events:
            text = event if isinstance(event, str) else json.dumps(event)
            self.lines[-1].sendall(_frame(0x1, text.encode()))

    def ping(self) -> None:
        self.lines[-1].sendall(_frame(0x9, b"there?"))

    def cut(self) -> None:
        """The line breaks without a word."""
        self.lines[-1].shutdown(socket.SHUT_RDWR)

    def answered(self) -> int:
        """The kind of the next frame that was sent to us."""
        return read_frame(self.lines[-1])[0]


class _Door(BaseHTTPRequestHandler):
    server: Exchange
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Not on the screen of a test."""

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        if not self._may_enter():
            return
        self.server.asked.append(f"GET {self.path}")
        if place.path == "/ari/channels":
            self._say(200, json.dumps(self.server.channels).encode())
        elif place.path == "/ari/bridges":
            self._say(200, json.dumps(self.server.bridges).encode())
        elif place.path == "/ari/events" and parse_qs(place.query).get("app"):
            self._upgrade()
        else:
            self._say(404, b'{"message":"Invalid method"}')

    def do_POST(self) -> None:
        if self._may_enter():
            self.server.asked.append(f"POST {self.path}")
            self._say(204, b"")

    def _may_enter(self) -> bool:
        token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") == f"Basic {token}":
            return True
        self._say(401, b'{"message":"Authentication required"}')
        return False

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="Asterisk REST Interface"')
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _upgrade(self) -> None:
        key = self.headers["Sec-WebSocket-Key"]
        accept = base64.b64encode(sha1(f"{key}{_GUID}".encode()).digest()).decode()
        self.wfile.write(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
        )
        self.wfile.flush()
        self.server.lines.append(self.connection)
        self.close_connection = True
        self.server.closing.wait()  # the line is this request, which lasts


def _frame(kind: int, body: bytes) -> bytes:
    """A frame as a server sends it: not masked."""
    if len(body) < 126:
        return bytes([0x80 | kind, len(body)]) + body
    return bytes([0x80 | kind, 126]) + struct.pack("!H", len(body)) + body


def read_frame(line: socket.socket) -> tuple[int, bytes]:
    """A short frame as a client must send it: masked (RFC 6455, 5.1)."""
    line.settimeout(5)
    first, second = line.recv(2)
    assert second & 0x80, "not masked"
    mask = line.recv(4)
    body = line.recv(second & 0x7F) if second & 0x7F else b""
    return first & 0x0F, bytes(byte ^ mask[n % 4] for n, byte in enumerate(body))


@contextmanager
def running() -> Iterator[Exchange]:
    """One Asterisk while the test runs."""
    exchange = Exchange()
    thread = threading.Thread(target=exchange.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield exchange
    finally:
        exchange.closing.set()
        exchange.shutdown()
        thread.join()
        exchange.server_close()


def channel(
    id: str, name: str, state: str = "Ring", number: str = "", exten: str = "s", app: str = "Dial"
) -> dict[str, Any]:
    """A channel as Asterisk 20 shows it."""
    return {
        "id": id, "name": name, "state": state, "protocol_id": f"{id}@10.0.0.2",
        "caller": {"name": "", "number": number}, "connected": {"name": "", "number": ""},
        "accountcode": "",
        "dialplan": {
            "context": "from-trunk", "exten": exten, "priority": 3, "app_name": app, "app_data": "",
        },
        "creationtime": "2026-02-13T08:00:00.000+0000", "language": "zh",
    }  # fmt: skip


def event(kind: str, second: int, **more: Any) -> dict[str, Any]:
    """An event as Asterisk 20 sends it, so many seconds after eight o'clock."""
    return {
        "type": kind, "timestamp": f"2026-02-13T08:{second // 60:02}:{second % 60:02}.125+0000",
        "application": "bihuan", "asterisk_id": "02:42:ac:11:00:02", **more,
    }  # fmt: skip


def dial(second: int, status: str, caller: dict[str, Any], peer: dict[str, Any]) -> dict[str, Any]:
    """Somebody's telephone is called, rings, or is picked up."""
    return event(
        "Dial", second, dialstatus=status, forward="", dialstring="", caller=caller, peer=peer
    )
