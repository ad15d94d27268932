"""Order systems on 127.0.0.1: the demo's own shop, and one that says what a test tells it to."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bihuan.config.ordering import OrderSystem
from bihuan.core import signed
from bihuan.core.ports import OrderFacts, OrderItem, ParcelEvent
from bihuan.core.tests.serving import Desk, House, serving
from bihuan.demo.shop import Shop, serve

AT = datetime(2026, 2, 13, 8, tzinfo=UTC)
KEY = bytes(range(32))
LAMP = OrderFacts(
    number="E2026020412345",  # its shop lets a whole refund go
    account="U100001",
    shop="悦居家电",
    items=(OrderItem("护眼台灯", 1, 19900),),
    paid_fen=19900,
    refunded_fen=0,
    payment="支付宝",
    payment_state="paid",
    placed_at=AT - timedelta(days=9),
    received_at=AT - timedelta(days=6),
    parcel=(ParcelEvent(AT - timedelta(days=6), "received", "已签收"),),
    page="页面写明：七天无理由退货",
    terms="整机保修两年",
)


class Clock:
    """The shop's clock, which a test sets."""

    def __init__(self, at: datetime = AT) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@contextmanager
def running(folder: Path, now: Callable[[], datetime]) -> Iterator[tuple[Shop, OrderSystem]]:
    """The demo's shop, with the lamp in it."""
    shop = Shop(folder)
    shop.put([LAMP])
    with serving(serve(shop, [KEY], 0, now=now)) as server:
        yield shop, OrderSystem(f"http://127.0.0.1:{server.server_address[1]}/", (KEY,))


Says = Callable[[dict[str, Any]], Any]


class Liar(House):
    """Answers `says` of each question, in `status`, signed by `key` as of `now`."""

    def __init__(self, now: Callable[[], datetime], says: Says) -> None:
        super().__init__(_Door)
        self.now, self.says = now, says
        self.asked: list[dict[str, Any]] = []
        self.key, self.prefix, self.status, self.waits = KEY, "re_", 200, 0.0

    @property
    def system(self) -> OrderSystem:
        return OrderSystem(f"{self.url}/", (KEY,))


class _Door(Desk):
    server: Liar

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append(asked)
        time.sleep(self.server.waits)
        said = self.server.says(asked)
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        id = f"{self.server.prefix}{self.headers['webhook-id']}"
        self.send_response(self.server.status)
        for name, value in signed.headers([self.server.key], id, self.server.now(), body).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def lying(now: Callable[[], datetime], says: Says) -> Iterator[Liar]:
    """One that says so until the block ends."""
    with serving(Liar(now, says)) as liar:
        yield liar
