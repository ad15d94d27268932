"""Snapshots that are committed: a change of what they show is seen in the review."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent
ANEW = os.environ.get("SNAPSHOTS") == "new"


def kept(name: str, found: str) -> str:
    """The text kept under this name; with SNAPSHOTS=new in the environment, `found` is kept."""
    file = FOLDER / name
    if ANEW:
        file.write_text(found, "utf-8")
    return file.read_text("utf-8") if file.exists() else ""
