"""The times of the law as the customer reads them, beside the handbook's (L-17)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bihuan.complaints import queries
from bihuan.policy import queries as policy
from bihuan.portal.forms import named
from bihuan.web import legal
from bihuan.web.legal import Line

if TYPE_CHECKING:
    from bihuan.cases.models import Case


def lines(case: Case, at: datetime) -> list[Line]:
    """From known facts only; those of a party bear its name."""
    known = policy.current(at).parties
    found: list[Line] = []
    for one in queries.legal(case, at):
        asked = one.asked
        listed = known.get(asked.party.party) if asked else None
        whom = named(listed) if listed else asked.party.name if asked else ""
        answered = asked.row.answered_at if asked else None
        found.append(legal.line(one.due, at, whom=whom, done=answered))
    return found
