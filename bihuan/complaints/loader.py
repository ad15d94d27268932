"""The causes of a missed deadline, as the file names them (2.3.3)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

FILE = Path(__file__).with_name("causes.toml")


@dataclass(frozen=True, slots=True)
class Cause:
    """One of the kinds of causes; the handbook asks for the cause and gives no kinds."""

    id: str
    zh: str
    en: str
    default_not_handbook: bool


@cache
def causes() -> Mapping[str, Cause]:
    """All of them in their order. TypeError for an entry that is not as it should be."""
    listed = tomllib.loads(FILE.read_text("utf-8"))["cause"]
    return MappingProxyType({row["id"]: Cause(**row) for row in listed})
