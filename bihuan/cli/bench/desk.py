"""The desk's pages at 50,000 and at 500,000 cases: what they read, and how long they take."""

from __future__ import annotations

import statistics
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from bihuan.cli.bench import figures
from bihuan.cli.bench.bulk import OPEN, Filler
from bihuan.cli.bench.figures import Goal
from bihuan.cli.bench.house import (
    House,
    django_ready,
    hire,
    leave_database,
    signed_in,
    used,
)

#: Only reading is measured, so writing need not be safe; statistics are taken by hand.
CONF = """
shared_preload_libraries = 'pg_stat_statements'
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
max_wal_size = 4GB
maintenance_work_mem = 256MB
"""
MOST_GROWN, MOST_MS = 2.0, 100.0
MOST_OVERVIEW_MS = 200.0  # it counts what today brought, so it may read more in a larger house
_WARM = 16  # each thread that serves has a connection of its own, which plans anew
_TIMES = 20
_READ = """
SELECT coalesce(sum(shared_blks_hit + shared_blks_read), 0)::bigint, coalesce(sum(calls), 0)::int
FROM pg_stat_statements WHERE userid = (SELECT oid FROM pg_roles WHERE rolname = 'bihuan_app')
"""
_WORST = """
SELECT (shared_blks_hit + shared_blks_read)::bigint,
    left(regexp_replace(query, '\\s+', ' ', 'g'), 160)
FROM pg_stat_statements WHERE userid = (SELECT oid FROM pg_roles WHERE rolname = 'bihuan_app')
ORDER BY 1 DESC LIMIT 3
"""
#: An agent with as many open cases as most have, and the one of them where most was said.
_AGENT = """
SELECT c.owner_id, s.user_id FROM cases_case c JOIN accounts_staff s ON s.id = c.owner_id
WHERE c.state = ANY(%s) AND s.roles = '{agent}' GROUP BY 1, 2
ORDER BY count(*) DESC OFFSET (
    SELECT count(DISTINCT owner_id) / 2 FROM cases_case WHERE owner_id > 0 AND state = ANY(%s)
) LIMIT 1
"""
_CASE = """
SELECT c.number FROM cases_case c WHERE c.owner_id = %s AND c.state = ANY(%s)
ORDER BY (SELECT count(*) FROM cases_entry e WHERE e.case_id = c.id) DESC, c.id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: who looks, where, and what it must hold."""

    name: str
    address: str
    cookie: str
    most_ms: float = MOST_MS
    may_grow: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What one page cost; `server_ms` is processor time of pages and database together, which a
    busy machine does not stretch as it does `ms`, the time until the answer was there."""

    buffers: int
    statements: int
    server_ms: float
    ms: float
    slowest_ms: float
    kilobytes: float
    worst: list[str]


def run(name: str, argv: Sequence[str]) -> int:
    """Measure at both sizes; 1 when a page grew too much or is too slow."""
    parser = figures.parser(
        name,
        "Inbox, case page and dashboard over HTTP, with few and with many cases in the same run: "
        "blocks that their statements read, and server time when warm.",
        "desk --small 50000 --large 500000",
    )
    parser.add_argument("--small", type=int, default=50_000, help="cases of the first look")
    parser.add_argument("--large", type=int, default=500_000, help="cases of the second look")
    parser.add_argument("--demo", type=int, default=150, help="cases of the demo to be copied")
    parser.add_argument("--seed", type=int, default=2025, help="of the demo and its copies")
    given = parser.parse_args(argv)

    def progress(said: str) -> None:
        figures.progress(name, said)

    progress("opening the house")
    with House(conf=CONF) as house:
        supervisor, filler = furnished(house, given)
        leave_database()
        house.start_web()
        seen: dict[int, dict[str, Seen]] = {}
        for size in (given.small, given.large):
            filler.fill(size, progress)
            summed()
            asked = _pages(house, supervisor)
            seen[size] = {page.name: look(house, page) for page in asked}
            leave_database()
        sizes = _sizes(house)
    figures.end_of_progress()
    return _tell(seen, asked, sizes, given)


def furnished(house: House, given: Any) -> tuple[int, Filler]:
    """The demo's cases to copy, and a supervisor's user id."""
    django_ready()
    from bihuan.demo import commands as demo

    with psycopg.connect(house.urls.owner, autocommit=True) as owner:
        owner.execute("CREATE EXTENSION pg_stat_statements")
    at = datetime.now(UTC)
    demo.load(
        seed=given.seed, cases=given.demo, at=at,
        progress=lambda share: figures.progress("desk", f"demo {share:.0%}"),
    )  # fmt: skip
    supervisor = hire(at).user_id
    filler = Filler(house, seed=given.seed)
    filler.prepare()
    return supervisor, filler


def summed() -> None:
    """The sums of what was filled, as a worker keeps them."""
    from bihuan.complaints import commands

    commands.sum_up()
    leave_database()


def _pages(house: House, supervisor: int) -> list[Page]:
    open_ = list(OPEN)
    with psycopg.connect(house.urls.owner) as owner:
        agent = owner.execute(_AGENT, [open_, open_]).fetchone()
        assert agent is not None  # some were hired, and given cases
        case = owner.execute(_CASE, [agent[0], open_]).fetchone()
        assert case is not None  # one of those
    return pages(signed_in(agent[1]), signed_in(supervisor), case[0], _next(agent[0]))


def pages(one: str, chief: str, number: str, cursor: str) -> list[Page]:
    """What is looked at, with the cookies of an agent and a supervisor: of one case, from here."""
    inbox = "/desk/inbox/?view="
    return [
        Page("inbox", "/desk/inbox/", one),
        Page("case", f"/desk/cases/{number}/", one),
        *(Page(f"inbox_{view}", f"{inbox}{view}", chief)
          for view in ("all", "overdue", "soon", "waiting", "unrouted", "closed")),
        Page("inbox_next", f"{inbox}all&cursor={cursor}", one),
        Page("dashboard", "/desk/dashboard/", chief, MOST_OVERVIEW_MS, may_grow=True),
        Page("dashboard_of_agent", "/desk/dashboard/", one, MOST_OVERVIEW_MS, may_grow=True),
        Page("dashboard_90_days", "/desk/dashboard/?days=90", chief, MOST_OVERVIEW_MS,
             may_grow=True),
    ]  # fmt: skip


def _next(staff_id: int) -> str:
    """Where the second page of the inbox begins for this agent."""
    from bihuan.cases import queries
    from bihuan.core.actors import Actor, Role

    agent = Actor(staff_id, frozenset({Role.AGENT}), name="")
    return queries.inbox(agent, at=datetime.now(UTC)).cursor


def look(house: House, page: Page) -> Seen:
    """Ask for it until it is warm, then measure."""
    figures.progress("desk", page.name)
    for _ in range(_WARM):
        _get(house, page)
    times, body, before = [], b"", used(house)
    for _ in range(_TIMES):
        begun = time.perf_counter()
        body = _get(house, page)
        times.append(1000 * (time.perf_counter() - begun))
    taken = used(house) - before
    with psycopg.connect(house.urls.owner, autocommit=True) as owner:
        owner.execute("SELECT pg_stat_statements_reset()")
        _get(house, page)
        read = owner.execute(_READ).fetchone()
        worst = [f"{blocks}: {query}" for blocks, query in owner.execute(_WORST)]
    assert read is not None  # an aggregate always gives a row
    return Seen(
        buffers=int(read[0]),
        statements=int(read[1]),
        server_ms=round(1000 * taken / _TIMES, 1),
        ms=round(statistics.median(times), 1),
        slowest_ms=round(max(times), 1),
        kilobytes=round(len(body) / 1024, 1),
        worst=worst,
    )


def _get(house: House, page: Page) -> bytes:
    asked = urllib.request.Request(
        f"http://127.0.0.1:{house.port}{page.address}", headers={"Cookie": page.cookie}
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - our own server
        if answer.url != asked.full_url:
            raise RuntimeError(f"{page.address} leads to {answer.url}")
        body: bytes = answer.read()
    return body


def _sizes(house: House) -> dict[str, int]:
    with psycopg.connect(house.urls.owner) as owner:
        rows = owner.execute(
            "SELECT relname, reltuples::bigint FROM pg_class "
            "WHERE relkind = 'r' AND reltuples > 10000 ORDER BY 2 DESC"
        ).fetchall()
    return {str(name): int(many) for name, many in rows}


def _tell(
    seen: dict[int, dict[str, Seen]], pages: list[Page], sizes: dict[str, int], given: Any
) -> int:
    small, large = seen[given.small], seen[given.large]
    goals = []
    for page in pages:
        name = page.name
        if not page.may_grow:
            grown = large[name].buffers / max(small[name].buffers, 1)
            goals.append(Goal(f"{name}_buffers_grown", round(grown, 2), "<=", MOST_GROWN))
        goals.append(Goal(f"{name}_server_ms", large[name].server_ms, "<=", page.most_ms))
    return figures.told(
        "desk",
        goals,
        {
            "pages": {
                name: {
                    "buffers": [small[name].buffers, now.buffers],
                    "statements": [small[name].statements, now.statements],
                    "server_ms": [small[name].server_ms, now.server_ms],
                    "ms": [small[name].ms, now.ms],
                    "slowest_ms": [small[name].slowest_ms, now.slowest_ms],
                    "kilobytes": [small[name].kilobytes, now.kilobytes],
                    "worst": now.worst,
                }
                for name, now in large.items()
            },
            "cases": [given.small, given.large],
            "rows": sizes,
        },
        as_json=given.json,
        seed=given.seed,
    )
