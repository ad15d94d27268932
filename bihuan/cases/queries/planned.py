"""Suggestions and praise in the order of work: what is planned, what is late, who waits (7.2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from bihuan.cases.models import ENDED, NO_DUE, OPEN, TRANSCRIPT, URGENT, Case, Entry, FollowUp
from bihuan.cases.queries.lists import Page
from bihuan.cases.queries.rows import visible
from bihuan.core import keyset
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI

FEEDBACK = ("suggestion", "praise")


def feedback(by: Actor, *, also: Exists | None = None, ended: bool = False) -> QuerySet[Case]:
    """Suggestions and praise that this actor may see, and whatever `also` says is feedback too."""
    meant = Q(kind__in=FEEDBACK)
    rows = visible(by).filter(state__in=ENDED if ended else OPEN)
    return rows.filter(meant if also is None else meant | also)


def in_order(rows: QuerySet[Case], *, cursor: str = "", limit: int = 40) -> Page:
    """A page of these rows as the inbox stands: by priority, then by what is due."""
    rows = rows.order_by(*URGENT)
    if cursor:
        rank, after, id = keyset.read(cursor, int, datetime, int)
        rows = rows.filter(
            Q(rank__gt=rank)
            | Q(rank=rank, sort_due_at__gt=after)
            | Q(rank=rank, sort_due_at=after, id__gt=id),
            rank__gte=rank,
        )
    found = keyset.cut(
        rows[: limit + 1], limit, lambda case: (case.rank, case.next_due_at or NO_DUE, case.id)
    )
    return Page(*found)


def late_plans(rows: QuerySet[Case], at: datetime) -> QuerySet[Case]:
    """Those of these with a measure whose day is over and that nobody has done, or no plan in time.

    A plan has no clock: neither 已超期 nor the sweep knows of its day.
    """
    today = at.astimezone(SHANGHAI).date()
    owed = FollowUp.objects.filter(case_id=OuterRef("id"), done_at__isnull=True, due_on__lt=today)
    return rows.filter(Exists(owed) | Q(next_due_at__lt=at))


def unanswered(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Those of these whose person had the last word that both sides can read."""
    said = Entry.objects.filter(case_id=OuterRef("id"), internal=False).order_by("-id")
    said = said.exclude(kind=TRANSCRIPT)
    return rows.annotate(last_voice=Subquery(said.values("voice")[:1])).filter(last_voice="user")


def plans(case_ids: Iterable[int]) -> dict[int, FollowUp]:
    """The measure of each case that is to be done next, else the one done last; one query."""
    rows = FollowUp.objects.filter(case_id__in=set(case_ids)).order_by("due_on", "id")
    found: dict[int, FollowUp] = {}
    for row in rows:
        kept = found.get(row.case_id)
        if kept is None or kept.done_at is not None:
            found[row.case_id] = row
    return found


def raised_by(by: Actor, issues: Iterable[str], since: datetime) -> dict[str, int]:
    """How many people have raised each of these issues since then, in feedback this actor sees."""
    rows = visible(by).filter(kind__in=FEEDBACK, issue__in=set(issues), received_at__gte=since)
    counted = rows.values("issue").annotate(people=Count("person_id", distinct=True))
    return {row["issue"]: row["people"] for row in counted.order_by()}
