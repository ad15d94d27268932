"""`bihuan web`, `live`, `work`, `mail`: one part of the house, for several machines."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bihuan.cli import connect, prepare
from bihuan.cli.arguments import PORT, whole
from bihuan.store import marks, postgres

PATIENCE = 10  # seconds that requests and streams get to end
THREADS = 4  # of a process of `bihuan web`: its pages are computed, more only wait for Python
# stdout is for answers: a bench that starts this part prints its JSON there
_STDERR = {"class": "logging.StreamHandler", "formatter": "generic"}
_SAYS = {
    "web": "Pages and the API from several worker processes (behind a proxy, beside `live`).",
    "live": "Live updates and programs that file, from asynchronous processes; pages too.",
    "work": "Jobs, notices and the sweep of deadlines.",
    "mail": "Mail by SMTP and LMTP, where BIHUAN_SMTP_LISTEN and BIHUAN_LMTP_LISTEN say.",
}


def run(argv: Sequence[str]) -> int:
    """Run the part named first in `argv` until it is stopped; 1 when it cannot start."""
    name, *rest = argv
    parser = argparse.ArgumentParser(
        prog=f"bihuan {name}", description=_SAYS[name], epilog=f"example: bihuan {name}"
    )
    if name in ("web", "live"):
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=PORT, default=8000, help="port to listen on")
        workers = 2 if name == "web" else 1
        parser.add_argument(
            "--workers",
            type=whole(1, 1024),
            default=workers,
            help=f"processes that serve ({workers})",
        )
    given = parser.parse_args(rest)
    if name == "work":
        return _work()
    if name == "mail":
        return _mail()
    return _serve(name, given.host, given.port, given.workers)


def _work() -> int:
    connect.django_ready()
    from bihuan.events import worker

    worker.run()
    return 0


def _mail() -> int:
    """Listen until stopped; 2 when no place is named, 1 when one is taken."""
    os.environ.setdefault("BIHUAN_POOL", "0")  # one thread stores, with a connection of its own
    connect.django_ready()
    from django.conf import settings

    from bihuan.mail import smtp

    if not (settings.SMTP_LISTEN or settings.LMTP_LISTEN):
        print("bihuan mail: set BIHUAN_SMTP_LISTEN or BIHUAN_LMTP_LISTEN", file=sys.stderr)
        return 2
    try:
        smtp.run(smtp=settings.SMTP_LISTEN, lmtp=settings.LMTP_LISTEN)
    except OSError as fault:
        print(f"bihuan mail: {fault}", file=sys.stderr)
        return 1
    return 0


def _serve(name: str, host: str, port: int, workers: int) -> int:
    try:
        free = prepare.is_free(port, host)
    except OSError as fault:
        print(f"bihuan {name}: --host {host}: {fault.strerror}", file=sys.stderr)
        return 2
    if not free:
        print(f"bihuan {name}: {postgres.PortTaken(port, host)}", file=sys.stderr)
        return 1
    urls = postgres.urls_from_environment()
    if urls is None:
        print(f"bihuan {name}: {postgres.NotRunning(postgres.default_home())}", file=sys.stderr)
        return 1
    home = postgres.default_home()
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o711)
        prepare.check_house(urls)
        prepare.collect_static(home, urls)
    except (prepare.Failed, marks.OtherHouse, OSError) as failed:
        print(f"bihuan {name}: {failed}", file=sys.stderr)
        return 1
    _granian(name, host, port, workers)
    return 0


def _granian(name: str, host: str, port: int, workers: int) -> None:
    """Serve until stopped."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    threaded = name == "web"
    if threaded:  # its few threads keep a connection each: no lending and giving back (HOUSE §5)
        os.environ.setdefault("BIHUAN_POOL", "0")
    Granian(
        "bihuan.config.wsgi:application" if threaded else "bihuan.config.asgi:application",
        address=host,
        port=port,
        # NL: Django speaks no lifespan protocol
        interface=Interfaces.WSGI if threaded else Interfaces.ASGINL,
        workers=workers,
        blocking_threads=THREADS if threaded else None,
        respawn_failed_workers=True,
        workers_kill_timeout=PATIENCE,
        working_dir=Path.cwd(),
        log_level=LogLevels.warning,
        log_dictconfig={"handlers": {"console": _STDERR, "access": _STDERR}},
    ).serve()
