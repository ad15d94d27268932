"""An IMAP server of a few commands on 127.0.0.1 that tells the truth, or lies as it is told."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

Mood = Literal[
    "honest", "huge_literal", "endless_lines", "strange_uids", "no_validity", "hangs_up",
    "nonsense", "refuses_login", "long_mail", "many_uids",
]  # fmt: skip


class Liar(socketserver.ThreadingTCPServer):
    """`mails` by UID; `fetched` are the UIDs that were asked for."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mood: Mood = "honest"
        self.mails: dict[int, bytes] = {}
        self.validity = 7
        self.fetched: list[int] = []
        self.spoils: set[int] = set()  # UIDs at which the mood shows; every one when empty

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    server: Liar
    timeout = 10
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self._say("* OK ready")
        try:
            while line := self.rfile.readline(4000).decode("latin-1").strip():
                tag, _, rest = line.partition(" ")
                if not self._answer(tag, rest):
                    return
        except (OSError, ValueError):
            return  # the other side has had enough

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode("latin-1") + b"\r\n")

    def _answer(self, tag: str, rest: str) -> bool:
        verb = rest.split(" ")[0].upper()
        mood = self.server.mood
        if verb == "LOGIN" and mood == "refuses_login":
            self._say(f"{tag} NO wrong password")
        elif verb in ("SELECT", "EXAMINE"):
            self._select()
            self._say(f"{tag} OK [READ-ONLY] opened")
        elif rest.upper().startswith("UID SEARCH"):
            self._search(rest)
            self._say(f"{tag} OK done")
        elif rest.upper().startswith("UID FETCH"):
            return self._fetch(tag, rest)
        elif verb == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1")
            self._say(f"{tag} OK done")
        else:
            self._say(f"{tag} OK done")
        return verb != "LOGOUT"

    def _select(self) -> None:
        self._say(f"* {len(self.server.mails)} EXISTS")
        if self.server.mood != "no_validity":
            self._say(f"* OK [UIDVALIDITY {self.server.validity}] valid")
        self._say(f"* OK [UIDNEXT {max(self.server.mails, default=0) + 1}] next")

    def _search(self, rest: str) -> None:
        low, high = (int(one) for one in re.findall(r"UID (\d+):(\d+)", rest)[0])
        found = [uid for uid in self.server.mails if low <= uid <= high]
        if self.server.mood == "strange_uids":
            found = [99_999, *found, low - 1, *found]
        if self.server.mood == "many_uids":
            for _ in range(4):
                self._say("* SEARCH " + "7777777 " * 110_000)
        self._say("* SEARCH " + " ".join(map(str, found)))

    def _fetch(self, tag: str, rest: str) -> bool:
        uid, most = (int(one) for one in re.findall(r"FETCH (\d+).*<0\.(\d+)>", rest)[0])
        self.server.fetched.append(uid)
        raw = self.server.mails.get(uid)
        mood = self.server.mood
        if self.server.spoils and uid not in self.server.spoils:
            mood = "honest"
        if mood == "hangs_up":
            return False
        if mood == "nonsense":
            self._say("\x00\x01 what?")
            return False
        if mood == "endless_lines":
            while True:
                self.wfile.write(b"* 1 FETCH (FLAGS ())\r\n" * 10_000)
        if raw is not None:
            size = 10**12 if mood == "huge_literal" else min(len(raw), most)
            date = '"13-Feb-2026 15:59:30 +0800"'
            self._say(f"* 1 FETCH (UID {uid} INTERNALDATE {date} BODY[]<0> {{{size}}}")
            self.wfile.write(raw[:most])
            if mood == "huge_literal":
                while True:
                    self.wfile.write(b"x" * 1_000_000)
            self._say(")")
        self._say(f"{tag} OK done")
        return True


@contextmanager
def running() -> Iterator[Liar]:
    """Until the block ends."""
    server = Liar()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
