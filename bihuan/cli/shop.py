"""`bihuan shop`: the demo's order system alone, for trying out what docs/orders.md says."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from bihuan.cli.arguments import PORT
from bihuan.core import signed

KEYS = "BIHUAN_ORDERS_KEYS"


def run(argv: Sequence[str]) -> int:
    """Answer until stopped: 0 then, 1 when the port is taken, 2 without keys."""
    parser = argparse.ArgumentParser(
        prog="bihuan shop",
        description="A small shop that answers about orders and refunds (docs/orders.md).",
        epilog="example: BIHUAN_ORDERS_KEYS=whsec_… bihuan shop --port 8600 --folder ./shop",
    )
    parser.add_argument("--port", type=PORT, default=8600, help="port on 127.0.0.1")
    parser.add_argument("--folder", type=Path, required=True, help="where its orders are kept")
    given = parser.parse_args(argv)
    try:
        keys = [signed.key_of(one.strip()) for one in _given().split(",")]
    except (ValueError, OSError):
        print(f"bihuan shop: {KEYS} must be whsec_ and 24 to 64 bytes", file=sys.stderr)
        return 2
    from bihuan.demo import shop

    try:
        server = shop.serve(
            shop.Shop(given.folder), keys, given.port, now=lambda: datetime.now(UTC)
        )
    except OSError as fault:
        print(f"bihuan shop: {fault}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, _stop)
    with suppress(KeyboardInterrupt):
        server.serve_forever(poll_interval=1)
    server.server_close()
    return 0


def _given() -> str:
    file = os.environ.get(f"{KEYS}_FILE")
    return Path(file).read_text().strip() if file else os.environ.get(KEYS, "")


def _stop(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt
