"""2.22 (2.3.2): lateness in steps that are fine enough for a median."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bihuan.complaints import lateness


@given(st.integers(1, 5_000_000))
def test_a_step_holds_the_minutes_and_is_at_most_five_per_cent_wide(minutes: int):
    upper = lateness.upper(lateness.step(minutes))

    assert minutes <= upper <= max(minutes, minutes * 105 // 100 + 1)
    assert minutes > 60 or upper == minutes


@given(st.lists(st.integers(1, 60), min_size=1), st.sampled_from([50, 90]))
def test_a_percentile_is_the_nearest_rank(found: list[int], share: int):
    counts = Counter(lateness.step(minutes) for minutes in found)
    counts[lateness.KEPT], counts[lateness.RUNNING] = 7, 3

    exact = sorted(found)[-(-len(found) * share // 100) - 1]

    assert lateness.percentile(counts, share) == exact


def test_of_nothing_late_there_is_no_median():
    assert lateness.percentile({lateness.KEPT: 5, lateness.RUNNING: 2}, 50) is None


def test_an_interval_is_that_of_wilson():
    assert lateness.interval(0, 0) == (0.0, 100.0)
    assert lateness.interval(5, 50) == (4.3, 21.4)
    assert lateness.interval(50, 50) == (92.9, 100.0)
