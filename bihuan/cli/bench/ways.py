"""Where notices arrive while they are measured: mail, WeChat, an app, and a text message gateway.

Each is a server on 127.0.0.1 that notes who got something and when.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Arrived = dict[str, dict[int, float]]  # channel -> number of the person -> time.time()


class Arrivals:
    """What arrived, by the number that stands in everybody's contact."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seen: Arrived = {}

    def note(self, channel: str, contact: str) -> None:
        found = re.search(r"(\d{4})(?:@|$)", contact)
        if found:
            with self.lock:
                self.seen.setdefault(channel, {}).setdefault(int(found[1]), time.time())


class Mail:
    """A mail server that takes everything."""

    def __init__(self, arrivals: Arrivals, port: int) -> None:
        self.arrivals = arrivals
        self.server = Controller(self, hostname="127.0.0.1", port=port)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        for to in envelope.rcpt_tos:
            self.arrivals.note("email", to)
        return "250 taken"

    def start(self) -> None:
        self.server.start()

    def stop(self) -> None:
        self.server.stop()


class _Desk(BaseHTTPRequestHandler):
    """One request of a program; `answer` says what it is told."""

    protocol_version = "HTTP/1.1"
    answer: ClassVar[Callable[[str, dict[str, Any]], dict[str, Any]]]

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = json.loads(raw) if raw else dict(parse_qsl(urlsplit(self.path).query))
        body = json.dumps(type(self).answer(urlsplit(self.path).path, said)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Api:
    """A program that is asked over HTTP: `answer` is given path and what was said."""

    def __init__(self, port: int, answer: Callable[[str, dict[str, Any]], dict[str, Any]]) -> None:
        desk = type("Desk", (_Desk,), {"answer": staticmethod(answer)})
        self.server = ThreadingHTTPServer(("127.0.0.1", port), desk)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Hanging:
    """Takes every connection and never says a word."""

    def __init__(self, port: int) -> None:
        self.listener = socket.create_server(("127.0.0.1", port), backlog=64)
        self.kept: list[socket.socket] = []
        self.thread = threading.Thread(target=self._take, daemon=True)

    def start(self) -> None:
        self.thread.start()

    def _take(self) -> None:
        while True:
            try:
                self.kept.append(self.listener.accept()[0])
            except OSError:
                return

    def stop(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for one in self.kept:
            one.close()


def gateway(arrivals: Arrivals, port: int) -> Api:
    """A gateway of text messages that is well."""

    def answer(path: str, said: dict[str, Any]) -> dict[str, Any]:
        arrivals.note("sms", str(said.get("PhoneNumbers", "")))
        return {"Code": "OK", "Message": "OK", "BizId": f"{time.time_ns()}^0"}

    return Api(port, answer)


def wechat(arrivals: Arrivals, port: int) -> Api:
    """WeChat, for people who wrote lately."""

    def answer(path: str, said: dict[str, Any]) -> dict[str, Any]:
        if path == "/cgi-bin/stable_token":
            return {"access_token": "a-token-of-the-bench", "expires_in": 7200}
        arrivals.note("wechat", str(said["touser"]))
        return {"errcode": 0, "errmsg": "ok"}

    return Api(port, answer)


def app(arrivals: Arrivals, port: int) -> Api:
    """The platform's app, which is told by push."""

    def answer(path: str, said: dict[str, Any]) -> dict[str, Any]:
        arrivals.note("push", str(said["data"]["account"]))
        return {"receipt": "taken"}

    return Api(port, answer)
