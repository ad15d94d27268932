"""The official working days of 2025 and 2026, typed from the notices, for the tests of the core."""

from __future__ import annotations

from datetime import date, timedelta

from bihuan.core.workdays import Workdays


def block(first: str, last: str) -> frozenset[date]:
    """Every day from first to last."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return frozenset(start + timedelta(days=n) for n in range((end - start).days + 1))


def each(*days: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(day) for day in days)


SPRING_2026 = block("2026-02-15", "2026-02-23")

DAYS = Workdays(
    off=frozenset().union(
        block("2025-01-01", "2025-01-01"),
        block("2025-01-28", "2025-02-04"),
        block("2025-04-04", "2025-04-06"),
        block("2025-05-01", "2025-05-05"),
        block("2025-05-31", "2025-06-02"),
        block("2025-10-01", "2025-10-08"),
        block("2026-01-01", "2026-01-03"),
        SPRING_2026,
        block("2026-04-04", "2026-04-06"),
        block("2026-05-01", "2026-05-05"),
        block("2026-06-19", "2026-06-21"),
        block("2026-09-25", "2026-09-27"),
        block("2026-10-01", "2026-10-07"),
    ),
    on=each(
        *("2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"),
        *("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"),
    ),
    years=frozenset({2025, 2026}),
    statutory=block("2027-02-05", "2027-02-08")
    | block("2027-10-01", "2027-10-03")
    | each("2027-01-01", "2027-04-05", "2027-05-01", "2027-05-02", "2027-06-09", "2027-09-15"),
    names=dict.fromkeys(SPRING_2026, "春节"),
)
