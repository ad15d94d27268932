"""`bihuan calendar import FILE`: a year's official arrangement, checked and carried through."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bihuan.cli import connect
from bihuan.policy.calendars import one_year
from bihuan.policy.faults import PolicyFault, text_of

EXAMPLE = """example:
  bihuan calendar import 2027.toml

The file has one [[year]] as in bihuan/handbook/2025/calendar.toml. Whoever may run this
command may put an arrangement in force alone; at the desk (/desk/calendar/) a second person
approves it, and so they do with --propose.
"""


def run(argv: Sequence[str]) -> int:
    """0 when in force and every open due is recounted; 2 naming file, line and fault."""
    parser = argparse.ArgumentParser(
        prog="bihuan calendar",
        description="Import a year's official arrangement and recount the dues of open cases.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=["import"])
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--propose", action="store_true", help="leave it to a second person at the desk"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    given = parser.parse_args(argv)
    try:
        text = text_of(given.file)
        one_year(text, given.file.name)
    except PolicyFault as fault:
        print(f"bihuan calendar: {fault}", file=sys.stderr)
        return 2
    return connect.commanded("calendar", lambda: _import(given, text))


def _import(given: argparse.Namespace, text: str) -> int:
    from bihuan.core.actors import SYSTEM
    from bihuan.core.refusals import Conflict
    from bihuan.policy import commands

    at = datetime.now(UTC)
    try:
        row = commands.propose_year(text=text, by=SYSTEM, at=at)
    except Conflict as refusal:
        why = "is in force already, or a proposal for it waits at the desk"
        print(f"bihuan calendar: {refusal.facts['year']} {why}", file=sys.stderr)
        return 1
    result: dict[str, object] = {"year": row.year, "state": "proposed", "looked_at": 0, "moved": 0}
    if not given.propose:
        commands.approve_year(id=row.id, by=SYSTEM, at=at)
        result |= {"state": "in force", **_recount(row.id, row.year)}
    if given.json:
        print(json.dumps(result))
    else:
        print("{year}: {state}; {looked_at} open cases looked at, {moved} moved".format(**result))
    return 0


def _recount(id: int, year: int) -> dict[str, int]:
    """Every open case, here and now."""
    from bihuan.cases import commands, queries
    from bihuan.core.actors import SYSTEM
    from bihuan.policy import queries as policy

    most, looked, last = queries.how_many_run_through(year), 0, 0
    while cases := commands.recount_now(year_id=id, after=last, by=SYSTEM, at=datetime.now(UTC)):
        looked, last = looked + len(cases), cases[-1]
        if sys.stderr.isatty():
            print(f"\r{looked} / {max(most, looked)}", end="", file=sys.stderr, flush=True)
    return {"looked_at": looked, "moved": policy.calendar_year(id).cases_moved}
