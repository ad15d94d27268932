"""`bihuan demo` says no in clear words to a number that is none."""

from __future__ import annotations

import pytest

from bihuan.cli import demo


@pytest.mark.parametrize("number", ["0", "-3", "viele", "1.5", "100001", ""])
def test_a_number_of_cases_that_is_none_is_bad_input(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        demo.run([f"--cases={number}"])

    assert "--cases" in capsys.readouterr().err


def test_a_seed_that_is_no_number_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        demo.run(["--seed", "glück"])

    assert "--seed" in capsys.readouterr().err
