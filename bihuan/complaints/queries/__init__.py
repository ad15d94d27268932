"""What the house owes itself on complaints, as far as this actor may read it."""

from __future__ import annotations

from bihuan.complaints.queries.answered import Answered, AnsweredReport, answered
from bihuan.complaints.queries.appeals import Appeals, Objection, appeals, appeals_until, default
from bihuan.complaints.queries.drift import Drift, drift
from bihuan.complaints.queries.judged import (
    JudgedDue,
    Judgements,
    Which,
    how_many,
    judged,
    judged_rows,
    judged_shown,
)
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
from bihuan.complaints.queries.ontime import GROUPS, Line, OnTimeReport, on_time, unreckoned
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
    "GROUPS",
    "UNSIGNED",
    "Answered",
    "AnsweredReport",
    "Appeals",
    "Drift",
    "JudgedDue",
    "Judgements",
    "Line",
    "Measure",
    "Measures",
    "Narrow",
    "Objection",
    "OnTimeReport",
    "Page",
    "Part",
    "Record",
    "Which",
    "answered",
    "appeals",
    "appeals_until",
    "cases_of",
    "default",
    "drift",
    "get",
    "held_parts",
    "how_many",
    "is_appealed",
    "judged",
    "judged_rows",
    "judged_shown",
    "listed",
    "locked",
    "locked_measure",
    "measure",
    "measures",
    "measures_of",
    "on_time",
    "recorded",
    "unreckoned",
    "unsigned",
    "visible",
    "visible_measures",
]
