"""kill -9 of pages, worker and database in random order while cases are filed: nothing is lost."""

from __future__ import annotations

import os
import random
import secrets
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg

from bihuan.cli.bench import figures, filers
from bihuan.cli.bench.figures import Goal
from bihuan.cli.bench.house import DidNotOpen, House, leave_database, staff
from bihuan.cli.children import Child

VICTIMS = ("web", "work", "database")
_PAUSE = 0.05, 0.8  # seconds of work before the next kill
_AWAKE = 90.0  # seconds a victim may take to be at work again
_STANDSTILL = 60.0  # seconds in which the worker may finish nothing of what was begun
#: The negative control: acknowledged before it is written. The rest only makes the window wide,
#: so that the control does not hang on luck.
_OFF = """
synchronous_commit = off
wal_writer_delay = 10s
wal_writer_flush_after = 1GB
wal_buffers = 64MB
"""
_WORKED = "SELECT count(*) FROM events_heard"


@dataclass(slots=True)
class Strikes:
    """What was killed, and how long until the next acknowledgement."""

    kills: dict[str, int] = field(default_factory=dict)
    recovery: list[float] = field(default_factory=list)


def run(name: str, argv: Sequence[str]) -> int:
    """Kill, then prove; 1 when anything acknowledged was lost, doubled or left undone."""
    parser = figures.parser(
        name,
        "File cases over HTTP from several clients while pages, worker and database are killed "
        "with SIGKILL in random order; then compare the database with the clients' ledger.",
        "crash --kills 50 --seed 7",
    )
    parser.add_argument("--kills", type=int, default=50, help="how often to kill")
    parser.add_argument(
        "--victims", nargs="+", choices=VICTIMS, default=VICTIMS, help="what is killed, in turns"
    )
    parser.add_argument("--clients", type=int, default=6, help="how many file at once")
    parser.add_argument("--seed", type=int, help="of the order, the pauses and what is written")
    parser.add_argument(
        "--synchronous-commit", choices=("on", "off"), default="on",
        help="off: the negative control, which must find losses",
    )  # fmt: skip
    given = parser.parse_args(argv)
    given.seed = secrets.randbelow(1_000_000) if given.seed is None else given.seed
    figures.progress(name, f"seed {given.seed}, opening the house")
    with House(conf=_OFF if given.synchronous_commit == "off" else "") as house:
        token = staff(datetime.now(UTC)).token
        leave_database()
        _write_down(house)
        house.start_live()
        house.start("work")
        ledger = filers.Ledger(house.folder / "ledger")
        crew = filers.Crew(house.port, token, ledger, given.clients, given.seed)
        begun = time.monotonic()
        with crew.at_work():
            strikes = _strike_all(house, ledger, given)
        took = time.monotonic() - begun
        document = _proved(house, ledger, given.synchronous_commit == "on")
        ledger.close()
    figures.end_of_progress()
    return _tell(crew, strikes, document, took, given)


def _write_down(house: House) -> None:
    """What the clients need is on the disk before the first kill, in the control too."""
    with psycopg.connect(house.urls.owner, autocommit=True) as owner:
        owner.execute("CHECKPOINT")


def _strike_all(house: House, ledger: filers.Ledger, given: Any) -> Strikes:
    mind, done = random.Random(f"kills {given.seed}"), Strikes()
    order = [given.victims[n % len(given.victims)] for n in range(given.kills)]
    mind.shuffle(order)
    heard = 0
    for place, victim in enumerate(order):
        seen, since = ledger.acks, time.monotonic()
        _await(lambda seen=seen: ledger.acks > seen, "an acknowledgement")  # type: ignore[misc]
        if place:
            done.recovery.append(time.monotonic() - since)
        if victim == "work":
            _await(lambda heard=heard: _heard(house) > heard, "a delivery")  # type: ignore[misc]
            heard = _heard(house)
        time.sleep(mind.uniform(*_PAUSE))
        what = _strike(house, victim, mind)
        done.kills[what] = done.kills.get(what, 0) + 1
        said = f"kill {place + 1} of {given.kills}: {what}, {ledger.acks} acknowledged"
        figures.progress("crash", said)
    seen = ledger.acks
    _await(lambda: ledger.acks > seen, "an acknowledgement")
    return done


def _strike(house: House, victim: str, mind: random.Random) -> str:
    """Kill it and start it again at once, as a supervisor would; what was killed exactly."""
    if victim == "database":
        return _strike_database(house, mind)
    child = next(child for child in house.children if child.name == victim)
    _kill_group(child)
    child.start()
    return victim


def _kill_group(child: Child) -> None:
    assert child.process is not None  # it was started, and nobody stopped it
    os.killpg(child.process.pid, signal.SIGKILL)  # a group of its own: the workers too
    child.process.wait()


def _strike_database(house: House, mind: random.Random) -> str:
    """The postmaster, or one of its processes, after which it recovers by itself."""
    postmaster = house.server.pid()
    others = [pid for pid in house.database_processes() if pid != postmaster]
    if postmaster is None or (others and mind.random() < 0.4):
        with suppress(ProcessLookupError):
            os.kill(mind.choice(others), signal.SIGKILL)
        return "backend"
    os.kill(postmaster, signal.SIGKILL)
    while house.server.running():
        time.sleep(0.01)
    assert house.server.start() == house.urls  # the children know no other address
    return "postmaster"


def _heard(house: House) -> int:
    """How many events were delivered; 0 while the database is away."""
    try:
        with psycopg.connect(house.urls.app, connect_timeout=2) as reader:
            row = reader.execute(_WORKED).fetchone()
            return int(row[0]) if row else 0
    except psycopg.OperationalError:
        return 0


def _await(claim: Callable[[], bool], what: str, seconds: float = _AWAKE) -> None:
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            raise DidNotOpen(f"{what} did not come within {seconds:.0f} seconds")
        time.sleep(0.01)


def _proved(house: House, ledger: filers.Ledger, durable: bool) -> dict[str, Any]:
    """Let the worker finish, end everything but the database, and compare it with the ledger."""
    from bihuan.cli.bench import proof
    from bihuan.events import tasks

    tried, acks = filers.read(ledger.file)
    asked = datetime.now(UTC)
    # where commits were lost the loop may never close, and losses are what is looked for
    patience = _STANDSTILL if durable else _STANDSTILL / 10
    before, since = list[str](), time.monotonic()
    while (waits := proof.under_way(asked)) and time.monotonic() - since < patience:
        if waits != before:
            before, since = waits, time.monotonic()
            figures.progress("crash", waits[0])
        time.sleep(0.5)
    for child in house.children:
        child.stop(15.0)
    found = proof.verify(tried, acks, tasks.seals_folder(), asked)
    leave_database()
    return asdict(found) | {"tried": len(tried), "acknowledged": len(acks)}


def _tell(
    crew: filers.Crew, strikes: Strikes, document: dict[str, Any], took: float, given: Any
) -> int:
    wrong = {name: document.pop(name) for name in _WRONG}
    goals = [Goal(name, len(those), "<=", 0) for name, those in wrong.items()]
    goals.append(Goal("wrong_answers", sum(crew.faults.values()), "<=", 0))
    goals.append(Goal("acknowledged", document["acknowledged"], ">=", given.kills))
    return figures.told(
        "crash",
        goals,
        {
            **document,
            "kills": strikes.kills,
            "synchronous_commit": given.synchronous_commit,
            "seconds": round(took),
            "recovery_p50_s": round(figures.percentile(strikes.recovery, 0.5), 2),
            "recovery_max_s": round(max(strikes.recovery, default=0.0), 2),
            "clients": given.clients,
            "answers": crew.faults,
            "examples": {name: those[:5] for name, those in wrong.items() if those},
        },
        as_json=given.json,
        seed=given.seed,
    )


_WRONG = ("lost", "doubled", "invented", "clockless", "unjudged", "broken", "unheard")
