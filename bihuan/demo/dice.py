"""Chance that comes out the same every time, so that a demo can be told again."""

from __future__ import annotations

from random import Random


def dice(*marks: object) -> Random:
    """Dice that fall alike for the same marks. They guard no secret worth guarding."""
    return Random(" ".join(str(mark) for mark in marks))  # noqa: S311
