"""`bihuan export`: cases and reports as a file, masked unless there is a reason."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from bihuan.cli.connect import commanded

WHAT = ("cases", "on_time", "accountability", "drift")
FORMATS = ("csv", "jsonl", "xlsx")


def run(argv: Sequence[str]) -> int:
    """0 the file is there, 1 the database or the disk failed, 2 bad input."""
    given = parser().parse_args(argv)
    kind = given.to.suffix.removeprefix(".").lower()
    if kind == "parquet":
        return _bad("Parquet is not written by this version; name a .csv, .jsonl or .xlsx")
    if kind not in FORMATS:
        return _bad(f"{given.to.name!r} is no .csv, .jsonl or .xlsx")
    if given.since and given.until and given.since > given.until:
        return _bad("--until is before --since")
    if given.personal and not given.reason:
        return _bad("--personal needs --reason, which is kept")
    if given.personal and given.what != "cases":
        return _bad("only cases have personal data")
    return commanded("export", lambda: take(given, kind))


def parser() -> argparse.ArgumentParser:
    """What can be asked for."""
    asked = argparse.ArgumentParser(
        prog="bihuan export",
        description="Cases, or a report, as a file. Names and contacts are masked.",
        epilog="example: bihuan export cases --since 2026-01-01 --until 2026-01-31 --to cases.xlsx",
    )
    asked.add_argument("what", choices=WHAT)
    asked.add_argument("--to", type=Path, required=True, help="a .csv, .jsonl or .xlsx")
    asked.add_argument(
        "--since", type=date.fromisoformat, help="first day, YYYY-MM-DD, in Shanghai"
    )
    asked.add_argument("--until", type=date.fromisoformat, help="last day, included")
    asked.add_argument("--personal", action="store_true", help="names and contacts in clear")
    asked.add_argument("--reason", default="", help="why, with --personal")
    return asked


def take(given: argparse.Namespace, kind: str) -> int:
    """Write the file, with Django up."""
    from bihuan.complaints import commands, queries
    from bihuan.core.actors import SYSTEM
    from bihuan.core.clocks import SHANGHAI
    from bihuan.core.refusals import Invalid
    from bihuan.web import messages, sheets

    at = datetime.now(UTC)
    today = at.astimezone(SHANGHAI).date()
    since, until = _bounds(given, SHANGHAI)
    try:
        found = queries.flat(
            given.what, SYSTEM, at, first=given.since or today - timedelta(days=30),
            last=given.until or today, since=since, until=until, personal=given.personal,
        )  # fmt: skip
        commands.note_export(
            what=given.what, format=kind, since=since, until=until, personal=given.personal,
            reason=given.reason, by=SYSTEM, at=at,
        )  # fmt: skip
    except Invalid as fault:
        said = "; ".join(f"{field}: {why}" for field, why in messages.faults(fault).items())
        return _bad(said)
    try:
        written = _write(given.to, kind, found, sheets)
    except OSError as fault:
        print(f"bihuan export: {given.to}: {fault.strerror or fault}", file=sys.stderr)
        return 1
    print(f"{written} {given.what} -> {given.to}")
    return 0


def _bounds(given: argparse.Namespace, zone: Any) -> tuple[datetime | None, datetime | None]:
    """From the first midnight to the one after the last day; None where nothing was said."""
    days = (given.since, given.until and given.until + timedelta(days=1))
    first, end = (datetime.combine(day, time.min, zone) if day else None for day in days)
    return first, end


def _write(to: Path, kind: str, found: Any, sheets: Any) -> int:
    """Beside it first: a file of this name is whole, or as it was."""
    written = 0

    def counted() -> Any:
        nonlocal written
        for row in found.rows:
            written += 1
            yield row

    beside = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            sheets.put(kind, file, found.columns, counted())
        beside.replace(to)
    finally:
        beside.unlink(missing_ok=True)
    return written


def _bad(why: str) -> int:
    print(f"bihuan export: {why}", file=sys.stderr)
    return 2
