"""What the house owes itself on complaints, as far as this actor may read it."""

from __future__ import annotations

from bihuan.complaints.queries.attribution import attributed
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
from bihuan.complaints.queries.sharing import (
    late_shares,
    locked_share,
    open_shares,
    share,
    shares,
    shares_of,
)

__all__ = [
    "UNSIGNED",
    "Page",
    "Record",
    "attributed",
    "get",
    "late_shares",
    "listed",
    "locked",
    "locked_share",
    "open_shares",
    "recorded",
    "share",
    "shares",
    "shares_of",
    "unsigned",
    "visible",
]
