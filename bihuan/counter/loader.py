"""Who takes a number of the priority lane, as policy: lanes.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("lanes.toml")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody may go first; `priority` false: known, but called in the ordinary lane."""

    id: str
    zh: str
    en: str
    clause: str
    priority: bool
    default_not_handbook: bool
    law: str = ""


@cache
def reasons() -> dict[str, Reason]:
    """Those of the file, in its order."""
    listed = tomllib.loads(FILE.read_text("utf-8"))["reason"]
    return {one["id"]: Reason(**one) for one in listed}
