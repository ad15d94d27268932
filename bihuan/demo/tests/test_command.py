"""`bihuan demo` says no in clear words: to a database in use, and to a number that is none."""

from __future__ import annotations

import json

import pytest

from bihuan.cases.models import Case
from bihuan.cli import demo, loop
from bihuan.demo.tests.conftest import CASES, Told

pytestmark = pytest.mark.xdist_group("demo")  # who told it once need not tell it twice


def test_a_database_with_cases_is_left_alone(
    told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Case.objects.count()

    assert demo.run(["--cases", "5"]) == 1

    said = capsys.readouterr()
    assert "holds cases already; nothing was added" in said.err
    assert said.out == ""
    assert Case.objects.count() == before == CASES


@pytest.mark.parametrize("number", ["0", "-3", "viele", "1.5", "100001", ""])
def test_a_number_of_cases_that_is_none_is_bad_input(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo.run([f"--cases={number}"]) == 2

    assert "--cases" in capsys.readouterr().err


def test_a_seed_that_is_no_number_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.run(["--seed", "glück"]) == 2

    assert "--seed" in capsys.readouterr().err


def test_the_table_of_sign_ins_names_everybody_of_the_contract(told: Told) -> None:
    lines = demo.table(told.sign_ins).splitlines()

    names = ["爱丽", "悦居家电", "林悦", "陈主管", "何清", "顾宁", "宋平", "文静", "安然"]
    assert len(lines) == len(names)
    assert all(name in line for name, line in zip(names, lines, strict=True))
    assert all("http" in line for line in lines)


def test_the_loop_is_proved_closed_from_the_command_line(
    told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    assert loop.run(["--json"]) == 0

    assert json.loads(capsys.readouterr().out) == {"closed": True, "gaps": []}
