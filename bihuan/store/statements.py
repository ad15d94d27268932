"""Statements that PostgreSQL reads and plans once a connection: for what every step does.

Django's cursor binds on the client, so that no two of its statements are alike and none is ever
prepared; and making the SQL of a queryset takes longer than fetching a row by its key. Measured
on a case of 41 columns: 0.9 ms through a queryset, 0.2 ms from here (HOUSE §5).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import NOT_PROVIDED, Field, Model, QuerySet
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=Model)
Values = Sequence[Any] | Mapping[str, Any]


def database() -> str:
    """The name of the database that is asked, without opening or even touching a connection."""
    return str(connections.settings[DEFAULT_DB_ALIAS]["NAME"])


def own_connection() -> None:
    """This thread has a connection of its own and keeps it, although others go back to a pool.

    For a thread that lives on: what PostgreSQL has planned stays with the connection. Called after
    each piece of work: a connection that broke is closed, and the next statement opens another.
    """
    db = connections[DEFAULT_DB_ALIAS]
    if db.settings_dict["OPTIONS"].get("pool"):
        db.close()
        options = {**db.settings_dict["OPTIONS"], "pool": None}
        db.settings_dict = {**db.settings_dict, "OPTIONS": options, "CONN_MAX_AGE": None}
    db.close_if_unusable_or_obsolete()


def let_go() -> None:
    """Give this thread's connection back to the pool; the next statement takes one again.

    For whoever waits for a stranger, so that nobody of ours waits with him.
    """
    db = connections[DEFAULT_DB_ALIAS]
    if db.settings_dict["OPTIONS"].get("pool") and not db.in_atomic_block:
        db.close()


def run(statement: str, values: Values = ()) -> list[Any]:
    """Its rows; none when it returns nothing. Raises what Django's own cursor raises."""
    db = connections[DEFAULT_DB_ALIAS]
    if db.queries_logged or db.execute_wrappers:  # whoever counts, counts these too
        with db.cursor() as watched:
            watched.execute(statement, values)
            return watched.fetchall() if watched.description else []
    if db.connection is None:
        db.ensure_connection()
    with db.wrap_database_errors:
        cursor = _cursor(db.connection)
        cursor.execute(statement, values, prepare=True)
        answer = cursor.pgresult
        return cursor.fetchall() if answer is not None and answer.nfields else []


class Numbered:
    """A statement of many named values, `%(name)s`, of which only the values change.

    psycopg reads a statement of more than 50 places anew each time; this one is read once, here.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._places: dict[str, str] = {}
        self._numbered = _NAMED.sub(self._number, text).encode()

    def _number(self, found: re.Match[str]) -> str:
        return self._places.setdefault(found[1], f"${len(self._places) + 1}")

    def run(self, values: Mapping[str, Any]) -> None:
        """Do it, without an answer. Raises what Django's own cursor raises."""
        db = connections[DEFAULT_DB_ALIAS]
        if db.queries_logged or db.execute_wrappers:
            run(self.text, values)
            return
        db.ensure_connection()
        with db.wrap_database_errors:
            given = [values[name] for name in self._places]
            _cursor(db.connection, psycopg.RawCursor).execute(self._numbered, given, prepare=True)


def array(values: Iterable[str | int]) -> str:
    """An array as PostgreSQL reads it, of plain words or whole numbers: psycopg takes longer.

    ValueError for a word that would need more than quotes around it.
    """
    words = [str(value) for value in values]
    inside = '","'.join(words)
    if "\\" in inside or inside.count('"') > max(2 * len(words) - 2, 0):
        raise ValueError("a quote or backslash in an array of plain words")
    return f'{{"{inside}"}}' if words else "{}"


_NAMED = re.compile(r"%\((\w+)\)s")
_here = threading.local()


def _cursor(
    raw: psycopg.Connection[Any], kind: type[psycopg.Cursor[Any]] = psycopg.Cursor
) -> psycopg.Cursor[Any]:
    """One for each connection, kept: a new one for each statement costs as much as asking."""
    kept: psycopg.Cursor[Any] | None = getattr(_here, kind.__name__, None)
    if kept is None or kept.connection is not raw:
        kept = kind(raw)
        setattr(_here, kind.__name__, kept)
    return kept


def fetch(model: type[Row], statement: str, values: Values = ()) -> list[Row]:
    """Rows of a model from a statement that returns all of its columns, in the model's order."""
    names, readers = _read_as(model)
    rows: list[Row] = []
    for found in run(statement, values):
        row = list(found)
        for place, field in readers:
            row[place] = field.from_db_value(row[place], None, connection)
        rows.append(model.from_db(connection.alias, names, row))
    return rows


def among(model: type[Row], field: str, keys: Iterable[int]) -> list[Row]:
    """The rows of which this field is one of the keys, in one statement however many."""
    wanted = list(keys)
    return fetch(model, _selected_by(model, field), [wanted]) if wanted else []


def fresh(model: type[Row], **given: Any) -> Row:
    """A row of these values and the model's defaults, about to be written; TypeError for others.

    Calling the model costs five times as much: it asks each field for its default by name, and
    sets each attribute by itself. Nothing listens to `pre_init` or `post_init` here.
    """
    names, plain, made = _blank(model)
    if strange := given.keys() - names:
        raise TypeError(f"{model.__name__} has no {', '.join(sorted(strange))}")
    row = model.__new__(model)
    row._state = ModelState()
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # as what was read has it
    row.__dict__.update(plain)
    row.__dict__.update({name: make() for name, make in made.items() if name not in given})
    row.__dict__.update(given)
    return row


def insert(row: Model) -> None:
    """Add a row that has all of its values. For commands, as `save` is."""
    statement, fields = _inserted_as(type(row))
    run(statement, _written(row, fields))


def insert_all(rows: Sequence[Model]) -> None:
    """Add rows of plain columns, in one statement; those that are there already stay as they are.

    For commands.
    """
    if rows:
        statement, fields = _inserted_together_as(type(rows[0]))
        written = [_written(row, fields) for row in rows]
        run(statement, [list(column) for column in zip(*written, strict=True)])


def update(row: Model, before: Mapping[str, object]) -> None:
    """Write what differs from `before`: the values by their names, as they were read."""
    changed = [f for f in _written_of(type(row)) if getattr(row, f.attname) != before[f.attname]]
    if changed:
        table, columns = row._meta.db_table, ", ".join(f'"{f.column}" = %s' for f in changed)
        statement = f'UPDATE "{table}" SET {columns} WHERE id = %s'  # noqa: S608 - names of a model
        run(statement, [*_written(row, changed), row.pk])


class Kept(Generic[Row]):
    """A queryset whose SQL is made once; stand-ins in it are exchanged for values at each use."""

    def __init__(self, rows: QuerySet[Row, Any]) -> None:
        self._model = rows.model
        try:
            self._statement, self._given = rows.query.sql_with_params()
        except EmptyResultSet:
            self._statement = ""

    def rows(self, values: Mapping[object, object]) -> list[Row]:
        """What it finds with `values` in place of the stand-ins that are their keys."""
        if not self._statement:
            return []
        return fetch(self._model, self._statement, self._with(values))

    def tuples(self, values: Mapping[object, object]) -> list[tuple[Any, ...]]:
        """The same as they come from the database: for a queryset of values."""
        return run(self._statement, self._with(values)) if self._statement else []

    def _with(self, values: Mapping[object, object]) -> list[object]:
        return [values.get(one, one) for one in self._given]


def _fields(model: type[Model]) -> list[Field[Any, Any]]:
    return list(model._meta.concrete_fields)


def _written_of(model: type[Model]) -> list[Field[Any, Any]]:
    """Without the columns that PostgreSQL computes itself."""
    return [field for field in _fields(model) if not field.generated]


def _written(row: Model, fields: Sequence[Field[Any, Any]]) -> list[Any]:
    """The values as PostgreSQL takes them."""
    db = connections[DEFAULT_DB_ALIAS]
    return [field.get_db_prep_save(getattr(row, field.attname), db) for field in fields]


@cache
def _read_as(model: type[Model]) -> tuple[list[str], list[tuple[int, Any]]]:
    """Names of a model's columns, and the fields that do not take a value as it comes."""
    fields = _fields(model)
    special = [(n, field) for n, field in enumerate(fields) if hasattr(field, "from_db_value")]
    return [field.attname for field in fields], special


@cache
def _blank(model: type[Model]) -> tuple[frozenset[str], dict[str, Any], dict[str, Any]]:
    """Names of a model's columns, their plain defaults, and what makes the others.

    What PostgreSQL computes itself stays away, and is read when somebody asks for it.
    """
    fields = {field.attname: field for field in _written_of(model)}
    made = {name: f.default for name, f in fields.items() if _is_made(f)}
    plain = {name: f.get_default() for name, f in fields.items() if name not in made}
    return frozenset(fields), plain, made


def _is_made(field: Field[Any, Any]) -> bool:
    return callable(field.default) and field.default is not NOT_PROVIDED


@cache
def _selected_by(model: type[Model], field: str) -> str:
    columns = ", ".join(f'"{one.column}"' for one in _fields(model))
    by = next(one.column for one in _fields(model) if one.attname == field)
    return f'SELECT {columns} FROM "{model._meta.db_table}" WHERE "{by}" = ANY(%s)'  # noqa: S608


@cache
def _inserted_as(model: type[Model]) -> tuple[str, list[Field[Any, Any]]]:
    fields = _written_of(model)
    table, columns = model._meta.db_table, ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f'INSERT INTO "{table}" ({columns}) VALUES ({places})'  # noqa: S608 - likewise
    return statement, fields


@cache
def _inserted_together_as(model: type[Model]) -> tuple[str, list[Field[Any, Any]]]:
    fields = _written_of(model)
    table, columns = model._meta.db_table, ", ".join(f'"{field.column}"' for field in fields)
    arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
    rows = f'INSERT INTO "{table}" ({columns}) SELECT * FROM unnest({arrays})'  # noqa: S608
    return f"{rows} ON CONFLICT DO NOTHING", fields
