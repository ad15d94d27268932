"""A fault in a policy file: which file, which line, and why; with one the house does not start."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any


class PolicyFault(Exception):
    """A policy file that cannot be used. `line` counts from 1; pages word `code` and `facts`."""

    def __init__(
        self,
        file: str,
        line: int,
        why: str,
        code: str = "not_readable",
        facts: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        super().__init__(f"{file}:{line}: {why}")
        self.file, self.line, self.why = file, line, why
        self.code, self.facts = code, facts


@dataclass(frozen=True, slots=True)
class Fault:
    """Entry `id` in `place` of the Handbook is wrong under `key`."""

    place: str
    id: str | int
    key: str
    why: str
    code: str = "not_readable"


def text_of(path: Path) -> str:
    """The text of one file; PolicyFault when it cannot be read, with the line that is not UTF-8."""
    try:
        raw = path.read_bytes()
    except OSError as wrong:
        raise PolicyFault(path.name, 1, wrong.strerror or str(wrong)) from wrong
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        raise PolicyFault(path.name, line, f"this is not UTF-8 (byte {wrong.start})") from wrong


def tables_of(parsed: Mapping[str, Any], table: str, text: str, file: str) -> list[Any]:
    """The entries written as `[[table]]`; PolicyFault when the name stands for something else."""
    found = parsed.get(table, [])
    if not isinstance(found, list):
        raise PolicyFault(
            file, line_of(text, table), f"{found!r} is not a table of entries, each as [[{table}]]"
        )
    return found


def parse(text: str, file: str) -> dict[str, Any]:
    """The TOML of one file; PolicyFault with the line where it stops being TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        found = re.search(r"at line (\d+)", str(wrong))
        line = int(found[1]) if found else text.count("\n") + 1
        raise PolicyFault(file, line, str(wrong)) from wrong


def line_of(text: str, table: str, nth: int = 0, key: str = "") -> int:
    """The line of `key` in the nth `[[table]]`, else of the header, else of the bare key."""
    lines = text.splitlines()
    head = re.compile(rf"\s*\[\[\s*[\"']?{re.escape(table)}[\"']?\s*\]\]\s*(#.*)?")
    heads = [n for n, line in enumerate(lines, 1) if head.fullmatch(line)]
    if nth >= len(heads):  # written in another way, as `table = [{…}]`
        return next((n for n, line in enumerate(lines, 1) if _names(line, table)), 1)
    start = heads[nth]
    end = heads[nth + 1] if nth + 1 < len(heads) else len(lines) + 1
    block = range(start + 1, end)
    return next((n for n in block if key and _names(lines[n - 1], key)), start)


def _names(line: str, key: str) -> bool:
    """Does this line give `key`, or open a table of that name?"""
    return re.match(rf"\s*(\[*\s*)?{re.escape(key)}\s*(\]|=)", line) is not None
