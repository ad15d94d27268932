"""Search among many cases: a rare word, a common one, and what else people ask for (E.18)."""

from __future__ import annotations

import itertools
import os
import random
import statistics
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bihuan.cli.bench import figures, stories
from bihuan.cli.bench.bulk import COLUMNS
from bihuan.cli.bench.figures import Goal
from bihuan.cli.bench.house import House, leave_database, signed_in, staff, used
from bihuan.core import ids, lexemes

CONF = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
max_wal_size = 4GB
maintenance_work_mem = 512MB
"""
RARE, COMMON, NOWHERE = "锆英砂", "退款", "囍囍"
RARE_CASES = 40
MOST_RARE_MS, MOST_COMMON_MS = 50.0, 150.0
_TEXTS = 10_000  # distinct ones; each stands in many cases
_MORE = 60  # characters beside the story: what an answer and a second message add
_YEARS = 3
_FRESH = 200  # cases filed and indexed as the worker does, so that some wait to be sorted in
_WARM, _TIMES = 5, 40
_OPEN_SHARE = 0.05
#: What is asked, by name.
ASKED = {
    "rare": RARE,
    "common": COMMON,
    "nowhere": NOWHERE,
    "two_words": f"{COMMON} 中转站",
    "phrase": "“还没有收到”",
    "one_character": "款",
    "rare_and_common": f"{RARE} {COMMON}",
}
_OWN = {
    "id": "n.id",
    "number": "'B' || n.id",
    "received_at": "n.at",
    "registered_at": "n.at",
    "round_at": "n.at",
    "state": "CASE WHEN n.open THEN 'filed' ELSE 'closed' END",
    "ended_at": "CASE WHEN n.open THEN NULL ELSE n.at + interval '1 day' END",
    "next_due_at": "CASE WHEN n.open THEN n.at + interval '1 day' END",
    "department": "CASE WHEN n.id % 4 = 0 THEN 'customer_service' ELSE 'technical' END",
}
_NEW = """
CREATE TEMP TABLE new AS
SELECT (floor(extract(epoch FROM at)) - %(epoch)s)::bigint * 2097152 + 1000000 + n AS id, n, at,
    n > %(cases)s * (1 - %(open)s) AS open, n %% %(texts)s AS text,
    to_char(at AT TIME ZONE 'Asia/Shanghai', '"m:"YYMM') AS month
FROM (
    SELECT n, %(now)s - %(years)s * (1 - n::float / %(cases)s) AS at
    FROM generate_series(1, %(cases)s) AS n
) AS all_
"""
_ENTRIES = """
INSERT INTO cases_entry (id, case_id, kind, voice, internal, author_id, author_name, text, salt,
    channel, at)
SELECT n.id, n.id, 'filing', 'user', false, 1, '', t.said, '', 'web', n.at
FROM new n JOIN texts t ON t.n = n.text
"""
_WORDS = """
INSERT INTO cases_searchtext (case_id, received_at, tokens)
SELECT n.id, n.at, t.tokens || ('''' || n.month || '''')::tsvector ||
    CASE WHEN n.n %% %(every)s = 0 THEN %(rare)s::tsvector ELSE ''::tsvector END
FROM new n JOIN texts t ON t.n = n.text ORDER BY n.id
"""
_SIZES = """
SELECT pg_total_relation_size('cases_searchtext') - pg_relation_size('search_by_token'),
    pg_relation_size('search_by_token')
"""


def run(name: str, argv: Sequence[str]) -> int:
    """Measure; 1 when a rare or a common word is found too slowly."""
    parser = figures.parser(
        name,
        "Fill the index of words, then search as an agent does: the query alone, and the page over "
        "HTTP. The goals are for the query's processor time.",
        "search --cases 500000",
    )
    parser.add_argument("--cases", type=int, default=500_000, help="cases in the index")
    parser.add_argument("--seed", type=int, default=2025, help="of what people write")
    given = parser.parse_args(argv)

    def progress(said: str) -> None:
        figures.progress(name, said)

    progress("opening the house")
    with House(conf=CONF) as house:
        someone = staff(datetime.now(UTC))
        took = _fill(house, given.cases, given.seed, progress)
        fresh = _fresh(random.Random(given.seed), progress)
        found = {which: _asked(house, words, progress) for which, words in ASKED.items()}
        found["common_narrowed"] = _asked(house, COMMON, progress, department="customer_service")
        leave_database()
        house.start_web()
        cookie = signed_in(someone.user_id)
        leave_database()
        pages = {which: _page(house, cookie, ASKED[which]) for which in ("rare", "common")}
        with psycopg.connect(house.urls.owner) as owner:
            sizes = owner.execute(_SIZES).fetchone()
    figures.end_of_progress()
    assert sizes is not None  # a function always gives a row
    told = {
        "cases": given.cases,
        "query": found,
        "page": pages,
        "megabytes": {"words": sizes[0] >> 20, "index": sizes[1] >> 20},
        "filled_seconds": took,
        "indexed_ms_a_case": fresh,
    }
    return figures.told(name, _goals(found), told, as_json=given.json, seed=given.seed)


def _goals(found: dict[str, dict[str, Any]]) -> list[Goal]:
    return [
        Goal("rare_server_ms", found["rare"]["server_ms"], "<=", MOST_RARE_MS),
        Goal("common_server_ms", found["common"]["server_ms"], "<=", MOST_COMMON_MS),
    ]


def _fill(house: House, cases: int, seed: int, progress: Callable[[str], None]) -> float:
    """Rows of cases, of their first words, and of the index, without the tables nobody reads."""
    begun = time.perf_counter()
    _file(random.Random(seed))  # one in earnest, to be copied
    leave_database()
    with psycopg.connect(house.urls.owner, autocommit=True) as owner:
        owner.execute("SET work_mem = '256MB'")
        progress("words")
        owner.execute("CREATE TEMP TABLE texts (n int, said text, tokens tsvector)")
        with owner.cursor().copy("COPY texts FROM STDIN") as file:
            for row in _texts(random.Random(seed)):
                file.write_row(row)
        progress("cases")
        owner.execute(
            _NEW,
            {
                "epoch": ids.EPOCH, "cases": cases, "open": _OPEN_SHARE, "texts": _TEXTS,
                "now": datetime.now(UTC), "years": timedelta(days=365 * _YEARS - 60),
            },
        )  # fmt: skip
        owner.execute("ANALYZE new, texts")
        owner.execute(_copied(owner))
        owner.execute(_ENTRIES)
        progress("index of words")
        owner.execute("DROP INDEX search_by_token")
        rare = lexemes.kept([RARE], datetime.now(UTC).date()).partition(" ")[2]
        every = max(cases // RARE_CASES, 1)
        owner.execute(_WORDS, {"every": every, "rare": rare})
        owner.execute(
            "CREATE INDEX search_by_token ON cases_searchtext USING gin (tokens) "
            "WITH (gin_pending_list_limit = 1024)"
        )
        progress("vacuum")
        owner.execute("VACUUM (ANALYZE) cases_case, cases_entry, cases_searchtext")
        owner.execute("CHECKPOINT")
    return round(time.perf_counter() - begun, 1)


def _copied(owner: psycopg.Connection) -> str:
    """The statement that makes all cases of the one that is there."""
    named = [name for name, _kind in owner.execute(COLUMNS, ["cases_case"]).fetchall()]
    names = ", ".join(named)
    values = ", ".join(_OWN.get(name, f"t.{name}") for name in named)
    return (
        f"INSERT INTO cases_case ({names}) SELECT {values} FROM cases_case t, new n ORDER BY n.id"
    )


def _file(mind: random.Random) -> int:
    from bihuan.cases import commands
    from bihuan.core.actors import SYSTEM

    told = stories.told(mind)
    contact = commands.Contact(**told.pop("contact"))
    filing = commands.Filing(**told, contact=contact)
    return commands.file(filing=filing, by=SYSTEM, at=datetime.now(UTC)).case.id


def _texts(mind: random.Random) -> Iterator[tuple[int, str, str]]:
    """What people write, and more in characters as often as they are in life (Zipf's law)."""
    letters = [chr(0x4E00 + n) for n in mind.sample(range(6_000), 3_000)]
    weights = list(itertools.accumulate(1 / (n + 10) for n in range(len(letters))))
    day = datetime.now(UTC).date()
    for n in range(_TEXTS):
        told = stories.told(mind)
        more = "".join(mind.choices(letters, cum_weights=weights, k=_MORE))
        parts = [more[at : at + 12] for at in range(0, _MORE, 12)]
        said = f"{told['text']}{'，'.join(parts)}。型号 BL-{mind.randrange(1000)}"
        tokens = lexemes.kept([told["subject"], said], day)
        yield n, said, tokens.partition(" ")[2]  # the month is each case's own


def _fresh(mind: random.Random, progress: Callable[[str], None]) -> float:
    """Index some cases as the worker does, in batches of a hundred; milliseconds for each."""
    from bihuan.cases import commands

    progress("fresh cases")
    made = [_file(mind) for _ in range(_FRESH)]
    begun = time.perf_counter()
    for start in range(0, _FRESH, 100):
        commands.index_words(case_ids=made[start : start + 100])
    return round(1000 * (time.perf_counter() - begun) / _FRESH, 2)


def _asked(
    house: House, words: str, progress: Callable[[str], None], **narrow: str
) -> dict[str, Any]:
    """The first page for these words, as often as needed; and how many it held."""
    from bihuan.cases import queries
    from bihuan.core.actors import Actor, Role

    progress(words)
    agent = Actor(1, frozenset({Role.AGENT}), "customer_service", "")
    filters = queries.Filters(q=words, **narrow)  # type: ignore[arg-type]  # a department
    now = datetime.now(UTC)

    def once() -> int:
        page = queries.inbox(agent, view="every", filters=filters, limit=20, at=now)
        return len(page.cases)

    return {"words": words, "found": once()} | _timed(house, once)


def _page(house: House, cookie: str, words: str) -> dict[str, Any]:
    address = f"http://127.0.0.1:{house.port}/desk/search/?q={urllib.parse.quote(words)}"
    asked = urllib.request.Request(address, headers={"Cookie": cookie})

    def once() -> None:
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - our own server
            if answer.url != address or b'class="hit"' not in answer.read():
                raise RuntimeError(f"{address} shows no results")

    for _ in range(16):  # each thread that serves has a connection of its own
        once()
    return _timed(house, once)


def _timed(house: House, once: Callable[[], object]) -> dict[str, float]:
    """`server_ms` is processor time, ours and the database's, which a busy machine does not
    stretch as it does the time until the answer was there."""
    for _ in range(_WARM):
        once()
    times, before = [], _used(house)
    for _ in range(_TIMES):
        begun = time.perf_counter()
        once()
        times.append(1000 * (time.perf_counter() - begun))
    return {
        "server_ms": round(1000 * (_used(house) - before) / _TIMES, 1),
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(figures.percentile(times, 0.95), 1),
    }


def _used(house: House) -> float:
    return used(house) + figures.cpu_seconds([os.getpid()])
