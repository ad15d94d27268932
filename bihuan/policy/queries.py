"""The handbook in force on a day, the one a case was filed under, and the working days."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from bihuan.core.clocks import SHANGHAI
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import Invalid, NotFound
from bihuan.core.workdays import Workdays
from bihuan.events.models import Event
from bihuan.events.seals import Compared
from bihuan.policy import calendars, loader
from bihuan.policy.models import CalendarYear, PolicyVersion

OCTOBER, DECEMBER = 10, 12
FRESH_FOR = 20.0  # seconds a process may believe what it read
_cache: dict[str, tuple[float, object]] = {}


def forget() -> None:
    """Read again at the next question: after a command here, and between tests."""
    _cache.clear()
    _read.cache_clear()  # another database may have another text under this id


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


def versions() -> list[tuple[date, str, Handbook]]:
    """From when on which text was in force, the newest first; the packaged one before any was."""
    rows = PolicyVersion.objects.order_by("-in_force_from").values_list(
        "in_force_from", "version", "id"
    )
    found = [(since, version, pinned(id)) for since, version, id in rows]
    here = loader.load_current()
    return found or [(here.in_force_from, here.version, here)]


def default(id: str, at: datetime) -> int:
    """The amount of a platform's default; the packaged one where the text in force has it not.

    A handbook brought into force before a number was thought of goes on without it.
    """
    found = current(at).defaults.get(id) or loader.load_current().defaults[id]
    return found.amount


def workdays() -> Workdays:
    """The packaged years with every approved arrangement laid over (it reaches every open case)."""
    kept = _cache.get("workdays")
    if kept and kept[0] > time.monotonic():
        return kept[1]  # type: ignore[return-value]  # one key, one type
    days = workdays_with(_approved())
    _cache["workdays"] = (time.monotonic() + FRESH_FOR, days)
    return days


def workdays_with(texts: Sequence[str]) -> Workdays:
    """The packaged years and these; a later arrangement of a year replaces the earlier."""
    return _with(tuple(texts)) if texts else _packaged()


def _approved() -> list[str]:
    rows = CalendarYear.objects.exclude(approved_at=None).order_by("approved_at", "id")
    return list(rows.values_list("text", flat=True))


def around(row: CalendarYear) -> tuple[Workdays, Workdays]:
    """The working days as they stood without this arrangement, and as they stand with it."""
    others = CalendarYear.objects.exclude(approved_at=None).exclude(id=row.id)
    if row.approved_at:
        others = others.filter(approved_at__lte=row.approved_at)
    texts = list(others.order_by("approved_at", "id").values_list("text", flat=True))
    return workdays_with(texts), workdays_with([*texts, row.text])


def calendar_years() -> list[CalendarYear]:
    """Every arrangement that was proposed here, the newest first."""
    return list(CalendarYear.objects.order_by("-proposed_at", "-id"))


def calendar_year(id: int) -> CalendarYear:
    """That arrangement; NotFound when there is none."""
    row = CalendarYear.objects.filter(id=id).first()
    if row is None:
        raise NotFound()
    return row


def year_to_recount(at: datetime) -> CalendarYear | None:
    """The oldest arrangement whose open cases are not all recounted yet.

    Not before every process has heard of it: what one still filed by the old calendar is
    recounted with the others.
    """
    heard = at - timedelta(seconds=FRESH_FOR * 2)
    rows = CalendarYear.objects.filter(approved_at__lte=heard, recounted_at=None)
    return rows.order_by("approved_at", "id").first()


def missing_year(at: datetime) -> Literal["", "warning", "error"]:
    """Next year has no arrangement: a warning from 1 October, an error from 1 December."""
    day = at.astimezone(SHANGHAI).date()
    if day.month < OCTOBER or day.year + 1 in workdays().years:
        return ""
    return "error" if day.month == DECEMBER else "warning"


def compared_years() -> list[Compared]:
    """Each approved arrangement beside what the log says was approved (HOUSE §7, 2.3.1)."""
    said = _imported()
    rows = CalendarYear.objects.exclude(approved_at=None).in_bulk()
    # an approval that came in between wrote its event with its row
    said |= _imported(stream__in=rows.keys() - said.keys())
    return [_compared(id, rows.get(id), said.get(id)) for id in sorted(rows.keys() | said.keys())]


def _imported(**among: object) -> dict[int, Event]:
    """What was said of each arrangement first; a year is approved once."""
    events = Event.objects.filter(kind="calendar.imported", **among).order_by("-seq")
    return {event.stream: event for event in events}


def _compared(id: int, row: CalendarYear | None, event: Event | None) -> Compared:
    year = event.data.get("year") if event else row.year if row else 0
    same = row is not None and event is not None and _as_approved(row, event)
    return Compared(id, event.seq if event else 0, f"calendar {year}", same)


def _as_approved(row: CalendarYear, event: Event) -> bool:
    said = [event.data.get(name) for name in ("year", "source", "published", "sha256")]
    sha256 = hashlib.sha256(row.text.encode()).hexdigest()
    return (
        said == [row.year, row.source, row.published.isoformat(), row.sha256]
        and row.sha256 == sha256
        and (row.approved_at, row.approved_by) == (event.at, event.actor_id)
    )


def _versions() -> list[tuple[date, int]]:
    kept = _cache.get("versions")
    if kept and kept[0] > time.monotonic():
        return kept[1]  # type: ignore[return-value]  # one key, one type
    rows = list(PolicyVersion.objects.order_by("-in_force_from").values_list("in_force_from", "id"))
    if rows:
        _cache["versions"] = (time.monotonic() + FRESH_FOR, rows)
    return rows


@lru_cache(maxsize=4)
def _with(texts: tuple[str, ...]) -> Workdays:
    packaged = calendars.read(calendars.PACKAGED.read_text("utf-8"))
    return calendars.together([packaged, *(calendars.read(text) for text in texts)])


@lru_cache(maxsize=1)
def _packaged() -> Workdays:
    return calendars.calendar(calendars.PACKAGED)


@lru_cache(maxsize=64)
def _read(id: int) -> Handbook:
    row = PolicyVersion.objects.get(id=id)
    here = loader.load_current()
    return here if here.sha256 == row.sha256 else loader.read(row.files)
