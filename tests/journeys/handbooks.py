"""Another text of the handbook than the packaged one, in force for a story."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bihuan.core.actors import SYSTEM
from bihuan.policy import commands as policy
from bihuan.policy import loader


def another(folder: Path, at: datetime, **changes: Callable[[str], str]) -> None:
    """The packaged handbook with these files changed, brought into force at this moment."""
    for name, text in loader.files(loader.CURRENT).items():
        if name == loader.HEADER:
            text = text.replace("2025-01-01", "2025-06-01").replace('"2025"', '"2025b"', 1)
        change = changes.pop(name.removesuffix(".toml"), None)
        changed = change(text) if change else text
        assert not change or changed != text, f"{name} says the same as before"
        (folder / name).write_text(changed, "utf-8")
    assert not changes, f"no such files: {[*changes]}"
    policy.activate(path=folder, by=SYSTEM, at=at)
