"""What the house owes itself on complaints, as far as this actor may read it."""

from __future__ import annotations

from bihuan.complaints.queries.appeals import Appeals, Objection, appeals, appeals_until, default
from bihuan.complaints.queries.measures import (
    Measure,
    Measures,
    cases_of,
    locked_measure,
    measure,
    measures,
    measures_of,
    visible_measures,
)
from bihuan.complaints.queries.records import (
    UNSIGNED,
    Narrow,
    Page,
    Part,
    Record,
    get,
    held_parts,
    is_appealed,
    listed,
    locked,
    recorded,
    unsigned,
    visible,
)

__all__ = [
    "UNSIGNED",
    "Appeals",
    "Measure",
    "Measures",
    "Narrow",
    "Objection",
    "Page",
    "Part",
    "Record",
    "appeals",
    "appeals_until",
    "cases_of",
    "default",
    "get",
    "held_parts",
    "is_appealed",
    "listed",
    "locked",
    "locked_measure",
    "measure",
    "measures",
    "measures_of",
    "recorded",
    "unsigned",
    "visible",
    "visible_measures",
]
