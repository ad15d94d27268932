"""The canned replies that the people of the demo have written for themselves and each other."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path

from bihuan.cases import commands
from bihuan.demo.cast import Cast

CORPUS = Path(__file__).parent / "corpus" / "macros.toml"


def write_replies(cast: Cast, at: datetime) -> int:
    """Each by the one who keeps it; how many there are."""
    given = tomllib.loads(CORPUS.read_text("utf-8"))["macro"]
    for one in given:
        writer = cast.by_login[one.pop("by")]
        shared = "everybody" if one.pop("all", False) else "department"
        raw = one | {"scope": "own" if one.pop("own", False) else shared}
        raw["body"] = raw["body"].strip()
        commands.save_macro(raw=raw, by=writer, at=at)
    return len(given)
