"""A TOML table into a frozen dataclass, or the key that does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from bihuan.core.handbook import Limit, Promise

T = TypeVar("T")

#: `from` is a word of Python's own, so the promise calls it `start`.
KEYS: Mapping[type, Mapping[str, str]] = {Promise: {"start": "from"}}
WORDS: Mapping[type, str] = {str: "text", int: "a whole number", bool: "true or false"}


#: Ten years of each: a longer one is a slip of the pen, and no calendar reaches so far.
MOST: Mapping[str, int] = {"minutes": 5_270_400, "hours": 87_840, "workdays": 2_610}


class Misfit(Exception):
    """The value under `key` is not what the dataclass says it is."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(key, why)
        self.key, self.why = key, why


@cache
def _fields(cls: Any) -> dict[str, tuple[Field[Any], Any]]:
    hints, names = get_type_hints(cls), KEYS.get(cls, {})
    return {names.get(f.name, f.name): (f, hints[f.name]) for f in fields(cls)}


def shape(cls: type[T], table: object) -> T:
    """Build `cls` from `table`: no unknown key, no missing key, no value of another type."""
    if not isinstance(table, dict):
        raise Misfit("", f"{table!r} is not a table")
    made_of: Any = cls  # a class is hashable, whatever T is
    known: dict[str, tuple[Field[Any], Any]] = _fields(made_of)
    for key in table:
        if key not in known:
            raise Misfit(key, f"the key {key!r} is not known here; known are {', '.join(known)}")
    values: dict[str, Any] = {}
    for key, (field, hint) in known.items():
        if key in table:
            values[field.name] = _value(hint, table[key], key)
        elif field.default is MISSING:
            raise Misfit("", f"the key {key!r} is missing")
    return cls(**values)


def _value(hint: Any, given: object, key: str) -> Any:
    """`given` as the type `hint`: the few kinds of types that the handbook is made of."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        if given not in arguments:
            raise Misfit(key, f"{given!r} is none of {', '.join(map(str, arguments))}")
        return given
    if origin is UnionType:
        return _value(arguments[0], given, key)  # `int | None`: absent means None, TOML has no null
    if origin in (tuple, frozenset):
        listed = given if isinstance(given, list) else [given] if origin is frozenset else None
        if listed is None:
            raise Misfit(key, f"{given!r} is not a list")
        return origin(_value(arguments[0], one, key) for one in listed)
    if hint is Limit:
        return _limit(given, key)
    if is_dataclass(hint):
        return _nested(hint, given, key)
    if hint is date and isinstance(given, date) and not isinstance(given, datetime):
        return given
    if type(given) is not hint:
        raise Misfit(key, f"{given!r} is not {WORDS.get(hint, 'a date')}")
    return given


def _nested(hint: Any, given: object, key: str) -> Any:
    try:
        return shape(hint, given)
    except Misfit as misfit:
        raise Misfit(key, misfit.why) from misfit


def _limit(given: object, key: str) -> Limit:
    """`{ workdays = 3 }`: one unit and a number that is not below zero."""
    match given:
        case {"minutes": int(n)} | {"hours": int(n)} | {"workdays": int(n)} if (
            isinstance(given, dict) and len(given) == 1 and n >= 0 and type(n) is int
        ):
            limit = Limit(n, next(iter(given)))
            if n > MOST[limit.unit]:
                raise Misfit(key, f"{n} {limit.unit} are more than ten years")
            return limit
    raise Misfit(key, f"{given!r} is not one of minutes, hours, workdays with a whole number")
