"""The product's own source, read once for every rule that looks at it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import grimp

import bihuan

PACKAGE = Path(bihuan.__file__).parent
ROOT = PACKAGE.parent


@dataclass(frozen=True, slots=True)
class Module:
    """One file of the package, parsed."""

    path: Path
    tree: ast.Module

    @property
    def name(self) -> str:
        """Its dotted name; a package by the name of its folder."""
        inside = self.path.relative_to(ROOT).with_suffix("")
        return ".".join(inside.parts).removesuffix(".__init__")

    @property
    def place(self) -> str:
        """Its path below the package."""
        return str(self.path.relative_to(PACKAGE))


@cache
def modules() -> tuple[Module, ...]:
    """Every module that is shipped and written by hand: no tests, no migrations."""
    return tuple(
        Module(path, ast.parse(path.read_text("utf-8"), str(path)))
        for path in sorted(PACKAGE.rglob("*.py"))
        if not {"tests", "migrations"} & set(path.relative_to(PACKAGE).parts)
    )


@cache
def graph() -> grimp.ImportGraph:
    """Who imports whom."""
    return grimp.build_graph("bihuan", include_external_packages=True, cache_dir=None)


def imports() -> Iterator[tuple[str, str]]:
    """(importer, imported) between shipped modules; tests may look anywhere."""
    found = graph()
    for importer in sorted(found.modules):
        if ".tests" in importer or not importer.startswith("bihuan"):
            continue
        for imported in sorted(found.find_modules_directly_imported_by(importer)):
            yield importer, imported


def parts(name: str) -> tuple[str, str]:
    """The room of a module, and its place in the room."""
    _, _, inside = name.partition(".")
    room, _, place = inside.partition(".")
    return room, place


def strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every text in a piece of source, docstrings too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node
