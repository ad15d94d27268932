"""Who answers which chats, as policy: lines.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("lines.toml")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the team of 6.2; `department` is the handbook's, `first` where chats begin."""

    id: str
    zh: str
    en: str
    clause: str
    department: str
    first: bool = False
    default_not_handbook: bool = False


@cache
def lines() -> dict[str, Line]:
    """Those of the file, in its order."""
    listed = tomllib.loads(FILE.read_text("utf-8"))["line"]
    return {one["id"]: Line(**one) for one in listed}


@cache
def first_line() -> str:
    """Where every chat begins."""
    return next(one.id for one in lines().values() if one.first)
