"""The policy as JSON: what is promised, by which clause, and since when."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from bihuan.core import clocks, inputs
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import Invalid, NotFound
from bihuan.policy import queries
from bihuan.policy.models import PolicyVersion
from bihuan.web.door import moment

router = Router(tags=["policy"])


class DueIn(Schema):
    """A case as `bihuan due` takes it."""

    received: str
    kind: str
    severity: str = "general"
    channel: str = "web"
    category: str = "service_quality"
    tier: int | None = None


@router.post("/due", summary="When every promise falls due", auth=None)
def due(request: HttpRequest, given: DueIn) -> dict[str, Any]:
    """The same answer as `bihuan due --json`."""
    at = inputs.moment(given.received, field="received")
    book = queries.current(at)
    for field in ("kind", "severity", "channel"):
        allowed = {"kind": book.kinds, "severity": book.severities, "channel": book.channels}
        if getattr(given, field) not in allowed[field]:
            raise Invalid({field: "not_known"}, allowed=sorted(allowed[field]))
    tier = given.tier or book.severities[given.severity].tier_at_least
    promises = book.promises_for(
        kind=given.kind,
        channel=given.channel,
        category=given.category,
        severity=given.severity,
        tier=tier,
    )
    found = clocks.deadlines(promises, clocks.receipt(at), queries.workdays())
    return {"clocks": [_deadline(d) for d in found]}


def _deadline(d: clocks.Deadline) -> dict[str, Any]:
    return {
        "promise": d.promise.id,
        "clause": d.promise.clause,
        "quote": d.promise.says,
        "force": d.promise.force,
        "milestone": d.promise.until,
        "due_at": d.due_at.astimezone(SHANGHAI).isoformat(),
        "effective_due_at": d.effective_due_at.astimezone(SHANGHAI).isoformat(),
        "status": d.status,
        "days": [
            {"day": c.day.isoformat(), "kind": c.kind, "number": c.number, "note": c.note}
            for c in d.counted
        ],
    }


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
