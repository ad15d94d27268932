"""`bihuan verify --all`: prove that the log is whole, or name the first event that is not."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bihuan.cli import connect

if TYPE_CHECKING:
    from bihuan.events.seals import Fault, Report

WHY = {
    "changed": "内容与封存时不一致",
    "missing": "记录缺失",
    "reordered": "记录次序被改动",
    "foreign": "混入了其他记录",
    "words": "正文与当时所说不一致",
    "cut": "封存过的记录已不存在或不相同",
    "seal": "当日封存与库外文件不一致或缺失",
    "row": "与批准时的记录不一致",
    "stray": "封存文件夹中混入了不是日封存的文件",
}


def run(argv: Sequence[str]) -> int:
    """0 when every chain, every word and every seal holds; 1 naming what does not; 2 bad input."""
    parser = argparse.ArgumentParser(
        prog="bihuan verify",
        description="Check every event's chain, the words and the years of the calendar that "
        "events speak of, and each day's seal against the files kept outside the database.",
        epilog="example: bihuan verify --all --json",
    )
    parser.add_argument("--all", action="store_true", required=True, help="the whole log")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    given = parser.parse_args(argv)
    return connect.commanded("verify", lambda: _prove(given))


def _prove(given: argparse.Namespace) -> int:
    from bihuan.events import seals, tasks

    report = seals.verify_all(tasks.seals_folder())
    if given.json:
        print(json.dumps(_as_data(report), ensure_ascii=False))
    else:
        _print(report)
    if not report.whole:
        print(f"bihuan verify: broken at {_place(report.faults[0])}", file=sys.stderr)
    return 0 if report.whole else 1


def _as_data(report: Report) -> dict[str, Any]:
    return {
        "whole": report.whole,
        "streams": report.streams,
        "events": report.events,
        "words": report.words,
        "rows": report.rows,
        "seals": report.seals,
        "faults": [
            {
                "stream": fault.stream,
                "seq": fault.seq,
                "why": fault.why,
                "day": fault.day.isoformat() if fault.day else None,
            }
            | ({"file": fault.file} if fault.file else {})
            | ({"row": fault.row} if fault.row else {})
            for fault in report.faults
        ],
    }


def _print(report: Report) -> None:
    for fault in report.faults:
        print(f"{_place(fault)}  {fault.why}  {WHY[fault.why]}")
    looked = (
        f"{report.streams} 条链，{report.events} 条记录，"
        f"{report.words} 处正文，{report.rows} 份放假安排，{report.seals} 份日封存"
    )
    print(f"记录完整：{looked}" if report.whole else f"发现 {len(report.faults)} 处问题：{looked}")


def _place(fault: Fault) -> str:
    if fault.file:
        return f"seal file {fault.file}"
    place = f"stream {fault.stream} seq {fault.seq}" if fault.stream else "seal"
    if fault.row:
        return f"{fault.row}, {place}"
    return f"{place} of {fault.day}" if fault.day else place
