"""Ten thousand dues that pass within the same minute, met by the worker as it runs in a house."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg

from bihuan.cli.bench import figures
from bihuan.cli.bench.figures import Goal
from bihuan.cli.bench.house import House, leave_database, staff, used
from bihuan.cli.bench.sweep import furnished

DUE = 10_000  # clocks, of as many cases
MOST_SECONDS = 60.0
_LOOK = 0.1
_ENOUGH = 1800.0  # seconds: something is wrong
_OWNED = "UPDATE cases_case SET owner_id = %(chief)s, department = 'customer_service'"
_FALL_DUE = """
WITH chosen AS (
    SELECT case_id, round, milestone, due_at FROM cases_clock
    WHERE milestone = 'case.first_response' AND hard AND done_at IS NULL AND late_at IS NULL
        AND due_at > %(at)s ORDER BY case_id DESC LIMIT %(due)s
)
UPDATE cases_clock k SET due_at = %(at)s - m.ago, effective_due_at = %(at)s - m.ago,
    started_at = k.started_at - interval '9 days'
FROM (SELECT *, random() * interval '1 minute' + interval '6 seconds' AS ago FROM chosen) m
WHERE (k.case_id, k.round, k.milestone, k.due_at) = (m.case_id, m.round, m.milestone, m.due_at)
"""
_SAID = "SELECT count(*) FROM events_event WHERE kind = 'clock.missed'"
_RECORDS = "SELECT count(*) FROM complaints_accountability"
_WAITING = """
SELECT (SELECT count(*) FROM events_pending)
    + (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing'))
"""
_LOST = "SELECT count(*) FROM events_deadletter"


def run(name: str, argv: Sequence[str]) -> int:
    """Measure one flood; 1 when it is too slow, or a breach is not said or said twice."""
    parser = figures.parser(
        name,
        f"Let {DUE:,} clocks pass in one minute and `bihuan work` say so, open a record of "
        "accountability for each, and tell the staff.",
        "flood --due 10000 --json",
    )
    parser.add_argument("--due", type=int, default=DUE, help="clocks that pass")
    parser.add_argument("--seed", type=int, default=2025, help="of what people write")
    given = parser.parse_args(argv)

    def progress(said: str) -> None:
        figures.progress(name, said)

    progress("opening the house")
    with House() as house:
        found = _measured(house, given.due, given.seed, progress)
        leave_database()
    figures.end_of_progress()
    goals = [
        Goal("said_seconds", found["said_seconds"], "<=", MOST_SECONDS * given.due / DUE),
        Goal("said", found["said"], ">=", given.due),
        Goal("said_twice", found["said"] - given.due, "<=", 0),
        Goal("records", found["records"], ">=", given.due),
        Goal("not_taken", found["not_taken"], "<=", 0),
    ]
    return figures.told(name, goals, found, as_json=given.json, seed=given.seed)


def _measured(house: House, due: int, seed: int, progress: Callable[[str], None]) -> dict[str, Any]:
    chief = staff(datetime.now(UTC))
    furnished(house, seed).fill(due + due // 10, progress)
    with psycopg.connect(house.urls.owner, autocommit=True) as owner:
        owner.execute(_OWNED, {"chief": chief.staff_id})
        house.rest()
        progress("the minute passes")
        owner.execute(_FALL_DUE, {"at": datetime.now(UTC), "due": due})
        before = _count(owner, _SAID)
        cpu, begun = used(house), time.perf_counter()
        house.start("work")
        _until(lambda: _count(owner, _SAID) - before >= due)
        said = time.perf_counter() - begun
        progress("what follows from it")
        _until(lambda: _count(owner, _WAITING) == 0)
        followed = time.perf_counter() - begun
        return {
            "due": due,
            "said_seconds": round(said, 1),
            "followed_seconds": round(followed, 1),
            "cpu_seconds": round(used(house) - cpu, 1),
            "said": _count(owner, _SAID) - before,
            "records": _count(owner, _RECORDS),
            "not_taken": _count(owner, _LOST),
        }


def _count(owner: psycopg.Connection, question: str) -> int:
    return int((owner.execute(question).fetchone() or [0])[0])


def _until(is_so: Callable[[], bool]) -> None:
    """Wait for it; RuntimeError when it never comes."""
    deadline = time.monotonic() + _ENOUGH
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not done after {_ENOUGH:g} s")
        time.sleep(_LOOK)
