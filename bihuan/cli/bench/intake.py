"""Cases filed a second over HTTP, beside what PostgreSQL alone does with the same rows."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bihuan.cli.bench import figures, limit
from bihuan.cli.bench.figures import Goal
from bihuan.cli.bench.house import House, leave_database, program, staff

WORKERS = 2
_CONNECTIONS = 8  # of the limit
_WARM_UP = 5.0  # seconds


@dataclass(slots=True)
class Round:
    """One turn of each, one right after the other, so that both see the same machine."""

    limit: float
    rate: float
    share: float
    seconds: list[float]
    errors: dict[str, int]
    web_ms: float
    database_ms: float
    client_ms: float


def run(name: str, argv: Sequence[str]) -> int:
    """Measure; 1 when a goal is missed."""
    parser = figures.parser(
        name,
        "POST /api/v1/cases from many clients against pgbench with the same rows, in turns.",
        "intake --seconds 60 --clients 32",
    )
    parser.add_argument("--seconds", type=int, default=60, help="time to measure, in all")
    parser.add_argument("--clients", type=int, default=32, help="connections of the load")
    parser.add_argument("--rounds", type=int, default=4, help="turns of each")
    parser.add_argument("--seed", type=int, default=2025, help="of what people write")
    given = parser.parse_args(argv)
    with House() as house:
        token = staff(datetime.now(UTC)).token
        leave_database()
        house.start_live(WORKERS)
        _load(house, token, given, _WARM_UP, "warm-up")
        length = max(given.seconds / given.rounds, 2.0)
        scripts = limit.write_scripts(house)
        rounds = [_round(house, token, scripts, given, length, n) for n in range(given.rounds)]
        settings = figures.database_settings(house.urls.app)
    figures.end_of_progress()
    return _tell(rounds, settings, given)


def _round(
    house: House, token: str, scripts: Sequence[Path], given: Any, length: float, n: int
) -> Round:
    figures.progress("intake", f"round {n + 1} of {given.rounds}")
    web = figures.descendants(_pid(house))
    seconds = max(round(length * 0.4), 1)
    house.rest()
    alone = limit.measure(house, scripts, connections=_CONNECTIONS, seconds=seconds)
    house.rest()
    before = figures.cpu_seconds(web), figures.cpu_seconds(house.database_processes())
    came = _load(house, token, given, length * 0.6, str(n))
    after = figures.cpu_seconds(web), figures.cpu_seconds(house.database_processes())
    made = max(came["created"], 1)
    rate = came["created"] / came["took"]
    return Round(
        limit=alone,
        rate=rate,
        share=rate / alone,
        seconds=came["seconds"],
        errors=came["errors"],
        web_ms=1000 * (after[0] - before[0]) / made,
        database_ms=1000 * (after[1] - before[1]) / made,
        client_ms=1000 * came["cpu"] / made,
    )


def _pid(house: House) -> int:
    process = house.children[0].process
    assert process is not None  # it answered a moment ago
    return process.pid


def _load(house: House, token: str, given: Any, seconds: float, seed: str) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603 - a fixed list, no shell
        program(
            "load", f"--port={house.port}", f"--clients={given.clients}", f"--seconds={seconds}",
            f"--seed={given.seed} {seed}",
        ),
        input=token + "\n",
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )  # fmt: skip
    came: dict[str, Any] = json.loads(done.stdout)
    return came


def _tell(rounds: list[Round], settings: dict[str, str], given: Any) -> int:
    waited = [1000 * s for r in rounds for s in r.seconds]
    errors = sum(sum(r.errors.values()) for r in rounds)
    share = statistics.median(r.share for r in rounds)
    p99 = figures.percentile(waited, 0.99)
    return figures.told(
        "intake",
        [
            Goal("share_of_limit", round(share, 3), ">=", 0.45),
            Goal("p99_ms", round(p99, 1), "<=", 150),
            Goal("errors", errors, "<=", 0),
        ],
        {
            "cases_a_second": round(statistics.median(r.rate for r in rounds)),
            "limit_a_second": round(statistics.median(r.limit for r in rounds)),
            "shares": [round(r.share, 3) for r in rounds],
            "cases": len(waited) - errors,
            "p50_ms": round(figures.percentile(waited, 0.50), 1),
            "p95_ms": round(figures.percentile(waited, 0.95), 1),
            "max_ms": round(max(waited, default=0.0), 1),
            "cpu_ms_a_case": {
                "web": round(statistics.median(r.web_ms for r in rounds), 2),
                "database": round(statistics.median(r.database_ms for r in rounds), 2),
                "clients": round(statistics.median(r.client_ms for r in rounds), 2),
            },
            "errors": [r.errors for r in rounds],
            "clients": given.clients,
            "workers": WORKERS,
            "database": settings,
        },
        as_json=given.json,
        seed=given.seed,
    )
