"""The rows of a new case, and the one statement that writes them, of one or several (HOUSE §5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import msgspec

from bihuan.accounts import commands as people
from bihuan.cases.commands import words
from bihuan.cases.models import Case
from bihuan.core.actors import Actor
from bihuan.core.clocks import ClockRow
from bihuan.events import log
from bihuan.store.statements import Numbered, array, run

Values = Mapping[str, Any]

_COLUMNS = (
    "id",
    "number",
    "kind",
    "channel",
    "subject",
    "wish",
    "category",
    "issue",
    "severity",
    "tier",
    "priority",
    "rank",
    "person_id",
    "merchant_id",
    "order_id",
    "department",
    "owner_id",
    "policy_id",
    "received_at",
    "next_due_at",
    "next_milestone",
    "external_id",
)
#: what is written of a case and, when somebody is new, of the person, with PostgreSQL's types
_GIVEN = {
    **people.COLUMNS,
    **dict.fromkeys(_COLUMNS, "text"),
    **dict.fromkeys(
        ("id", "person_id", "merchant_id", "order_id", "owner_id", "policy_id"), "bigint"
    ),
    **dict.fromkeys(("tier", "rank"), "smallint"),
    **dict.fromkeys(("received_at", "next_due_at", "at"), "timestamptz"),
    "reasons": "jsonb",
    "missing": "text[]",
    **dict.fromkeys(("milestones", "statuses", "promises"), "text[]"),
    **dict.fromkeys(("dues", "effectives"), "timestamptz[]"),
    "hards": "bool[]",
    "entry_id": "bigint",
    "voice": "text",
    "text": "text",
    "salt": "bytea",
    **dict.fromkeys(("event_kind", "actor_role", "clause"), "text"),
    "actor_id": "bigint",
    "data": "jsonb",
    **dict.fromkeys(("previous", "hash", "digest", "answer"), "bytea"),
    "keys": "text[]",
}
_JSON = frozenset(name for name, kind in _GIVEN.items() if kind == "jsonb")
_NOBODY: dict[str, None] = dict.fromkeys(people.COLUMNS)


def columns(case: Case) -> dict[str, Any]:
    """What intake.sql writes of a case."""
    values = {name: getattr(case, name) for name in _COLUMNS}
    values["missing"], values["reasons"] = case.missing, case.reasons
    return values


def clocks(rows: Sequence[ClockRow]) -> dict[str, Any]:
    """The clocks of a case, which all start when it was received: a list for each column."""
    return {
        "milestones": [r.milestone for r in rows],
        "dues": [r.due_at for r in rows],
        "effectives": [r.effective_due_at for r in rows],
        "hards": [r.hard for r in rows],
        "statuses": [r.status for r in rows],
        "promises": [",".join(r.promises) for r in rows],
    }


def entry(entry_id: int, said: words.Said, by: Actor) -> dict[str, Any]:
    """What the person said, in the person's voice, whoever wrote it down."""
    return {
        "entry_id": entry_id,
        "voice": "user" if by.is_staff else by.voice,
        "text": said.text,
        "salt": said.salt,
    }


def event(made: log.EventRow) -> dict[str, Any]:
    """The first event of a case."""
    return {
        "event_kind": made.kind,
        "actor_id": made.actor_id,
        "actor_role": made.actor_role,
        "clause": made.clause,
        "data": made.data,
        "previous": made.previous,
        "hash": made.hash,
    }


def write(cases: Sequence[Values]) -> None:
    """Write these cases, all or none; each with the columns of a newcomer, if it has one.

    Raises Django's IntegrityError when a key was used or a contact registered meanwhile.
    """
    if len(cases) == 1:
        one = {**_NOBODY, **cases[0]}
        _alone().run({name: _as_parameter(name, value) for name, value in one.items()})
    else:
        ends = list(accumulate(len(one["answer"]) for one in cases))
        rows = [_as_json(one, end) for one, end in zip(cases, ends, strict=True)]
        run(_several(), [b"".join(one["answer"] for one in cases), msgspec.json.encode(rows)])


def _as_parameter(name: str, value: Any) -> Any:
    if name in _JSON:
        return msgspec.json.encode(value).decode()
    if name == "keys":  # in words of others
        return value
    return array(map(_as_word, value)) if type(value) is list else value


def _as_word(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _as_json(values: Values, end: int) -> dict[str, Any]:
    """Bytes as PostgreSQL reads them from text; the rest is JSON as it is.

    The answers, the largest part, stand one behind the other beside the JSON: this one to `end`.
    """
    length = len(values["answer"])
    return {
        name: f"\\x{value.hex()}" if type(value) is bytes else value
        for name, value in values.items()
        if name != "answer"
    } | {"answer_from": end - length + 1, "answer_length": length}


@cache
def _several() -> str:
    """Of the answers one behind the other, and the rows; as bytes, which need no encoding anew."""
    known = {name: kind for name, kind in _GIVEN.items() if name != "answer"}
    known |= {"answer_from": "int", "answer_length": "int"}
    named = ", ".join(f"{name} {kind}" for name, kind in known.items())
    return _statement(
        "SELECT *, substring(%b::bytea FROM answer_from FOR answer_length) AS answer"  # noqa: S608
        f" FROM json_to_recordset(convert_from(%b, 'UTF8')::json) AS one ({named})"
    )


@cache
def _alone() -> Numbered:
    """The same with each column a parameter of its own, which for one case is faster."""
    named = ", ".join(f"%({name})s::{kind} AS {name}" for name, kind in _GIVEN.items())
    return Numbered(_statement(f"SELECT {named}"))


def _statement(given: str) -> str:
    """Newcomers and their keys stand before the cases."""
    rest = (Path(__file__).parents[1] / "intake.sql").read_text(encoding="utf-8")
    return f"WITH given AS ({given}), {people.MADE},\n{rest}"
