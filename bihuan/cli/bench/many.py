"""A thousand cases reassigned with one order, by the worker as it runs in a house."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg

from bihuan.cli.bench import figures, stories
from bihuan.cli.bench.figures import Goal
from bihuan.cli.bench.house import House, hire, leave_database, staff, used

CASES = 1000
MOST_SECONDS = 20.0
_LOOK = 0.05
_ENOUGH = 300.0  # seconds: something is wrong
_HANDED_ON = "SELECT count(*) = 0 FROM events_pending"
_ENDED = "SELECT state = 'ended' FROM cases_bulkrun WHERE id = %s"
_SAID = """
SELECT count(*), count(DISTINCT stream) FROM events_event WHERE kind = 'case.assigned'
"""


def run(name: str, argv: Sequence[str]) -> int:
    """Measure one run; 1 when it is too slow, or any case was taken twice or not at all."""
    parser = figures.parser(
        name,
        f"File {CASES} cases, order them reassigned by load, and let `bihuan work` do it.",
        "many --cases 1000 --json",
    )
    parser.add_argument("--cases", type=int, default=CASES, help="cases of the run")
    parser.add_argument("--seed", type=int, default=2025, help="of what people write")
    given = parser.parse_args(argv)
    if not 1 <= given.cases <= CASES:
        parser.error(f"--cases is 1 to {CASES}")

    def progress(said: str) -> None:
        figures.progress(name, said)

    progress("opening the house")
    with House() as house:
        found = _measured(house, given.cases, given.seed, progress)
        leave_database()
    figures.end_of_progress()
    goals = [
        Goal("seconds", found["seconds"], "<=", MOST_SECONDS * given.cases / CASES),
        Goal("taken_once", found["taken_once"], ">=", given.cases),
        Goal("taken_twice", found["taken_twice"], "<=", 0),
    ]
    return figures.told(name, goals, found, as_json=given.json, seed=given.seed)


def _measured(
    house: House, many: int, seed: int, progress: Callable[[str], None]
) -> dict[str, Any]:
    at = datetime.now(UTC)
    chief = staff(at)
    for _ in range(9):
        hire(at)  # whom the load is shared among
    progress(f"filing {many:,} cases")
    _file(many, seed)
    house.rest()
    house.start("work")
    time.sleep(2.0)  # it is up, and has handed on what was filed
    with psycopg.connect(house.urls.owner, autocommit=True) as owner:
        _until(owner, _HANDED_ON, [])
        progress("ordered")
        cpu, begun = used(house), time.perf_counter()
        run_id = _order(chief.staff_id)
        ordered = time.perf_counter() - begun
        _until(owner, _ENDED, [run_id])
        took, cpu = time.perf_counter() - begun, used(house) - cpu
        said, distinct = owner.execute(_SAID).fetchone() or (0, 0)
    return {
        "cases": many,
        "order_ms": round(1000 * ordered, 1),
        "seconds": round(took, 2),
        "ms_a_case": round(1000 * took / many, 2),
        "cpu_seconds": round(cpu, 2),
        "taken_once": distinct,
        "taken_twice": said - distinct,
    }


def _file(many: int, seed: int) -> None:
    from bihuan.cases import commands
    from bihuan.cases.commands import Contact, Filing
    from bihuan.core.actors import SYSTEM

    mind = random.Random(seed)
    for _ in range(many):
        told = json.loads(stories.body(mind))
        contact = Contact(**told.pop("contact"))
        commands.file(filing=Filing(**told, contact=contact), by=SYSTEM, at=datetime.now(UTC))


def _order(staff_id: int) -> int:
    """As the form of the inbox orders it, with no seconds to take it back."""
    from bihuan.accounts import queries as people
    from bihuan.cases import commands, queries
    from bihuan.cases.queries import Filters

    chief = people.staff(staff_id)
    assert chief is not None  # just hired
    at = datetime.now(UTC)
    chosen = queries.chosen_of_view(chief.actor, view="all", filters=Filters(), at=at)
    ordered = commands.order_bulk(
        action="assign", chosen=chosen, raw={"department": "customer_service"}, mark="bench",
        seconds=0, by=chief.actor, at=at,
    )  # fmt: skip
    return ordered.id


def _until(owner: psycopg.Connection, question: str, values: list[Any]) -> None:
    """Wait until the database answers yes; RuntimeError when it never does."""
    deadline = time.monotonic() + _ENOUGH
    while (owner.execute(question, values).fetchone() or [False])[0] is not True:
        if time.monotonic() > deadline:
            raise RuntimeError(f"after {_ENOUGH:g} s still not: {question}")
        time.sleep(_LOOK)
