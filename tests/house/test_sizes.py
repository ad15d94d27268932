"""Nothing is larger than a reader can hold: 300 lines a file, 40 a function."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house import source

FILE, FUNCTION = 300, 40


def _lines(path: Path) -> int:
    """Without the `__all__` of a front door, which says its imports once more."""
    lines = path.read_text("utf-8").splitlines()
    if path.name == "__init__.py" and "__all__ = [" in lines:
        start = lines.index("__all__ = [")
        del lines[start : lines.index("]", start) + 1]
    return len(lines)


def _name(path: Path) -> str:
    return str(path.relative_to(source.ROOT))


def _written() -> list[Path]:
    """Python by hand: the product and its tests, without migrations."""
    places = [source.PACKAGE, source.ROOT / "tests", source.ROOT / "bench"]
    files = [path for place in places if place.exists() for path in place.rglob("*.py")]
    found = [path for path in files if "migrations" not in path.parts]
    return sorted([*found, source.ROOT / "conftest.py"])


def test_no_file_has_more_lines_than_the_budget() -> None:
    assert {_name(path): n for path in _written() if (n := _lines(path)) > FILE} == {}


def test_no_function_has_more_lines_than_the_budget() -> None:
    long = {
        f"{_name(path)}:{node.name}": n
        for path in _written()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (n := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION
    }

    assert long == {}


def test_templates_and_scripts_stay_small_too() -> None:
    files = [*source.PACKAGE.rglob("*.html"), *source.PACKAGE.rglob("*.js")]

    assert {_name(path): n for path in files if (n := _lines(path)) > FILE} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "manager", "managers", "service", "services"}
    empty |= {"base", "common", "misc"}

    assert not [_name(path) for path in _written() if {path.stem, *path.parts} & empty]
