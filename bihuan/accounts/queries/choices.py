"""Colleagues and departments to choose from, in the reader's language."""

from __future__ import annotations

from bihuan.accounts.queries.team import departments, everybody
from bihuan.web.words import english


def units() -> dict[str, str]:
    """The departments by code."""
    return {u.code: u.name_en if english() else u.name for u in departments()}


def staff_choices() -> list[tuple[str, str]]:
    """Everybody who can act, with their department."""
    names = units()
    said = "{name} ({unit})" if english() else "{name}（{unit}）"
    return [
        (str(c.id), said.format(name=c.name, unit=names.get(c.department, c.department)))
        if c.department
        else (str(c.id), c.name)
        for c in everybody()
    ]
