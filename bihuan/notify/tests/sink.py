"""A mail server of a few commands on 127.0.0.1 that keeps letters, or fails as it is told."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from bihuan.core.tests.serving import serving

Mood = Literal[
    "kind",
    "busy",
    "unknown_user",
    "too_big",
    "drops_after_data",
    "closing",
    "silent",
    "hangs_up",
    "slow",
]


class Sink(socketserver.ThreadingTCPServer):
    """`letters` holds what was taken with 250 or dropped after it was taken; `calls` counts."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mood: Mood = "kind"
        self.next_mood: Callable[[], Mood] = lambda: self.mood
        self.letters: list[bytes] = []
        self.senders: list[str] = []
        self.recipients: list[str] = []
        self.says: dict[str, str] = {}  # what is answered to a command instead
        self.calls = 0
        self.awake = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    server: Sink
    timeout = 5

    def handle(self) -> None:
        self.server.calls += 1
        mood = self.server.next_mood()
        if mood == "slow":
            self.server.awake.wait(0.02)
        if mood == "silent":
            self.server.awake.wait(5)
            return
        if mood == "closing":
            self._say("421 closing")
            return
        self._say("220 sink")
        while line := self.rfile.readline(2000).decode("latin-1").strip():
            if not self._answer(line, mood):
                return

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def _answer(self, line: str, mood: Mood) -> bool:
        verb = line.split(" ")[0].upper()
        if verb == "QUIT":
            self._say("221 bye")
            return False
        if verb == "MAIL" and mood == "hangs_up":
            return False
        if verb == "MAIL":
            self.server.senders.append(line)
        if verb in self.server.says:
            self._say(self.server.says[verb])
            return True
        if verb == "RCPT":
            self.server.recipients.append(line)
            refusals = {"busy": "451 try later", "unknown_user": f"550 no such user {line[8:]}"}
            self._say(refusals.get(mood, "250 ok"))
            return True
        if verb == "DATA":
            return self._take(mood)
        self._say("250 ok" if verb in ("EHLO", "HELO", "MAIL", "RSET") else "502 no")
        return True

    def _take(self, mood: Mood) -> bool:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        if mood == "too_big":
            self._say("552 too big")
            return True
        self.server.letters.append(b"".join(lines))
        if mood == "drops_after_data":
            return False
        self._say("250 kept as 1")
        return True


@contextmanager
def running() -> Iterator[Sink]:
    """A sink that serves until the block ends."""
    with serving(Sink()) as sink:
        try:
            yield sink
        finally:
            sink.awake.set()
