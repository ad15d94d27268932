"""The variables of a canned reply: which there are, which are unknown, which still wait."""

from __future__ import annotations

import re
from collections.abc import Mapping

VARIABLES = (
    "name",
    "number",
    "order",
    "product",
    "issue",
    "due",
    "next_step",
    "clause",
    "department",
    "agent",
    "platform",
)
_ANY = re.compile(r"\{\{\s*([^{}\n]{0,40}?)\s*\}\}")


def unknown(text: str) -> list[str]:
    """What stands in double braces and is no variable, in its order, each once."""
    return list(dict.fromkeys(name for name in _ANY.findall(text) if name not in VARIABLES))


def unfilled(text: str) -> list[str]:
    """Variables that nobody has replaced. Other words in double braces are somebody's own."""
    return list(dict.fromkeys(name for name in _ANY.findall(text) if name in VARIABLES))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables replaced in one pass; one without a value stays as it is."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        return values.get(name) or (f"{{{{{name}}}}}" if name in VARIABLES else found[0])

    return _ANY.sub(value, text)
