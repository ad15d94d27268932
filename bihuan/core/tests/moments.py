"""Moments as they are written on a wall in Shanghai, and any of them, for the tests of the core."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from bihuan.core.clocks import SHANGHAI
from bihuan.core.handbook import Limit

DAY = timedelta(days=1)
SINCE = datetime(2024, 6, 1, tzinfo=UTC)
moments = st.integers(0, 145_000_000).map(lambda n: SINCE + timedelta(seconds=n))
limits = st.one_of(
    st.builds(Limit, st.integers(1, 15), st.just("workdays")),
    st.builds(Limit, st.sampled_from([24, 48, 72]), st.just("hours")),
    st.builds(Limit, st.just(15), st.just("minutes")),
)


def beijing(text: str) -> datetime:
    """2026-02-13 16:00 in Shanghai; 24:00 is the end of that day."""
    day, _, clock = text.partition(" ")
    if clock == "24:00":
        return datetime.fromisoformat(day).replace(tzinfo=SHANGHAI) + DAY
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
