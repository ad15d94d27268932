"""`bihuan loop`: prove that the loop is closed, or name each case that is open at one end."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from bihuan.cli import connect

WHY = {
    "no_owner": "没有可处理的责任人",
    "no_next_date": "没有下一个日期",
    "no_notice": "没有通知用户的记录",
}


def run(argv: Sequence[str]) -> int:
    """0 when every open case has an owner, a next date and a notice trail; 1 naming each gap."""
    parser = argparse.ArgumentParser(
        prog="bihuan loop",
        description="Every open case has an owner, a next date and a notice trail.",
        epilog="example: bihuan loop --json",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    given = parser.parse_args(argv)
    return connect.commanded("loop", lambda: _prove(given))


def _prove(given: argparse.Namespace) -> int:
    from bihuan.cases import queries

    gaps = list(queries.loop(datetime.now(UTC)))
    if given.json:
        print(
            json.dumps(
                {"closed": not gaps, "gaps": [{"number": g.number, "why": g.why} for g in gaps]}
            )
        )
    else:
        for gap in gaps:
            print(f"{gap.number}  {gap.why}  {WHY[gap.why]}")
        print(
            "闭环完整：每件未结案件都有责任人、下一日期和通知记录。"
            if not gaps
            else f"{len(gaps)} 处缺口"
        )
    if gaps:
        print(f"bihuan loop: {len(gaps)} gaps", file=sys.stderr)
    return 1 if gaps else 0
