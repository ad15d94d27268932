"""Clients that file cases until each is acknowledged, with a ledger outside the database."""

from __future__ import annotations

import http.client
import json
import os
import random
import string
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bihuan.cli.bench import stories

_PATIENCE = 30.0  # seconds for one answer
_BREATH = 0.1  # seconds before the same filing is sent again
_THOUGHT = 0.2, 1.5  # seconds between two filings: the worker tells people of each meanwhile
_OLD = 0.25  # the share that was noted down days ago: their clocks are over already
_AGAIN = 0.1  # the share that is sent once more after its answer, as a nervous program does
_GLYPHS = string.ascii_lowercase  # letters: digits in a row would be taken for a phone number


@dataclass(frozen=True, slots=True)
class Ack:
    """What a client was promised: its filing, known by a mark, is this case."""

    mark: str
    number: str


class Ledger:
    """Lines on the disk: a mark before it is sent, an acknowledgement before it counts (I1).

    It lies outside the database, so it can contradict it.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()
        self.acks = 0

    def close(self) -> None:
        os.close(self._handle)

    def tried(self, mark: str) -> None:
        """This filing is about to be sent; nobody knows what becomes of it."""
        self._write({"tried": mark})

    def acknowledged(self, ack: Ack) -> None:
        """The house has said that it has it."""
        self._write(asdict(ack))
        self.acks += 1

    def _write(self, line: dict[str, str]) -> None:
        with self._lock:
            os.write(self._handle, json.dumps(line).encode() + b"\n")
            os.fsync(self._handle)


def read(file: Path) -> tuple[set[str], list[Ack]]:
    """Every mark that was ever sent, and every acknowledgement."""
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    tried = {line["tried"] for line in lines if "tried" in line}
    return tried, [Ack(**line) for line in lines if "number" in line]


def marked(text: str, mark: str) -> str:
    """The words with the mark by which the verifier finds them again."""
    return f"{text}（回执标记{mark}）"


@dataclass(slots=True)
class Crew:
    """Clients, each in a thread of its own; `faults` counts answers nobody should get."""

    port: int
    token: str
    ledger: Ledger
    clients: int
    seed: int
    faults: dict[str, int] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _give_up: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """They file until the block ends, then bring what they began to its answer."""
        threads = [
            threading.Thread(target=self._file, args=(random.Random(f"{self.seed} {n}"),))
            for n in range(self.clients)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        except BaseException:
            self._give_up.set()
            raise
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(_PATIENCE * 2)
            self._give_up.set()

    def _file(self, mind: random.Random) -> None:
        door = Door(self.port, self.token)
        while not self._stop.is_set():
            mark = "".join(mind.choices(_GLYPHS, k=16))
            body = _body(mind, mark)
            self._stop.wait(mind.uniform(*_THOUGHT))
            self.ledger.tried(mark)
            number = self._until_answered(door, mark, body)
            if number:
                self.ledger.acknowledged(Ack(mark, number))
                if mind.random() < _AGAIN and self._until_answered(door, mark, body) != number:
                    self._fault("another answer to the same key")
        door.close()

    def _until_answered(self, door: Door, mark: str, body: bytes) -> str:
        """Send it, and again with the same key while nothing is known; the case's number."""
        while not self._give_up.is_set():
            status, number = door.post(mark, body)
            if status in {200, 201}:
                return number
            if 0 < status < 500:
                self._fault(f"status {status}")
                return ""
            time.sleep(_BREATH)
        return ""

    def _fault(self, why: str) -> None:
        with self._lock:
            self.faults[why] = self.faults.get(why, 0) + 1


class Door:
    """One kept connection to the API; after a fault the next request opens another."""

    def __init__(self, port: int, token: str) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        self._head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def close(self) -> None:
        self._line.close()

    def post(self, key: str, body: bytes) -> tuple[int, str]:
        """Status and case number; 0 when the answer never came."""
        try:
            head = self._head | {"Idempotency-Key": key}
            self._line.request("POST", "/api/v1/cases", body, head)
            answer = self._line.getresponse()
            said = answer.read()
            found = json.loads(said).get("number", "") if answer.status < 300 else ""
            return answer.status, found
        except (OSError, http.client.HTTPException, ValueError):
            self.close()
            return 0, ""


def _body(mind: random.Random, mark: str) -> bytes:
    told = json.loads(stories.body(mind))
    told["text"] = marked(told["text"], mark)
    if mind.random() < _OLD:
        days = timedelta(days=mind.uniform(2, 9))
        told["received_at"] = (datetime.now(UTC) - days).isoformat()
    return json.dumps(told, ensure_ascii=False).encode()
