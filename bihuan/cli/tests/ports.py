"""Ports for the programs that tests start, below those that the system gives to outgoing calls.

One found by binding port 0 may belong to somebody's connection before the program binds it.
"""

from __future__ import annotations

import os
import socket
from itertools import cycle, islice
from pathlib import Path

_GIVEN_OUT = Path("/proc/sys/net/ipv4/ip_local_port_range")
_WORKERS = 64  # side by side, at most, before two of a run share their ports


def _ours() -> list[int]:
    """Those of this worker alone, from a place that another run begins elsewhere."""
    low = int(_GIVEN_OUT.read_text("ascii").split()[0]) if _GIVEN_OUT.exists() else 32_768
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    ports = [*range(max(1024, low // 2) + worker % _WORKERS, low, _WORKERS)]
    begin = os.getpid() % max(1, len(ports))
    return ports[begin:] + ports[:begin]


_PORTS = _ours()
_turns = cycle(_PORTS)


def free_port() -> int:
    """One of 127.0.0.1 that nobody holds; the same again only when all others had their turn."""
    free = (port for port in islice(_turns, len(_PORTS)) if _bound(port))
    return next(free, 0) or _bound(0)  # the system's own where it leaves none below


def _bound(port: int) -> int:
    """The port that was bound for a moment; 0 when it is somebody's."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
        found: int = probe.getsockname()[1]
        return found
