"""What people catch up on each morning: breaches, reports, what was told to them."""

from __future__ import annotations

from datetime import datetime

from bihuan.demo.breaches import answer_for_breaches
from bihuan.demo.cast import Cast
from bihuan.demo.notices import read_notices
from bihuan.demo.reports import write_reports


def morning(cast: Cast, seed: int, at: datetime, until: datetime) -> list[int]:
    """One morning of a demo that ends at `until`; the cases whose reports went on."""
    answer_for_breaches(cast, seed, at)
    written = write_reports(cast, at)
    read_notices(cast, at, until)
    return written
