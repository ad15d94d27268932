"""`bihuan bench NAME`: programs that measure speed, memory and safety; never timed tests."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

#: name -> (module, what it measures)
BENCHES = {
    "intake": ("bihuan.cli.bench.intake", "filing over HTTP against the same rows by pgbench"),
    "desk": ("bihuan.cli.bench.desk", "inbox and case page, at 50,000 and at 500,000 cases"),
    "sweep": ("bihuan.cli.bench.sweep", "judging 500 due clocks, at 50,000 and at 500,000 cases"),
    "memory": ("bihuan.cli.bench.footprint", "resident memory of every process, with the demo"),
    "pages": ("bihuan.cli.bench.footprint", "bytes of the pages as they go over the wire"),
    "crash": ("bihuan.cli.bench.crash", "kill -9 in random order while cases are filed"),
}


def run(argv: Sequence[str]) -> int:
    """Run one bench: 0 done, 1 it failed or something was lost, 2 bad input."""
    if not argv or argv[0] in {"-h", "--help"}:
        print(_help())
        return 0 if argv else 2
    name, *rest = argv
    if name not in BENCHES:
        print(f"bihuan bench: there is no bench {name!r}\n\n{_help()}", file=sys.stderr)
        return 2
    module = importlib.import_module(BENCHES[name][0])
    try:
        return int(module.run(name, rest))
    except SystemExit as stopped:  # argparse has already said why
        return stopped.code if isinstance(stopped.code, int) else 1


def _help() -> str:
    rows = "\n".join(f"  {name:8} {says}" for name, (_, says) in BENCHES.items())
    return (
        "usage: bihuan bench NAME [--help]\n\nEach starts a PostgreSQL of its own in a temporary "
        f"folder and prints figures as JSON.\n\n{rows}\n\nexample: bihuan bench intake --seconds 60"
    )
