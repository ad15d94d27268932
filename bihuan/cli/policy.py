"""`bihuan policy check PATH`: is this folder a handbook that could come into force?"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bihuan.policy import loader
from bihuan.policy.faults import PolicyFault


def run(argv: Sequence[str]) -> int:
    """0 and a summary, or 2 naming file, line and why."""
    parser = argparse.ArgumentParser(
        prog="bihuan policy",
        description="Validate a handbook folder; needs no database.",
        epilog="example: bihuan policy check bihuan/handbook/2025",
    )
    parser.add_argument("what", choices=["check"])
    parser.add_argument("path", type=Path)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    given = parser.parse_args(argv)
    try:
        book = loader.load(given.path)
    except PolicyFault as fault:
        print(f"bihuan policy: {fault}", file=sys.stderr)
        return 2
    summary = {
        "version": book.version,
        "in_force_from": book.in_force_from.isoformat(),
        "sha256": book.sha256,
        "clauses": len(book.clauses),
        "statements": len(book.statements),
        "promises": len(book.promises),
        "rulings": len(book.rulings),
    }
    if given.json:
        print(json.dumps(summary))
    else:
        print("\n".join(f"{name}: {value}" for name, value in summary.items()))
    return 0
