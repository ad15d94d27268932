"""What the house owes itself on complaints, as far as this actor may read it."""

from __future__ import annotations

from bihuan.complaints.queries.records import (
    UNSIGNED,
    Page,
    Record,
    get,
    listed,
    locked,
    recorded,
    unsigned,
    visible,
)

__all__ = [
    "UNSIGNED",
    "Page",
    "Record",
    "get",
    "listed",
    "locked",
    "recorded",
    "unsigned",
    "visible",
]
