"""The parts of a special report as they come from outside, checked part by part (2.2.4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, TypeVar

from bihuan.complaints.fields import (
    FEN_MOST,
    LEAST,
    MEASURES_MOST,
    MOST,
    PEOPLE_MOST,
    WHAT_MOST,
    WORDED,
    Measure,
    Parts,
)
from bihuan.core import inputs, personal
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import Invalid

_YUAN = re.compile(r"(\d{1,12})(?:\.(\d{1,2}))?")
Found = TypeVar("Found")


class _Faults:
    """Every fault of a form, each at its field, with the figures of each."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.facts: dict[str, object] = {}

    def or_else(self, read: Callable[[], Found], otherwise: Found) -> Found:
        """What was read, or `otherwise` with its fault remembered."""
        try:
            return read()
        except Invalid as fault:
            self.fields |= fault.fields
            self.facts |= {name: fact for name, fact in fault.facts.items() if name != "fields"}
            return otherwise


def checked(
    given: Mapping[str, Any], *, staff: Collection[int], today: datetime, whole: bool
) -> Parts:
    """The parts with the numbers of persons masked; `whole`: none may be missing.

    Invalid names every field that cannot be taken: those of WORDED, `people`, `loss`, and
    `measure_1_what`, `_owner`, `_due` and so on.
    """
    faults = _Faults()
    least = LEAST if whole else 0
    said = {name: _words(faults, given, name, least, MOST) for name in WORDED}
    people = faults.or_else(lambda: _people(given.get("people"), whole), None)
    loss = faults.or_else(lambda: _fen(given.get("loss"), whole), None)
    measures = [
        measure
        for n in range(1, MEASURES_MOST + 1)
        if (measure := _measure(faults, given, f"measure_{n}", staff, today, whole))
    ]
    if whole and not measures and not any("measure_" in name for name in faults.fields):
        faults.fields["measure_1_what"] = "missing"
    if faults.fields:
        raise Invalid(faults.fields, "2.2.4", **faults.facts)
    return Parts(**said, people=people, loss_fen=loss, measures=tuple(measures))


def _words(faults: _Faults, given: Mapping[str, Any], name: str, least: int, most: int) -> str:
    value = given.get(name)
    text = faults.or_else(lambda: inputs.words(value, field=name, least=least, most=most), "")
    return personal.mask(text)


def _people(value: object, whole: bool) -> int | None:
    if not whole and value in (None, ""):
        return None
    if value in (None, ""):
        raise Invalid({"people": "missing"})
    return inputs.whole(value, field="people", most=PEOPLE_MOST)


def _fen(value: object, whole: bool) -> int | None:
    """Yuan as people write them, 1,299.5, in whole fen."""
    plain = str(value or "").strip().replace(",", "").replace("，", "").removeprefix("¥")
    if not plain:
        if whole:
            raise Invalid({"loss": "missing"})
        return None
    found = _YUAN.fullmatch(plain)
    if found is None or not plain.isascii():
        raise Invalid({"loss": "not_an_amount"})
    fen = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    if fen > FEN_MOST:
        raise Invalid({"loss": "not_an_amount"})
    return fen


def _measure(
    faults: _Faults,
    given: Mapping[str, Any],
    row: str,
    staff: Collection[int],
    today: datetime,
    whole: bool,
) -> Measure | None:
    """One row; None where nothing of it was filled in. A row begun is a row to be finished."""
    what, owner, due = (given.get(f"{row}_{name}") or "" for name in ("what", "owner", "due"))
    if not str(what).strip() and not owner and not due:
        return None
    before = len(faults.fields)
    said = _words(faults, given, f"{row}_what", 1, WHAT_MOST)
    who = faults.or_else(lambda: _owner(owner, f"{row}_owner", staff), 0)
    day = faults.or_else(lambda: inputs.day(due, field=f"{row}_due"), None)
    if whole and day and day < today.astimezone(SHANGHAI).date():
        faults.fields[f"{row}_due"] = "in_the_past"
    if day is None or len(faults.fields) > before:
        return None
    return Measure(said, who, day)


def _owner(value: object, field: str, staff: Collection[int]) -> int:
    if value in (None, ""):
        raise Invalid({field: "missing"})
    who = inputs.whole(value, field=field)
    if who not in staff:
        raise Invalid({field: "not_known"})
    return who
