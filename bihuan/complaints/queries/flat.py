"""Reports as rows for whoever takes them away, each with the key and the name of its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bihuan.accounts import queries as people
from bihuan.cases import queries as cases
from bihuan.complaints.loader import causes
from bihuan.complaints.queries.answered import answered
from bihuan.complaints.queries.drift import drift
from bihuan.complaints.queries.ontime import on_time
from bihuan.core.actors import Actor
from bihuan.core.handbook import Handbook
from bihuan.policy import queries as policy

Row = Mapping[str, str | int | float | None]
STATES = ("open", "explained", "appealed", "signed", "cancelled")
_LINE = ("respect", "key", "name")
COLUMNS = {
    "on_time": (
        *_LINE, "hard", "due", "kept", "missed", "running", "rate", "median_late", "p90_late",
    ),
    "accountability": (*_LINE, "records", *STATES, "minutes_late"),
    "drift": ("key", "name", "cases", "raised", "lowered", "share", "low", "high"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flat:
    """The names of the columns, and the rows; minutes are whole minutes, shares per cent."""

    columns: tuple[str, ...]
    rows: Iterable[Mapping[str, Any]]


def flat(
    what: str,
    by: Actor,
    at: datetime,
    *,
    first: date,
    last: date,
    since: datetime | None = None,
    until: datetime | None = None,
    personal: bool = False,
) -> Flat:
    """One of the reports, or the cases received since then and before `until`.

    NotFound for who may not read reports.
    """
    if what == "cases":
        rows = cases.exported(by, since=since, until=until, personal=personal)
        return Flat(cases.EXPORTED, rows)
    made: dict[str, Callable[[Actor, datetime, date, date], Iterator[Row]]] = {
        "on_time": _on_time,
        "accountability": _answered,
        "drift": _drift,
    }
    return Flat(COLUMNS[what], list(made[what](by, at, first, last)))


def _on_time(by: Actor, at: datetime, first: date, last: date) -> Iterator[Row]:
    for hard in (True, False):
        found = on_time(by, first, last, hard=hard)
        lines = [("all", "", found.total)]
        lines += [(name, key, line) for name, of in found.by.items() for key, line in of.items()]
        names = _names(((name, key) for name, key, _ in lines), at)
        for name, key, line in lines:
            yield {
                "respect": name, "key": key, "name": names.get((name, key), ""), "hard": int(hard),
                "due": line.due, "kept": line.kept, "missed": line.missed,
                "running": line.running, "rate": line.rate, "median_late": line.late(50),
                "p90_late": line.late(90),
            }  # fmt: skip


def _answered(by: Actor, at: datetime, first: date, last: date) -> Iterator[Row]:
    found = answered(by, first, last)
    lines = [("all", "", found.total)]
    lines += [(name, key, line) for name, of in found.by.items() for key, line in of.items()]
    names = _names(((name, key) for name, key, _ in lines), at)
    for name, key, line in lines:
        yield {
            "respect": name, "key": key, "name": names.get((name, key), ""),
            "records": line.total, **{state: line.states[state] for state in STATES},
            "minutes_late": line.minutes,
        }  # fmt: skip


def _drift(by: Actor, at: datetime, first: date, last: date) -> Iterator[Row]:
    total, found = drift(by, first, last)
    names = people.staff_names(one.staff_id for one in found)
    for one in (total, *found):
        low, high = one.between
        yield {
            "key": one.staff_id or "", "name": names.get(one.staff_id, ""), "cases": one.cases,
            "raised": one.raised, "lowered": one.lowered, "share": one.share, "low": low,
            "high": high,
        }  # fmt: skip


def _names(lines: Iterable[tuple[str, str]], at: datetime) -> dict[tuple[str, str], str]:
    """In the house's language: a file is read by more than one."""
    wanted = list(lines)
    book = policy.current(at)
    staff = people.staff_names(int(key) for name, key in wanted if name == "staff")
    units = {unit.unit: unit.name for unit in people.departments()}
    return {
        (name, key): staff.get(int(key), "") if name == "staff" else _name(book, units, name, key)
        for name, key in wanted
    }


def _name(book: Handbook, units: Mapping[str, str], respect: str, key: str) -> str:
    if respect == "department":
        return units.get(key, "")
    if respect == "clause":
        return book.clauses[key].title if key in book.clauses else ""
    places: dict[str, Mapping[str, Any]] = {
        "milestone": book.milestones,
        "severity": book.severities,
        "cause": causes(),
    }
    found = places.get(respect, {}).get(key)
    return str(found.zh) if found else ""
