"""How many other complaints of late were like this one: counted, never estimated (2.2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from bihuan.cases import queries as cases
from bihuan.complaints.queries.reports import CaseRow
from bihuan.core.actors import SYSTEM

DAYS = 90
NAMED = 5  # of the cases most like it


@dataclass(frozen=True, slots=True)
class Alike:
    """In one respect: how many others, and their share of all in tenths of a percent."""

    what: str
    count: int
    per_mille: int

    @property
    def share(self) -> str:
        """12.3%"""
        return f"{self.per_mille // 10}.{self.per_mille % 10}%"


@dataclass(frozen=True, slots=True)
class Likeness:
    """Other complaints received in the last `days`, `total` in all; the newest by number."""

    days: int
    total: int
    respects: tuple[Alike, ...]
    numbers: tuple[str, ...]


def likeness(case: CaseRow, at: datetime) -> Likeness:
    """Of the same issue, shop and order, each where the case has one."""
    respects = {_("同一问题类型"): Q(issue=case.issue)}
    if case.merchant_id:
        respects[_("同一商家")] = Q(merchant_id=case.merchant_id)
        respects[_("同一商家的同一问题")] = Q(merchant_id=case.merchant_id, issue=case.issue)
    if case.order_id:
        respects[_("同一订单")] = Q(order_id=case.order_id)
    rows = cases.visible(SYSTEM).filter(
        kind="complaint", received_at__gt=at - timedelta(days=DAYS), received_at__lte=at
    )
    others = rows.exclude(id=case.id)
    counts = {f"n{place}": Count("id", filter=q) for place, q in enumerate(respects.values())}
    found = others.aggregate(total=Count("id"), **counts)
    total = found["total"]
    nearest = Q(merchant_id=case.merchant_id, issue=case.issue)
    if case.order_id:
        nearest |= Q(order_id=case.order_id)
    listed = others.filter(nearest).order_by("-received_at", "-id")[:NAMED]
    return Likeness(
        days=DAYS,
        total=total,
        respects=tuple(
            Alike(what, count, round(count * 1000 / total) if total else 0)
            for what, count in zip(respects, (found[name] for name in counts), strict=True)
        ),
        numbers=tuple(listed.values_list("number", flat=True)),
    )
