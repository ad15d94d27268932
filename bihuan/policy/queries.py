"""The handbook in force on a day, the one a case was filed under, and the working days."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

from bihuan.core.clocks import SHANGHAI
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import Invalid
from bihuan.core.workdays import Workdays
from bihuan.policy import calendars, loader
from bihuan.policy.models import CalendarYear, PolicyVersion

_FRESH_FOR = 20.0  # seconds a process may believe what it read
_cache: dict[str, tuple[float, object]] = {}


def forget() -> None:
    """Read again at the next question: after a command here, and between tests."""
    _cache.clear()


def in_force(at: datetime) -> tuple[int, Handbook]:
    """Id and text of the version in force at this moment; Invalid before the first one."""
    day = at.astimezone(SHANGHAI).date()
    for starts, id in _versions():
        if starts <= day:
            return id, pinned(id)
    raise Invalid({"received_at": "before_the_first_policy"}, clause="8.2")


def has_begun() -> bool:
    """Whether any version was brought into force; before, nothing can be filed."""
    return bool(_versions())


def pinned(id: int) -> Handbook:
    """The text a case was filed under; a new version never rewrites an old promise."""
    return _read(id)


def current(at: datetime) -> Handbook:
    """The text in force now, or the packaged one before any was brought into force."""
    versions = _versions()
    return in_force(at)[1] if versions else loader.load_current()


def default(id: str, at: datetime) -> int:
    """The amount of a platform's default; the packaged one where the text in force has it not.

    A handbook brought into force before a number was thought of goes on without it.
    """
    found = current(at).defaults.get(id) or loader.load_current().defaults[id]
    return found.amount


def workdays() -> Workdays:
    """The packaged years and every year imported since (it reaches every open case)."""
    kept = _cache.get("workdays")
    if kept and kept[0] > time.monotonic():
        return kept[1]  # type: ignore[return-value]  # one key, one type
    days = _packaged()
    rows = list(CalendarYear.objects.exclude(year__in=days.years))
    if rows:
        days = replace(
            days,
            off=days.off | {day for row in rows for day in row.off},
            on=days.on | {day for row in rows for day in row.on},
            years=days.years | {row.year for row in rows},
        )
    _cache["workdays"] = (time.monotonic() + _FRESH_FOR, days)
    return days


def _versions() -> list[tuple[date, int]]:
    kept = _cache.get("versions")
    if kept and kept[0] > time.monotonic():
        return kept[1]  # type: ignore[return-value]  # one key, one type
    rows = list(PolicyVersion.objects.order_by("-in_force_from").values_list("in_force_from", "id"))
    if rows:
        _cache["versions"] = (time.monotonic() + _FRESH_FOR, rows)
    return rows


@lru_cache(maxsize=1)
def _packaged() -> Workdays:
    return calendars.calendar(calendars.PACKAGED)


@lru_cache(maxsize=64)
def _read(id: int) -> Handbook:
    row = PolicyVersion.objects.get(id=id)
    here = loader.load_current()
    return here if here.sha256 == row.sha256 else loader.read(row.files)
