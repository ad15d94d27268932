"""`bihuan demo`: a believable service organisation in an empty database."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bihuan.cli.arguments import whole
from bihuan.cli.connect import commanded

if TYPE_CHECKING:
    from bihuan.demo.commands import SignIn

FAILED, BAD_INPUT = 1, 2
CASES_MOST = 100_000
WIDTH = 40  # characters of the progress bar
ROLES = {
    "customer": "顾客",
    "merchant": "商家",
    "agent": "客服",
    "supervisor": "主管",
    "legal": "法务",
    "privacy_officer": "隐私专员",
    "mediator": "调解员",
    "assessor": "评估员",
    "administrator": "管理员",
}


def run(argv: Sequence[str]) -> int:
    """Load it and print the sign-ins; 1 when there are cases already, 2 on bad input."""
    given = _parser().parse_args(argv)
    return commanded("demo", lambda: _load(given))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bihuan demo",
        description="Load demo data into an empty database: the ninety days before now.",
        epilog="example: bihuan demo --seed 7 --cases 600",
    )
    parser.add_argument("--seed", type=int, default=2025, help="the same seed, the same story")
    cases = whole(1, CASES_MOST)
    parser.add_argument("--cases", type=cases, default=600, help=f"how many, 1 to {CASES_MOST}")
    parser.add_argument("--json", action="store_true", help="print the sign-ins as JSON")
    return parser


def _load(given: argparse.Namespace) -> int:
    from bihuan.demo.commands import HalfLoaded, NotEmpty, load

    progress = _bar if sys.stderr.isatty() else None
    try:
        found = load(seed=given.seed, cases=given.cases, at=datetime.now(UTC), progress=progress)
    except NotEmpty as full:
        half = isinstance(full, HalfLoaded)
        whose = "half a demo, which was interrupted" if half else "cases already"
        print(f"bihuan demo: this database holds {whose}; nothing was added", file=sys.stderr)
        return FAILED
    finally:
        if progress:
            print(file=sys.stderr)
    if given.json:
        print(json.dumps([dataclasses.asdict(one) for one in found], ensure_ascii=False))
    else:
        print(table(found))
    return 0


def table(found: Sequence[SignIn]) -> str:
    """The sign-ins in columns: who, as whom, with what, and where."""
    from django.conf import settings

    rows = [(ROLES[one.role], one.name, one.how, f"{settings.BASE_URL}{one.url}") for one in found]
    widths = [max(_wide(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "  ".join([*(_padded(row[n], widths[n]) for n in range(3)), row[3]]) for row in rows
    )


def _wide(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _wide(text))


def _bar(done: float) -> None:
    full = round(done * WIDTH)
    print(
        f"\r[{'█' * full}{' ' * (WIDTH - full)}] {done:4.0%}", end="", file=sys.stderr, flush=True
    )
