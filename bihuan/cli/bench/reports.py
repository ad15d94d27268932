"""The reports at 500,000 cases: they are read from kept sums, whatever the period."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from bihuan.cli.bench import figures
from bihuan.cli.bench.desk import CONF, Page, furnished, look
from bihuan.cli.bench.figures import Goal
from bihuan.cli.bench.house import House, leave_database, signed_in

MOST_MS = 200.0  # of processor time, pages and database together
_ROWS = """
SELECT relname, reltuples::bigint FROM pg_class
WHERE relname = ANY('{cases_case,complaints_judged,complaints_ontime,complaints_accountability}')
"""


def run(name: str, argv: Sequence[str]) -> int:
    """Fill, sum up, look at each; 1 when one is too slow."""
    parser = figures.parser(
        name,
        "On-time rate, accountability, drift and the dues behind a number, over HTTP, for a month, "
        "a year and three: server time when warm.",
        "reports --cases 500000",
    )
    parser.add_argument("--cases", type=int, default=500_000, help="how many")
    parser.add_argument("--demo", type=int, default=150, help="cases of the demo to be copied")
    parser.add_argument("--seed", type=int, default=2025, help="of the demo and its copies")
    given = parser.parse_args(argv)
    with House(conf=CONF) as house:
        supervisor, filler = furnished(house, given)
        leave_database()
        filler.fill(given.cases, lambda said: figures.progress(name, said))
        summed, counted = _summed(house)
        leave_database()
        house.start_web()
        asked = pages(signed_in(supervisor), datetime.now(UTC).date())
        seen = {page.name: look(house, page) for page in asked}
        with psycopg.connect(house.urls.owner) as owner:
            rows: dict[str, int] = dict(owner.execute(_ROWS).fetchall())
    figures.end_of_progress()
    goals = [
        Goal(f"{one}_server_ms", found.server_ms, "<=", MOST_MS) for one, found in seen.items()
    ]
    told: dict[str, Any] = {
        "pages": {one: asdict(found) for one, found in seen.items()},
        "rows": rows,
        "sum_up_seconds": summed,
        "reckoned_cases_per_second": counted,
    }
    return figures.told(name, goals, told, as_json=given.json, seed=given.seed)


def _summed(house: House) -> tuple[float, float]:
    """Seconds to sum everything up, and how many cases a second are reckoned one by one."""
    from bihuan.cases import queries as cases
    from bihuan.complaints import commands

    begun = time.perf_counter()
    commands.sum_up()
    summed = time.perf_counter() - begun
    commands.mark(cases.ids_after(0, 10 * commands.AT_ONCE))
    begun, done = time.perf_counter(), 0
    while some := commands.reckon(at=datetime.now(UTC)):
        done += some
    took = time.perf_counter() - begun
    with psycopg.connect(house.urls.owner, autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE) complaints_ontime")
    return round(summed, 1), round(done / took)


def pages(cookie: str, today: date) -> list[Page]:
    """What is looked at, with the cookie of a supervisor, on this day."""
    month = _days(today.replace(day=1) - timedelta(days=1), 1)
    year, odd, all_ = _days(today, 12), _days(today, 11, odd=16), _days(today, 34)
    reports = "/desk/reports/"
    asked = {
        "on_time_month": f"on-time/?{month}",
        "on_time_year": f"on-time/?{year}",
        "on_time_odd_days": f"on-time/?{odd}",
        "on_time_three_years": f"on-time/?{all_}",
        "accountability_month": f"accountability/?{month}",
        "accountability_year": f"accountability/?{year}",
        "drift_month": f"drift/?{month}",
        "drift_year": f"drift/?{year}",
        "dues_missed": f"on-time/cases/?{month}&what=missed",
        "dues_of_a_clause": f"on-time/cases/?{month}&clause=1.4&what=missed",
    }
    return [Page(name, reports + address, cookie, MOST_MS) for name, address in asked.items()]


def _days(last: date, months: int, odd: int = 1) -> str:
    """The days up to `last` that began so many months before, on the day `odd` of its month."""
    first = last.replace(day=1)
    for _ in range(months - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    return f"from={first.replace(day=odd)}&to={last}"
