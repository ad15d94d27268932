"""Nobody below the door asks what time it is."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from typing import Any

import pytest

from tests.house import source

READS = (
    "django.utils.timezone.now",
    "django.utils.timezone.localdate",
    "django.utils.timezone.localtime",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "uuid.uuid1",
)
#: A statement that asks the server, and a template that asks Django.
SQL = re.compile(r"\b(now\(\)|clock_timestamp\(\)|CURRENT_(TIMESTAMP|DATE|TIME)\b|LOCALTIME)", re.I)
TAG = re.compile(r"{%\s*now\b")


@pytest.fixture(scope="module")
def lint() -> dict[str, Any]:
    text = source.ROOT.joinpath("pyproject.toml").read_text("utf-8")
    found: dict[str, Any] = tomllib.loads(text)["tool"]["ruff"]["lint"]
    return found


@pytest.mark.parametrize("call", READS)
def test_the_linter_bans_each_way_to_read_the_clock(lint: dict[str, Any], call: str) -> None:
    assert "TID251" in lint["select"]
    assert call in lint["flake8-tidy-imports"]["banned-api"]


def test_the_ban_is_lifted_at_the_door_the_tasks_and_the_command_line_only(
    lint: dict[str, Any],
) -> None:
    lifted = [glob for glob, rules in lint["per-file-ignores"].items() if "TID251" in rules]

    free = {
        module.place
        for module in source.modules()
        if any(fnmatch(f"bihuan/{module.place}", glob) for glob in lifted)
    }
    assert "web/door.py" in free
    assert {
        place
        for place in free
        if place != "web/door.py" and not place.startswith("cli/") and place[-9:] != "/tasks.py"
    } == set()


def test_no_line_is_excused_from_the_ban() -> None:
    excused = [
        f"{module.place}:{number}"
        for module in source.modules()
        for number, line in enumerate(module.path.read_text("utf-8").splitlines(), 1)
        if "TID251" in line
    ]

    assert not excused


def test_neither_sql_nor_a_template_reads_the_clock() -> None:
    readers = [
        f"{module.place}:{text.lineno}"
        for module in source.modules()
        if not module.name.startswith("bihuan.cli.bench.")  # measures PostgreSQL alone, in SQL
        for text in source.strings(module.tree)
        if SQL.search(str(text.value)) and not _is_prose(str(text.value))
    ]
    readers += [
        str(path.relative_to(source.PACKAGE))
        for glob, pattern in (("*.sql", SQL), ("*.html", TAG))
        for path in source.PACKAGE.rglob(glob)
        if pattern.search(path.read_text("utf-8"))
    ]

    assert not readers


def _is_prose(text: str) -> bool:
    return not re.search(r"\b(SELECT|INSERT|UPDATE|DELETE|DEFAULT)\b", text)
