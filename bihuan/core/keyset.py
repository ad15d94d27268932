"""Where a page of a list ended: a word for an address, read back with care."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from bihuan.core.refusals import Invalid

Row = TypeVar("Row")


def cut(
    found: Iterable[Row], limit: int, place: Callable[[Row], tuple[object, ...]]
) -> tuple[list[Row], str]:
    """A page of what was asked for with one row to spare, and the cursor of its last row.

    The cursor is "" at the end. `place` gives what the list is ordered by.
    """
    rows = list(found)
    if len(rows) <= limit:
        return rows, ""
    return rows[:limit], cursor(*place(rows[limit - 1]))


def cursor(*parts: object) -> str:
    """A word that holds these numbers and moments."""
    words = json.dumps(parts, default=datetime.isoformat)
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


def read(given: str, *kinds: type) -> list[Any]:
    """What `cursor` made, each part of its kind; Invalid for anything else, never an error."""
    try:
        padded = given[:400].encode("ascii") + b"=" * (-len(given) % 4)
        parts = json.loads(base64.urlsafe_b64decode(padded))
        if isinstance(parts, list):
            return [_part(part, kind) for part, kind in zip(parts, kinds, strict=True)]
    except (ValueError, OverflowError, RecursionError):
        pass
    raise Invalid({"cursor": "not_a_cursor"})


def _part(value: object, kind: type) -> Any:
    if kind is int and type(value) is int and abs(value) < 2**63:
        return value
    if kind is datetime and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        if moment.utcoffset() is not None:
            return moment.astimezone(UTC)
    raise ValueError(value)
