"""`bihuan unheard`: events that a subscriber could not take, and another try at them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bihuan.cli import connect

if TYPE_CHECKING:
    from bihuan.events.delivery import Unheard


def run(argv: Sequence[str]) -> int:
    """0 when nothing waits; 1 naming each stream at which a subscriber stands still."""
    parser = argparse.ArgumentParser(
        prog="bihuan unheard",
        description="Name each stream at whose first event a subscriber failed, since when, and "
        "with what error; later events of the stream wait behind it.",
        epilog="example: bihuan unheard --retry",
    )
    parser.add_argument("--retry", action="store_true", help="try all of them again first")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    given = parser.parse_args(argv)
    return connect.commanded("unheard", lambda: _look(given))


def _look(given: argparse.Namespace) -> int:
    from bihuan.events import delivery

    passed = delivery.retry_all(datetime.now(UTC)) if given.retry else 0
    left = delivery.unheard()
    if given.json:
        print(json.dumps({"passed": passed, "unheard": [_facts(one) for one in left]}))
    else:
        for one in left:
            print(
                f"{one.subscriber}  stream {one.stream} seq {one.seq}  {one.since:%Y-%m-%dT%H:%M%z}"
                f"  {one.error}  +{one.behind}"
            )
        print(
            f"重新送达 {passed} 条，仍有 {len(left)} 处未送达" if left or passed else "全部已送达。"
        )
    if left:
        print(f"bihuan unheard: {len(left)} streams wait", file=sys.stderr)
    return 1 if left else 0


def _facts(one: Unheard) -> dict[str, Any]:
    return {
        "subscriber": one.subscriber,
        "stream": one.stream,
        "seq": one.seq,
        "since": one.since.isoformat(),
        "tries": one.tries,
        "error": one.error,
        "behind": one.behind,
    }
