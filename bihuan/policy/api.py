"""The policy as JSON: what is promised, by which clause, and since when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict

from bihuan.core import clocks, inputs
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import Invalid, NotFound
from bihuan.policy import answers, queries
from bihuan.policy.models import PolicyVersion
from bihuan.web.door import moment

router = Router(tags=["policy"])


class DueIn(Schema):
    """A case as `bihuan due` takes it."""

    model_config = ConfigDict(extra="forbid")

    received: str
    kind: str
    severity: str = "general"
    channel: str = "web"
    category: str = "other"
    tier: int | None = None


@router.post("/due", summary="When every promise falls due", auth=None)
def due(request: HttpRequest, given: DueIn) -> dict[str, Any]:
    """The same answer as `bihuan due --json`; the years imported here are known."""
    at = inputs.moment(given.received, field="received")
    book = _in_force(at)
    promises = book.promises_for(
        kind=inputs.one_of(given.kind, book.kinds, field="kind"),
        channel=inputs.one_of(given.channel, book.channels, field="channel"),
        category=inputs.one_of(given.category, book.categories, field="category"),
        severity=inputs.one_of(given.severity, book.severities, field="severity"),
        tier=_tier(given, book),
    )
    found = clocks.deadlines(promises, clocks.receipt(at), queries.workdays())
    answer: dict[str, Any] = msgspec.to_builtins(answers.due(found))
    return answer


def _in_force(at: datetime) -> Handbook:
    try:
        return queries.current(at)
    except Invalid as fault:  # which speaks of a case's field
        raise Invalid(dict.fromkeys(["received"], *fault.fields.values()), fault.clause) from None


def _tier(given: DueIn, book: Handbook) -> int:
    """The lowest that the severity allows, when none is given (4.2)."""
    if given.tier is None:
        return book.severities[given.severity].tier_at_least
    if given.tier not in book.tiers:
        raise Invalid({"tier": "not_known"}, allowed=sorted(book.tiers))
    return given.tier


@router.get("/policy", summary="The handbook in force", auth=None)
def policy(request: HttpRequest) -> dict[str, Any]:
    """Version, promises and the clauses' titles."""
    book = queries.current(moment(request))
    return {
        "version": book.version,
        "title": book.title,
        "in_force_from": book.in_force_from.isoformat(),
        "sha256": book.sha256,
        "clauses": [
            {"id": c.id, "title": c.title, "title_en": c.title_en} for c in book.clauses.values()
        ],
        "promises": [
            {
                "id": p.id,
                "clause": p.clause,
                "quote": p.says,
                "en": p.en,
                "force": p.force,
                "from": p.start,
                "until": p.until,
                "limit": {p.limit.unit: p.limit.amount},
                "default_not_handbook": p.default_not_handbook,
            }
            for p in book.promises
        ],
    }


@router.get("/policy/clauses/{id}", summary="One clause with its promises", auth=None)
def clause(request: HttpRequest, id: str) -> dict[str, Any]:
    """The text in simplified Chinese, as printed, with damaged spans marked."""
    book = queries.current(moment(request))
    found = book.clauses.get(id)
    if found is None:
        raise NotFound(clause=id[:20])
    return {
        "id": found.id,
        "title": found.title,
        "title_en": found.title_en,
        "text": found.text,
        "damaged": list(found.damaged),
        "promises": [p.id for p in book.promises if p.clause == id],
    }


@router.get("/policy/versions", summary="Which text was in force when", auth=None)
def versions(request: HttpRequest) -> list[dict[str, Any]]:
    """Newest first."""
    return [
        {
            "version": v.version,
            "sha256": v.sha256,
            "in_force_from": v.in_force_from.isoformat(),
            "activated_at": v.activated_at.isoformat(),
        }
        for v in PolicyVersion.objects.order_by("-in_force_from")
    ]
