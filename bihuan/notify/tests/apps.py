"""The platform's app on 127.0.0.1: takes what is signed for it, by its id once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bihuan.core import signed

AT = datetime(2026, 2, 13, 8, tzinfo=UTC)
NEW = bytes(range(32))


class App(ThreadingHTTPServer):
    """Takes what is signed by NEW, by `webhook-id` once; answers `status` and `says`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.told: dict[str, dict[str, object]] = {}
        self.status, self.says, self.hangs_up = 200, b'{"receipt": "p-1"}', False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/push?app=1"


class _Door(BaseHTTPRequestHandler):
    server: App

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        id = self.headers["webhook-id"]
        fault = signed.fault(
            [NEW], id=id, timestamp=self.headers["webhook-timestamp"],
            signatures=self.headers["webhook-signature"], body=body, at=AT,
        )  # fmt: skip
        if not fault:
            self.server.told[id] = json.loads(body)
        if self.server.hangs_up:
            return self.connection.close()
        said = self.server.says
        self.send_response(401 if fault else self.server.status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)
        return None

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def running() -> Iterator[App]:
    """An app that listens until the block ends."""
    with App() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
