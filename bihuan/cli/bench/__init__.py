"""`bihuan bench NAME`: programs that measure speed, memory and safety; never timed tests."""

from __future__ import annotations

import importlib
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from bihuan.cli.bench import house

#: name -> (module, what it measures)
BENCHES = {
    "intake": ("bihuan.cli.bench.intake", "filing over HTTP against the same rows by pgbench"),
    "desk": ("bihuan.cli.bench.desk", "inbox, case page, dashboard: at 50,000 and 500,000 cases"),
    "reports": ("bihuan.cli.bench.reports", "on-time rate and others: at 500,000 cases"),
    "sweep": ("bihuan.cli.bench.sweep", "judging 500 due clocks: at 50,000 and 500,000 cases"),
    "flood": (
        "bihuan.cli.bench.flood",
        "10,000 dues that pass in one minute, by the worker",
    ),
    "many": ("bihuan.cli.bench.many", "1,000 cases reassigned with one order, by the worker"),
    "footprint": ("bihuan.cli.bench.footprint", "memory, start-up time and weight of the pages"),
    "mail": ("bihuan.cli.bench.mail", "mails a second by SMTP until each is a case"),
    "chat": ("bihuan.cli.bench.chat", "500 open chats: from a word to the other side's stream"),
    "notices": (
        "bihuan.cli.bench.notices",
        "notices by every way while text messages cannot be sent",
    ),
    "search": ("bihuan.cli.bench.search", "a rare and a common word among 500,000 cases"),
    "crash": ("bihuan.cli.bench.crash", "kill -9 in random order while cases are filed"),
}


def run(argv: Sequence[str]) -> int:
    """Run one bench: 0 every goal met, 1 one missed or it failed, 2 bad input."""
    if not argv or argv[0] in {"-h", "--help"}:
        print(_help())
        return 0 if argv else 2
    name, *rest = argv
    if name not in BENCHES:
        print(f"bihuan bench: there is no bench {name!r}\n\n{_help()}", file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)  # what it started and made must go with it
    module = importlib.import_module(BENCHES[name][0])
    try:
        return int(module.run(name, rest))
    except house.DidNotOpen as failed:
        print(f"\nbihuan bench {name}: {failed}", file=sys.stderr)
        return 1


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _help() -> str:
    rows = "\n".join(f"  {name:9} {says}" for name, (_, says) in BENCHES.items())
    return (
        "usage: bihuan bench NAME [--json] [--help]\n\nEach runs in a temporary folder with a "
        "PostgreSQL of its own, prints its figures, and exits 1 when a goal is missed.\n\n"
        f"{rows}\n\nexample: bihuan bench intake --seconds 60"
    )
