"""`bihuan due`: what the handbook promises for a request, and when each promise falls due."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NoReturn

import msgspec

from bihuan.core import clocks
from bihuan.core.handbook import Handbook, Promise
from bihuan.core.workdays import ONE_DAY
from bihuan.policy import answers
from bihuan.policy.calendars import calendar
from bihuan.policy.faults import PolicyFault
from bihuan.policy.loader import load_current
from bihuan.store.postgres import default_home

BAD_INPUT = 2
UNITS = {"minutes": "分钟", "hours": "小时", "workdays": "个工作日"}
EXAMPLE = """example:
  bihuan due --received 2026-02-13T16:00:00+08:00 --kind complaint --severity general
"""


def run(argv: Sequence[str]) -> int:
    """Print the deadlines; 0 when done, 2 with a message on stderr when the input is bad."""
    try:
        book = load_current()
        given = _parser(book).parse_args(argv)
        days = calendar(*sorted((default_home() / "calendar").glob("*.toml")))
        found = clocks.deadlines(_promises(book, given), clocks.receipt(given.received), days)
    except (PolicyFault, OSError) as wrong:
        print(f"bihuan due: {wrong}", file=sys.stderr)
        return BAD_INPUT
    except OverflowError:
        print("bihuan due: --received: no calendar reaches that far", file=sys.stderr)
        return BAD_INPUT
    answer = msgspec.to_builtins(answers.due(found))
    print(json.dumps(answer, ensure_ascii=False, indent=2) if given.json else _table(found))
    return 0


def _parser(book: Handbook) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bihuan due",
        description="When each promise of the handbook falls due, and which days were counted.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--received", required=True, type=_moment, metavar="ISO8601")
    parser.add_argument("--kind", required=True, choices=tuple(book.kinds))
    parser.add_argument("--severity", choices=tuple(book.severities), default="general")
    parser.add_argument("--channel", choices=tuple(book.channels), default="web")
    parser.add_argument("--category", choices=tuple(book.categories), default="other")
    parser.add_argument(
        "--tier",
        type=int,
        choices=tuple(book.tiers),
        help="default: the lowest that the severity allows (4.2)",
    )
    parser.add_argument("--json", action="store_true", help="as data, with every day counted")
    return parser


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        _refuse(f"{text!r} is no ISO 8601 time, such as 2026-02-13T16:00:00+08:00")
    if at.utcoffset() is None:
        _refuse(f"{text!r} has no offset: add +08:00 for Beijing time, or Z for UTC")
    return at.astimezone(UTC)


def _refuse(why: str) -> NoReturn:
    raise argparse.ArgumentTypeError(why)


def _promises(book: Handbook, given: argparse.Namespace) -> tuple[Promise, ...]:
    return book.promises_for(
        kind=given.kind,
        channel=given.channel,
        category=given.category,
        severity=given.severity,
        tier=given.tier or book.severities[given.severity].tier_at_least,
    )


def _local(at: datetime) -> datetime:
    return at.astimezone(clocks.SHANGHAI)


def _table(found: Sequence[clocks.Deadline]) -> str:
    """Milestones as they are reached; under each promise the days that were counted."""
    if not found:
        return "手册对此类请求没有规定时限。"
    lines = []
    for row in clocks.rows(found):
        pressed = row.effective_due_at != row.due_at
        lines.append(
            f"{row.milestone}  {_spoken(row.due_at)}"
            + (f"（须于 {_spoken(row.effective_due_at)} 前完成）" if pressed else "")
            + ("" if row.hard else "（目标）")
            + (f"（{answers.PROVISIONAL}）" if row.status == "provisional" else "")
        )
        met = [d for d in found if d.promise.id in row.promises]
        for one in met:
            limit = f"{one.promise.limit.amount}{UNITS[one.promise.limit.unit]}"
            lines.append(f"    {one.promise.id}  {limit}  {one.promise.says}")
        lines.append("    " + _strip(clocks.explain(met[0])))
    return "\n".join(lines)


def _spoken(at: datetime) -> str:
    """Midnight as the end of a day, the way the handbook thinks of it."""
    local = _local(at)
    if (local.hour, local.minute, local.second, local.microsecond) != (0, 0, 0, 0):
        return f"{local:%Y-%m-%d %H:%M}"
    return f"{local.date() - ONE_DAY:%Y-%m-%d} 24:00"


def _strip(counted: Sequence[clocks.CountedDay]) -> str:
    return " · ".join(
        f"{d.day:%m-%d} {d.note}"
        if d.number is None
        else f"{d.day:%m-%d} 第{d.number}日（{d.note}）"
        for d in counted
    )
