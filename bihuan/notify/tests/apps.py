"""The platform's app on 127.0.0.1: takes what is signed for it, by its id once."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from bihuan.core import signed
from bihuan.core.tests.serving import Desk, House, serving

AT = datetime(2026, 2, 13, 8, tzinfo=UTC)
NEW = bytes(range(32))


class App(House):
    """Takes what is signed by NEW, by `webhook-id` once; answers `status` and `says`."""

    def __init__(self) -> None:
        super().__init__(_Door)
        self.told: dict[str, dict[str, object]] = {}
        self.status, self.says, self.hangs_up = 200, b'{"receipt": "p-1"}', False

    @property
    def url(self) -> str:
        return f"{super().url}/push?app=1"


class _Door(Desk):
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
        return self.say(401 if fault else self.server.status, self.server.says)


def running() -> AbstractContextManager[App]:
    """An app that listens until the block ends."""
    return serving(App())
