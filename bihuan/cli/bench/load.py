"""File cases over HTTP as fast as they are answered; a program of its own, beside the house."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from dataclasses import dataclass, field

from bihuan.cli.bench import stories

_PATIENCE = 30.0  # seconds that the last answers may take


@dataclass(slots=True)
class Tally:
    """What came back."""

    created: int = 0
    seconds: list[float] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)

    def fault(self, why: str) -> None:
        self.errors[why] = self.errors.get(why, 0) + 1


class Client(asyncio.Protocol):
    """One connection that is kept: the next request leaves when the last was answered.

    The least a client can do, so that what is measured is the server: it reads the status and
    the length, nothing else.
    """

    def __init__(self, tally: Tally, head: bytes, mind: random.Random, until: float) -> None:
        self.tally, self.head, self.mind, self.until = tally, head, mind, until
        self.got = bytearray()
        self.sent_at = 0.0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._send()

    def _send(self) -> None:
        if time.perf_counter() >= self.until:
            self.transport.close()
            return
        body = stories.body(self.mind)
        key = f"{self.mind.getrandbits(96):024x}"
        self.sent_at = time.perf_counter()
        self.transport.write(
            self.head + f"{len(body)}\r\nIdempotency-Key: {key}\r\n\r\n".encode() + body
        )

    def data_received(self, data: bytes) -> None:
        self.got += data
        head, found, rest = self.got.partition(b"\r\n\r\n")
        if not found or len(rest) < _length(head):
            return
        self.tally.seconds.append(time.perf_counter() - self.sent_at)
        if head[9:12] == b"201":
            self.tally.created += 1
        else:
            self.tally.fault(head[9:12].decode())
        self.got.clear()
        self._send()

    def connection_lost(self, fault: Exception | None) -> None:
        if self.got or fault:
            self.tally.fault("connection lost")
        if not self.ended.done():
            self.ended.set_result(None)


def _length(head: bytes | bytearray) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


async def _file(given: argparse.Namespace, tally: Tally) -> float:
    head = (
        f"POST /api/v1/cases HTTP/1.1\r\nHost: 127.0.0.1:{given.port}\r\n"
        f"Authorization: Bearer {sys.stdin.readline().strip()}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    ).encode()
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    clients = [
        (
            await loop.create_connection(
                lambda n=n: Client(  # type: ignore[misc]  # mypy sees no type for a bound default
                    tally, head, random.Random(f"{given.seed} {n}"), begun + given.seconds
                ),
                "127.0.0.1",
                given.port,
            )
        )[1]
        for n in range(given.clients)
    ]
    await asyncio.wait([c.ended for c in clients], timeout=given.seconds + _PATIENCE)
    for client in clients:
        if not client.ended.done():
            tally.fault("no answer")
            client.transport.abort()
    return time.perf_counter() - begun


def main() -> None:
    """The token comes on stdin, figures go to stdout as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", required=True)
    given = parser.parse_args()
    tally = Tally()
    begun = time.process_time()
    took = asyncio.run(_file(given, tally))
    print(
        json.dumps(
            {
                "took": took,
                "created": tally.created,
                "errors": tally.errors,
                "cpu": time.process_time() - begun,
                "seconds": tally.seconds,
            }
        )
    )


if __name__ == "__main__":
    main()
