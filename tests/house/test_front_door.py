"""Rooms meet only at the front door, and the core knows nobody."""

from __future__ import annotations

import ast
import sys
from functools import cache
from importlib import import_module

from tests.house import source

#: Floors that everybody stands on (HOUSE §2), and the places where the house is put together.
FOUNDATIONS = {"core", "store", "events", "web"}
TOGETHER = {"config"}
FACE = {"commands", "queries"}
#: Pages join rooms: they read a room's pure tables, ask with a form that two of them share, and
#: name its rows as types.
DOORS = {"desk", "portal", "demo"}
TABLES = {"fields", "lifecycle", "routing", "wordings", "forms"}
#: The demo plays the hours of the past, so it also rings what the clock rings.
PLAYED = {"tasks"}
#: The handbook, the calendar and a mail are read where there is no database.
FILES = {
    "policy": {"loader", "calendars", "faults", "answers"},
    "mail": {"parsing", "reader"},
}
#: What the command line runs as a part of the house.
SERVERS = {"mail": {"smtp"}, "demo": {"shop"}}


@cache
def _shown(package: str) -> frozenset[str]:
    """What a face lists as its own."""
    return frozenset(getattr(import_module(package), "__all__", ()))


def _allowed(importer: str, imported: str) -> bool:
    (here, _), (room, place) = source.parts(importer), source.parts(imported)
    if room in FOUNDATIONS or here == room or here in TOGETHER or not place:
        return True
    first, _, below = place.partition(".")
    if first in FACE and below:
        return below in _shown(f"bihuan.{room}.{first}")
    return (
        first in FACE | FILES.get(room, set())
        or (here in DOORS and first in TABLES | {"models"})
        or (here == "demo" and first in PLAYED)
        or (here == "cli" and first in SERVERS.get(room, set()))
        or (not here and imported.startswith("bihuan.cli"))
    )


def test_rooms_meet_only_at_the_front_door() -> None:
    strays = [
        f"{importer} -> {imported}"
        for importer, imported in source.imports()
        if imported.startswith("bihuan.") and not _allowed(importer, imported)
    ]

    assert not strays


def test_the_rows_of_another_room_are_only_named_as_types() -> None:
    touched = [
        f"{module.place}:{node.lineno} {node.value.id}.objects"
        for module in source.modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"objects", "_default_manager", "_base_manager"}
        and isinstance(node.value, ast.Name)
        and node.value.id in _foreign_rows(module)
    ]

    assert not touched


def _foreign_rows(module: source.Module) -> set[str]:
    here, _ = source.parts(module.name)
    return {
        alias.asname or alias.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("bihuan.")
        and (node.module or "").endswith(".models")
        for alias in node.names
        if source.parts(node.module or "")[0] not in FOUNDATIONS | {here}
    }


def test_the_core_imports_nothing_but_the_standard_library() -> None:
    strange = [
        f"{importer} -> {imported}"
        for importer, imported in source.imports()
        if source.parts(importer)[0] == "core"
        and imported not in sys.stdlib_module_names
        and source.parts(imported)[0] != "core"
    ]

    assert not strange


def test_every_room_says_what_it_is_for() -> None:
    silent = [
        module.place
        for module in source.modules()
        if module.tree.body and not ast.get_docstring(module.tree)
    ]

    assert not silent
