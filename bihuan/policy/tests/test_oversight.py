"""The ladder of supervisors has no gap, and a hold has an end (2.3.2)."""

from __future__ import annotations

import pytest

from bihuan.policy.faults import PolicyFault
from bihuan.policy.loader import CURRENT, files, read

TEXTS = files(CURRENT)
HOLD = """
[[hold]]
id = "appraisal"
zh = "等待检测鉴定"
en = "Waiting for an expert"
clause = "2.3"
cap_days = 0
second_person_above_hours = 24
"""
GAPS = {
    "a rung is missing": ("id     = 2", "id     = 4", "no rung 2"),
    "no later than the one below": ("hours  = 72", "hours  = 24", "no higher than rung 2"),
    "nearer to the case than the one below": (
        '"management"', '"supervisor"', "no higher than rung 2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", GAPS)
def test_a_ladder_with_a_gap_is_refused_by_name(what: str) -> None:
    old, new, why = GAPS[what]
    text = TEXTS["oversight.toml"].replace(old, new)

    with pytest.raises(PolicyFault) as refused:
        read(TEXTS | {"oversight.toml": text})

    assert (refused.value.file, refused.value.code) == ("oversight.toml", "gap_in_the_ladder")
    assert why in refused.value.why


def test_so_is_one_of_follow_ups() -> None:
    text = TEXTS["oversight.toml"].replace("hours  = 336", "hours  = 168")

    with pytest.raises(PolicyFault, match="no higher than rung 1"):
        read(TEXTS | {"oversight.toml": text})


def test_a_hold_without_an_end_is_refused() -> None:
    with pytest.raises(PolicyFault, match="1 to 366 days"):
        read(TEXTS | {"oversight.toml": TEXTS["oversight.toml"] + HOLD})


def test_the_handbook_of_2025_lists_no_hold() -> None:
    assert not read(TEXTS).holds


def test_a_version_from_before_the_ladder_was_written_down_still_reads() -> None:
    older = {name: text for name, text in TEXTS.items() if name != "oversight.toml"}

    assert not read(older).rungs
    assert not read(older).chases
