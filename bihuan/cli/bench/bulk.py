"""Fill a house with as many cases as a platform has: the demo's, copied with ids of their own.

A copy has every row of the case it was made from (clocks, words, events, messages, findings,
breaches), moved in time, with another number, person and owner. Its log is as large as a real
one, but its hashes are the original's: nothing here is for `bihuan verify`.
"""

from __future__ import annotations

import random
import secrets as chance
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bihuan.cli.bench import stories
from bihuan.cli.bench.house import House
from bihuan.core import ids
from bihuan.core.clocks import SHANGHAI

OPEN = ("filed", "accepted", "resolved", "notified")
AGENTS = 100  # who hold the copies
_CASES_A_PERSON = 5
_AT_ONCE = 25_000
_FIRST = 1_000_000  # counters of copies lie above those of what the house made itself
_YEARS = timedelta(days=3 * 365)  # ended cases lie this far back

_EARLIEST = datetime(2024, 1, 2, tzinfo=UTC)  # ids begin there

#: table -> its column that holds the case; the log's stream is the case too
_TABLES = {
    "cases_case": "id",
    "cases_clock": "case_id",
    "cases_entry": "case_id",
    "cases_finding": "case_id",
    "cases_followup": "case_id",
    "complaints_accountability": "case_id",
    "complaints_judged": "case_id",
    "complaints_counted": "case_id",
    "notify_message": "case_id",
    "events_event": "stream",
}
#: what a copy has of its own, beside ids and times
_OWN = {
    ("cases_case", "number"): "c.number",
    ("cases_case", "owner_id"): "CASE WHEN t.owner_id > 0 THEN c.owner_id ELSE 0 END",
    ("cases_case", "person_id"): "c.person_id",
    ("cases_case", "order_id"): "0",
    ("notify_message", "key"): "c.new_id || substr(t.key, length(t.case_id::text) + 1)",
    ("notify_message", "person_id"): "CASE WHEN t.person_id > 0 THEN c.person_id ELSE 0 END",
    ("notify_message", "staff_id"): "CASE WHEN t.staff_id > 0 THEN c.owner_id ELSE 0 END",
    ("complaints_accountability", "staff_id"): "c.owner_id",
    ("complaints_judged", "staff_id"): "c.owner_id",
    ("complaints_counted", "staff_id"): "c.owner_id",
    ("events_event", "data"): "CASE WHEN t.data ? 'entry' THEN jsonb_set(t.data, '{entry}', "
    "to_jsonb((t.data ->> 'entry')::bigint + c.new_id - c.old_id)) ELSE t.data END",
}
COLUMNS = """
SELECT column_name, data_type FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
ORDER BY ordinal_position
"""
_COPIES = """
CREATE TEMP TABLE copies (
    old_id bigint, new_id bigint, number text, person_id bigint, owner_id bigint, moved interval
)
"""
_PERSONS = """
COPY accounts_person (
    id, name, phone, phone_index, identity_level, locale, tell_by, created_at
) FROM STDIN
"""
_KEYS = """
COPY accounts_personkey (person_id, wrapped, key_encryption_key, created_at) FROM STDIN
"""
_FOUND = """
SELECT id, state, department, received_at FROM cases_case
WHERE state <> 'merged' ORDER BY id
"""


@dataclass(slots=True)
class Filler:
    """Copies cases until the house has as many as wanted; a share of them open."""

    house: House
    open_share: float = 0.05
    seed: int = 2025
    older: timedelta = timedelta(hours=20)  # open copies are up to this much older
    templates: list[tuple[int, str, str, datetime]] = field(default_factory=list)
    agents: dict[str, list[int]] = field(default_factory=dict)
    persons: list[int] = field(default_factory=list)
    made: int = 0

    def prepare(self) -> None:
        """Take the cases that are there for templates, and hire the agents of the copies."""
        with psycopg.connect(self.house.urls.owner) as owner:
            self.templates = owner.execute(_FOUND).fetchall()
        self.agents = _hired([row[2] for row in self.templates])

    def fill(self, wanted: int, progress: Callable[[str], None]) -> None:
        """Copy until there are `wanted` cases, then let the database take stock as it would."""
        mind = random.Random(f"{self.seed} {self.made}")
        with psycopg.connect(self.house.urls.owner, autocommit=True) as owner:
            shapes = {table: _shape(owner, table) for table in _TABLES}
            persons = wanted // _CASES_A_PERSON - len(self.persons)
            if persons > 0:
                progress(f"{persons:,} persons")
                self.persons += _born(owner, len(self.persons), persons, mind)
            owner.execute(_COPIES)
            owner.execute("SET work_mem = '256MB'")
            begun = self.made
            while self.made < wanted:
                progress(f"{self.made:,} of {wanted:,} cases")
                many = min(_AT_ONCE, wanted - self.made)
                far = [(self.made + n - begun) / (wanted - begun) for n in range(many)]
                self._copy(owner, far, shapes, mind)
            owner.execute("DROP TABLE copies")
            progress("vacuum")
            # ids rise with time: a later filling must not lie behind rows younger than its own,
            # or reading by due time jumps about in the table as it does in no house
            owner.execute("CLUSTER cases_case USING cases_case_pkey")
            owner.execute("VACUUM (ANALYZE)")
            owner.execute("CHECKPOINT")

    def _copy(
        self,
        owner: psycopg.Connection,
        far: Sequence[float],
        shapes: dict[str, str],
        mind: random.Random,
    ) -> None:
        with owner.transaction():
            owner.execute("TRUNCATE copies")
            with owner.cursor().copy("COPY copies FROM STDIN") as file:
                for row in self._chosen(far, mind):
                    file.write_row(row)
            owner.execute("ANALYZE copies")
            for table, shape in shapes.items():
                owner.execute(
                    f"INSERT INTO {table} {shape} FROM {table} t "
                    f"JOIN copies c ON t.{_TABLES[table]} = c.old_id "
                    "ORDER BY c.new_id ON CONFLICT DO NOTHING"
                )
        self.made += len(far)

    def _chosen(self, far: Sequence[float], mind: random.Random) -> Iterator[tuple[Any, ...]]:
        """Which case each copy is made from, and what it has of its own.

        They come in the order of time (`far` from 0, years ago, to 1, where the open ones are), as
        they did in life: rows lie, and indexes grow, as they do in a house that has become old.
        """
        ended = [row for row in self.templates if row[1] not in OPEN]
        open_ = [row for row in self.templates if row[1] in OPEN]
        for n, share in enumerate(far, self.made):
            is_open = share >= 1 - self.open_share
            id, _, department, received = mind.choice(open_ if is_open else ended)
            back = self.older * mind.random() if is_open else _YEARS * (1 - share)
            at = max(received - back, _EARLIEST).replace(microsecond=received.microsecond)
            yield (
                id,
                ids.compose(int(at.timestamp()), _FIRST + n),
                ids.case_number(at.astimezone(SHANGHAI).date(), _FIRST + n),
                mind.choice(self.persons),
                mind.choice(self.agents[department]),
                at - received,
            )


def _shape(owner: psycopg.Connection, table: str) -> str:
    """The columns, and the select list that makes a copy's row of the original's."""
    names, parts = [], []
    for name, kind in owner.execute(COLUMNS, [table]).fetchall():
        names.append(name)
        if (own := _OWN.get((table, name))) is not None:
            parts.append(own)
        elif name == _TABLES[table]:
            parts.append("c.new_id")
        elif name == "id":  # stays in the order of time: the low bits are the copy's
            parts.append("t.id + c.new_id - c.old_id")
        elif kind == "timestamp with time zone":
            parts.append(f"t.{name} + c.moved")
        else:
            parts.append(f"t.{name}")
    return f"({', '.join(names)}) SELECT {', '.join(parts)}"


def _born(owner: psycopg.Connection, first: int, many: int, mind: random.Random) -> Iterator[int]:
    """Persons with keys of their own, counted from `first`; their ids."""
    from bihuan.store import secrets

    at = datetime.now(UTC)
    keys: list[tuple[Any, ...]] = []
    with owner.cursor() as cursor:
        with cursor.copy(_PERSONS) as people:
            for n in range(first, first + many):
                id, new = ids.compose(int(at.timestamp()) - 86_400, _FIRST + n), secrets.new_key()
                secrets.keep(id, new.key)
                keys.append((id, new.wrapped, new.key_encryption_key, at))
                people.write_row((*_person(id, mind), "none", "zh-hans", "inbox", at))
                yield id
        with cursor.copy(_KEYS) as file:
            for row in keys:
                file.write_row(row)


def _person(id: int, mind: random.Random) -> tuple[Any, ...]:
    """Name and phone sealed for this row, and the blind index of the phone."""
    from bihuan.store import secrets

    phone = stories.phone(mind)
    return (
        id,
        secrets.seal(id, "accounts_person", "name", id, stories.name(mind)),
        secrets.seal(id, "accounts_person", "phone", id, phone),
        secrets.blind("accounts_person", "phone", f"{phone} {id}"),  # drawn twice, stays one's own
    )


def _hired(departments: Sequence[str]) -> dict[str, list[int]]:
    """Agents for these departments, named as often as they have cases."""
    from bihuan.accounts import commands as accounts
    from bihuan.core.actors import SYSTEM, Role

    found: dict[str, list[int]] = {one: [] for one in departments}
    known = [one for one in departments if one != "unrouted"]
    alike = sorted(set(known)) + [known[n * len(known) // AGENTS] for n in range(AGENTS)]
    for n, department in enumerate(alike):
        made = accounts.create_staff(
            name=f"客服{n + 1:03d}",
            username=f"agent-{n}-{chance.token_hex(3)}",
            roles=[Role.AGENT],
            department=department,
            by=SYSTEM,
            at=datetime.now(UTC),
        )
        found[department].append(made.id)
    if "unrouted" in found:  # nobody's department: whoever watches it
        found["unrouted"] = found[alike[0]]
    return found
