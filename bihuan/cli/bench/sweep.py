"""Five hundred dues that have just passed, judged among few and among many running clocks."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bihuan.cli.bench import figures, stories
from bihuan.cli.bench.bulk import Filler
from bihuan.cli.bench.figures import Goal
from bihuan.cli.bench.house import House, leave_database, staff, used

CONF = "autovacuum = off\nmax_wal_size = 4GB\n"
DUE = 500  # clocks
MOST_MS, MOST_GROWN = 50.0, 1.5
_TEMPLATES = 10
_CLOCKS_A_CASE = 10
_OLDER = timedelta(hours=8)  # the nearest due of a copy is 16 hours away, and no warning is due
_WARM, _TIMES = 2, 8
#: One hard clock each of so many cases falls due a moment ago; that of nobody else is near.
_FALL_DUE = """
WITH chosen AS (
    SELECT case_id, round, milestone, due_at FROM cases_clock
    WHERE milestone = 'case.first_response' AND hard AND done_at IS NULL AND late_at IS NULL
        AND due_at > %(at)s AND case_id <> ALL (%(templates)s)
    ORDER BY hashint8(case_id) LIMIT %(due)s
)
UPDATE cases_clock k SET due_at = %(at)s - m.ago, effective_due_at = %(at)s - m.ago,
    started_at = k.started_at - interval '9 days'
FROM (SELECT *, random() * interval '50 minutes' + interval '10 seconds' AS ago FROM chosen) m
WHERE (k.case_id, k.round, k.milestone, k.due_at) = (m.case_id, m.round, m.milestone, m.due_at)
"""
_RUNNING = """
SELECT count(*) FROM cases_clock WHERE done_at IS NULL AND void_at IS NULL AND late_at IS NULL
"""
_SAID = "SELECT count(*) FROM events_event WHERE kind = 'clock.missed'"


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep of so many dues cost; `server_ms` is processor time, ours and PostgreSQL's."""

    running: int
    ms: float
    server_ms: float
    statements: int


def run(name: str, argv: Sequence[str]) -> int:
    """Measure at both sizes; 1 when the sweep is too slow or grows with the house."""
    parser = figures.parser(
        name,
        f"Let {DUE} clocks fall due and sweep them as the worker does, with few and with many "
        "running clocks in the same run.",
        "sweep --small 50000 --large 500000",
    )
    parser.add_argument("--small", type=int, default=50_000, help="running clocks, first look")
    parser.add_argument("--large", type=int, default=500_000, help="running clocks, second look")
    parser.add_argument("--seed", type=int, default=2025, help="of what people write")
    given = parser.parse_args(argv)

    def progress(said: str) -> None:
        figures.progress(name, said)

    progress("opening the house")
    with House(conf=CONF) as house:
        staff(datetime.now(UTC))
        filler = furnished(house, given.seed)
        found: list[Swept] = []
        for clocks in (given.small, given.large):
            filler.fill(max(clocks // _CLOCKS_A_CASE, DUE * (_WARM + _TIMES + 1)), progress)
            found.append(_look(house, filler, progress))
        leave_database()
    figures.end_of_progress()
    return _tell(found, given)


def furnished(house: House, seed: int) -> Filler:
    """A few cases filed just now, to be copied."""
    from bihuan.cases import commands
    from bihuan.cases.commands import Contact, Filing
    from bihuan.core.actors import SYSTEM

    mind = random.Random(seed)
    for _ in range(_TEMPLATES):
        told = json.loads(stories.body(mind))
        contact = Contact(**told.pop("contact"))
        commands.file(filing=Filing(**told, contact=contact), by=SYSTEM, at=datetime.now(UTC))
    filler = Filler(house, open_share=1.0, seed=seed, older=_OLDER)
    filler.prepare()
    return filler


def _look(house: House, filler: Filler, progress: Callable[[str], None]) -> Swept:
    """Several sweeps, each of fresh dues; the median of each figure."""
    progress("sweeping")
    templates = [row[0] for row in filler.templates]  # they stay as they are, to be copied again
    found = [_sweep(house, templates) for _ in range(_WARM + _TIMES)][_WARM:]
    return Swept(
        running=found[-1].running,
        ms=round(statistics.median(one.ms for one in found), 1),
        server_ms=round(statistics.median(one.server_ms for one in found), 1),
        statements=found[-1].statements,
    )


def _sweep(house: House, templates: list[int]) -> Swept:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bihuan.events.wires import called

    at = datetime.now(UTC)
    with psycopg.connect(house.urls.owner, autocommit=True) as owner:
        owner.execute(_FALL_DUE, {"at": at, "due": DUE, "templates": templates})
        running, before = (owner.execute(q).fetchone() for q in (_RUNNING, _SAID))
        # what the owner's connection used is counted again when it ends: after this
        cpu = used(house) + time.process_time()
        begun = time.perf_counter()
        with CaptureQueriesContext(connection) as asked:
            called("bihuan.cases.tasks.sweep")(at)
        took = time.perf_counter() - begun
        cpu = used(house) + time.process_time() - cpu
        after = owner.execute(_SAID).fetchone()
    assert running is not None and before is not None and after is not None  # noqa: PT018 - counts
    if after[0] - before[0] != DUE:
        raise RuntimeError(f"{after[0] - before[0]} breaches were said, not {DUE}")
    return Swept(running[0], 1000 * took, 1000 * cpu, len(asked))


def _tell(found: list[Swept], given: Any) -> int:
    small, large = found
    return figures.told(
        "sweep",
        [
            Goal("server_ms", large.server_ms, "<=", MOST_MS),
            Goal("grown", round(large.server_ms / max(small.server_ms, 1), 2), "<=", MOST_GROWN),
        ],
        {
            "due": DUE,
            **{name: [getattr(small, name), getattr(large, name)] for name in asdict(small)},
        },
        as_json=given.json,
        seed=given.seed,
    )
