"""The five import contracts are written, hold for every room, and are checked with the tests."""

from __future__ import annotations

import configparser
import re

import pytest

from tests.house import source

FOUNDATIONS = {"core", "store", "events", "web"}
#: Doors that join rooms have no rows of their own, and the places where the house is put together.
NO_ROOMS = {"desk", "portal", "demo", "config", "cli"}


@pytest.fixture(scope="module")
def contracts() -> configparser.ConfigParser:
    found = configparser.ConfigParser()
    found.read(source.ROOT / ".importlinter", "utf-8")
    return found


def test_there_are_five(contracts: configparser.ConfigParser) -> None:
    names = {name.rpartition(":")[2] for name in contracts.sections() if ":contract:" in name}

    assert names == {"floors", "inside", "pure", "jobs", "plugs"}


def test_every_folder_of_the_package_stands_on_a_floor(
    contracts: configparser.ConfigParser,
) -> None:
    floors = contracts["importlinter:contract:floors"]
    built = {source.parts(m.name)[0] for m in source.modules()} - {"", "__main__"}

    named = set(re.findall(r"\w+", floors["layers"]))
    assert floors["exhaustive"] == "true"
    assert built <= named


def test_every_room_keeps_its_order_inside(contracts: configparser.ConfigParser) -> None:
    inside = contracts["importlinter:contract:inside"]["containers"].split()
    rooms = {source.parts(m.name)[0] for m in source.modules()} - {"", "__main__"}

    assert {name.removeprefix("bihuan.") for name in inside} == rooms - FOUNDATIONS - NO_ROOMS


def test_what_the_contracts_let_pass_is_tests_tasks_and_the_relay(
    contracts: configparser.ConfigParser,
) -> None:
    passes = [
        line.strip()
        for name in contracts.sections()
        for line in contracts[name].get("ignore_imports", "").splitlines()
        if line.strip()
    ]

    assert passes == [
        "bihuan.*.tests.* -> bihuan.**",
        "bihuan.*.tasks -> procrastinate",
        "bihuan.events.relay -> procrastinate",
    ]


def test_make_test_runs_them_with_lint_types_and_tests() -> None:
    makefile = source.ROOT.joinpath("Makefile").read_text("utf-8")
    recipe = makefile.partition("\ntest:")[2].partition("\n\n")[0]

    for command in ("ruff check .", "ruff format --check .", "mypy", "lint-imports", "pytest"):
        assert f".venv/bin/{command}" in recipe
