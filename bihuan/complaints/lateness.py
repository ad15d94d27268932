"""How late, in steps fine enough for a median, so that millions of dues add up to a few rows.

Pure. Up to an hour a step is a minute; above, each is 5 % wider than the one before.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

RUNNING, KEPT = -1, 0
#: The day of `due_at` for a statement: `due_day` of cases.queries.figures, as PostgreSQL says it.
DUE_DAY = "((due_at - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date"
_EXACT = 60  # minutes
_MOST = 10 * 366 * 24 * 60  # ten years: whatever is later still stands in the last step


def _edges() -> tuple[int, ...]:
    found = list(range(_EXACT + 1))
    while found[-1] < _MOST:
        found.append(found[-1] + found[-1] // 20)
    return tuple(found)


EDGES = _edges()


def step(minutes: int) -> int:
    """In which step so many minutes fall; the step's number is above 0 for any lateness."""
    return min(bisect_left(EDGES, minutes), len(EDGES) - 1)


def upper(step: int) -> int:
    """The most minutes that fall in this step."""
    return EDGES[step]


def percentile(counts: Mapping[int, int], share: int) -> int | None:
    """So many per cent were at most that late (nearest rank); None when none has ended late.

    `counts` is how many by step; those kept and those still running are left out.
    """
    late = sorted((n, many) for n, many in counts.items() if n > KEPT and many > 0)
    wanted = -(-sum(many for _, many in late) * share // 100)
    for n, many in late:
        wanted -= many
        if wanted <= 0:
            return upper(n)
    return None


def interval(part: int, whole: int) -> tuple[float, float]:
    """Per cent: where the true share lies with 95 % confidence (Wilson's score)."""
    if not whole:
        return 0.0, 100.0
    z = 1.96
    share, square = part / whole, z * z / whole
    middle = (share + square / 2) / (1 + square)
    reach = z * (share * (1 - share) / whole + square / (4 * whole)) ** 0.5 / (1 + square)
    return round(100 * max(middle - reach, 0.0), 1), round(100 * min(middle + reach, 1.0), 1)
