"""How fast the same rows can be written by PostgreSQL's own pgbench: the limit to compare with.

The rows are those of cases that were filed a moment ago over HTTP, to the last byte of what was
sealed, read back and written again with ids, numbers and indexes of their own: one statement for
one case, as few round trips as can be, prepared, and without a client's work to do.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from bihuan.cli.bench.house import House
from bihuan.core import ids

_SAMPLES = 8
_RANGE = 200_000  # ids for one client; eight times that is less than one second has (core.ids)
#: table -> its column that holds the case, in the order of intake.sql
_TABLES = {
    "accounts_person": "id",
    "accounts_personkey": "person_id",
    "cases_case": "id",
    "cases_clock": "case_id",
    "cases_entry": "case_id",
    "events_event": "stream",
    "events_pending": "stream",
    "cases_idempotencykey": "case_id",
}
_OF_PERSON = ("accounts_person", "accounts_personkey")
_CASE, _PERSON, _ENTRY = ":id::bigint", "(:id::bigint + 1)", "(:id::bigint + 2)"
_CHANCE = "md5(:id::text)"  # a new place in the index each time, as a blind index has
#: what a copy has of its own; `:id` is new in each transaction
_OWN = {
    ("accounts_person", "id"): _PERSON,
    ("accounts_person", "phone_index"): f"decode({_CHANCE}, 'hex')",
    ("accounts_personkey", "person_id"): _PERSON,
    ("cases_case", "id"): _CASE,
    ("cases_case", "number"): "('TS' || lpad(:id::text, 16, '0'))",
    ("cases_case", "person_id"): _PERSON,
    ("cases_clock", "case_id"): _CASE,
    ("cases_entry", "id"): _ENTRY,
    ("cases_entry", "case_id"): _CASE,
    ("cases_entry", "author_id"): _PERSON,
    ("events_event", "stream"): _CASE,
    ("events_pending", "stream"): _CASE,
    ("cases_idempotencykey", "case_id"): _CASE,
    ("cases_idempotencykey", "key"): _CHANCE,
}
_COLUMNS = """
SELECT a.attname, a.atttypid::regtype::text FROM pg_attribute a
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
    AND NOT a.atthasdef AND a.attidentity = ''
ORDER BY a.attnum
"""
_FOUND = """
SELECT c.id, c.person_id FROM cases_case c JOIN cases_idempotencykey k ON k.case_id = c.id
JOIN accounts_person p ON p.id = c.person_id AND p.phone_index IS NOT NULL
ORDER BY md5(c.id::text) LIMIT %s
"""


def write_scripts(house: House) -> list[Path]:
    """A pgbench script for each of some cases of this house: all of its rows in one statement."""
    written: list[Path] = []
    with psycopg.connect(house.urls.owner) as db:
        for n, (case_id, person_id) in enumerate(db.execute(_FOUND, [_SAMPLES]).fetchall()):
            file = house.folder / f"limit-{n}.pgbench"
            file.write_text(_script(db, case_id, person_id), encoding="utf-8")
            written.append(file)
    if not written:
        raise RuntimeError("nothing was filed yet that could be written again")
    return written


def _script(db: psycopg.Connection[Any], case_id: int, person_id: int) -> str:
    """Ids as the application makes them: of one second, each client in a range of its own."""
    *first, last = [
        _insert(db, table, place, person_id if table in _OF_PERSON else case_id)
        for table, place in _TABLES.items()
    ]
    parts = ",\n".join(f"w{n} AS ({insert})" for n, insert in enumerate(first))
    head = f"\\set n :n + 3\n\\set id :base + :client_id * {_RANGE} + :n\n"
    return f"{head}WITH {parts}\n{last};\n"


def _insert(db: psycopg.Connection[Any], table: str, place: str, key: int) -> str:
    """The rows of this case in one table, as literals, with what a copy has of its own."""
    columns = db.execute(_COLUMNS, [table]).fetchall()
    read = ", ".join(f"{name}::text" for name, _ in columns)
    found = db.execute(f"SELECT {read} FROM {table} WHERE {place} = %s", [key])
    rows = [
        ", ".join(
            _OWN.get((table, name)) or f"{_literal(value)}::{kind}"
            for (name, kind), value in zip(columns, row, strict=True)
        )
        for row in found.fetchall()
    ]
    names = ", ".join(name for name, _ in columns)
    return f"INSERT INTO {table} ({names}) VALUES ({'), ('.join(rows)})"


def _literal(value: str | None) -> str:
    """For pgbench, which takes a colon and a word for a variable even inside quotes."""
    if value is None:
        return "NULL"
    plain = value.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
    return "E'" + plain.replace("\n", "\\n") + "'"


def measure(house: House, scripts: Sequence[Path], *, connections: int, seconds: int) -> float:
    """Transactions a second, each one case."""
    second = int(time.time()) + 1
    time.sleep(second - time.time())  # a second of its own: nobody else has ids of it
    base = ids.compose(second, 0)
    done = subprocess.run(  # noqa: S603 - a fixed list, no shell
        [
            str(house.server.bin("pgbench")), "--no-vacuum", "--protocol=prepared",
            f"--client={connections}", "--jobs=2", f"--time={seconds}",
            *(f"--file={script}" for script in scripts),
            "--define=n=0", f"--define=base={base}", house.urls.app,
        ],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    found = re.search(r"tps = ([0-9.]+) ", done.stdout)
    failed = re.search(r"number of failed transactions: ([0-9]+)", done.stdout)
    if done.returncode or not found or not failed or int(failed[1]):
        raise RuntimeError(f"pgbench failed: {done.stderr[-2000:]}")
    return float(found[1])
