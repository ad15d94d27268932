"""回执: the paper of a case taken down at the window, small enough for a receipt printer."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation

from bihuan.accounts import queries as people
from bihuan.cases import queries as cases
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound
from bihuan.counter import queries
from bihuan.web import codes, paper
from bihuan.web.words import due_moment, full_moment

TEMPLATE = Path(__file__).parent.parent / "papers" / "slip.typ"
HOUSE_LOCALE = "zh-hans"


def print_slip(*, visit_id: int, number: str, by: Actor, at: datetime) -> bytes:
    """The slip of a case that was taken down during this visit, as a PDF of 80 mm.

    It can be printed again at any time and keeps nothing. NotFound for a case that was not, or
    that this actor may not see.
    """
    case = cases.get(number, by)
    visit = queries.visit(visit_id, by)
    if case.id not in queries.registered(visit.id):
        raise NotFound(number=number[:40])
    point = queries.point(visit.point_id, closed=True)
    with translation.override(HOUSE_LOCALE):
        data = {
            "platform": settings.PLATFORM_NAME,
            "number": case.number,
            "ticket": visit.number,
            "kind": cases.handbook(case).kinds[case.kind].zh,
            "subject": case.subject,
            "person": _person(case.person_id, by),
            "received": full_moment(case.received_at),
            "registered": full_moment(case.registered_at),
            "clocks": _clocks(case, at),
            "place": [point.name, point.address, point.phone],
            "address": f"{settings.BASE_URL}{case.url}",
            "code": codes.svg(f"{settings.BASE_URL}{case.url}"),
            "printed": full_moment(at),
        }
        return paper.pdf(TEMPLATE, data, at=at)


def _person(person_id: int, by: Actor) -> str:
    shown = people.shown([person_id], by)[person_id]
    return " ".join(filter(None, (shown.name, shown.phone or shown.email))) or "—"


def _clocks(case: Any, at: datetime) -> list[list[str]]:
    """Every due that runs: what, by when, by which clauses."""
    book = cases.handbook(case)
    clause = {promise.id: promise.clause for promise in book.promises}
    return [
        [
            book.milestones[row.milestone].zh,
            due_moment(row.due_at, at),
            "、".join(dict.fromkeys(clause[id] for id in row.promises if id in clause)),
        ]
        for row in cases.clocks(case)
        if row.hard and row.done_at is None
    ]
