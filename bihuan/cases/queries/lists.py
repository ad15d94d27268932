"""Lists of cases: the inbox in its order, counts, and a person's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from bihuan.accounts import queries as people
from bihuan.cases.models import ENDED, NO_DUE, OPEN, URGENT, Case
from bihuan.cases.queries.figures import Behind, behind
from bihuan.cases.queries.rows import visible
from bihuan.cases.rules import RANKS
from bihuan.core import ids, keyset
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid
from bihuan.web.counted import MOST, counted, said, within

SOON = timedelta(hours=4)
LATELY = timedelta(days=90)  # how far back words are looked for among ended cases
VIEWS = ("mine", "all", "overdue", "soon", "waiting", "unrouted", "unassigned", "closed", "every")
COUNTED = ("mine", "all", "overdue", "soon", "waiting", "unrouted")  # those shown as tabs
NEWEST = ("closed", "every")  # views that are not in the order of work


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty means all."""

    state: str = ""
    kind: str = ""
    category: str = ""
    severity: str = ""
    department: str = ""
    owner: int = 0
    person: int = 0
    due_before: datetime | None = None
    q: str = ""
    figure: Behind | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One keyset page; `cursor` opens the next, empty at the end."""

    cases: Sequence[Case]
    cursor: str = ""


def inbox(
    by: Actor,
    *,
    view: str = "all",
    filters: Filters | None = None,
    cursor: str = "",
    limit: int = 40,
    at: datetime,
) -> Page:
    """Priority, then service quality first (2.1.2), then signed time left, the latest first.

    Time left is signed: what is overdue longest stands first (HOUSE §6b). A cursor that does
    not read back is Invalid, never an error.
    """
    rows = _narrowed(filters or Filters(), view, by, at)
    if view in NEWEST:
        return newest(rows, cursor=cursor, limit=limit)
    rows = _in_order(rows)
    if cursor:
        rank, after, id = keyset.read(cursor, int, datetime, int)
        rows = rows.filter(
            Q(rank__gt=rank)
            | Q(rank=rank, sort_due_at__gt=after)
            | Q(rank=rank, sort_due_at=after, id__gt=id),
            rank__gte=rank,  # where the index is entered
        )
    found = keyset.cut(
        rows[: limit + 1], limit, lambda case: (case.rank, case.next_due_at or NO_DUE, case.id)
    )
    return Page(*found)


def newest(rows: QuerySet[Case], *, cursor: str = "", limit: int = 40) -> Page:
    """The same rows, newest first."""
    rows = rows.order_by("-received_at", "-id")
    if cursor:
        before, id = keyset.read(cursor, datetime, int)
        rows = rows.filter(Q(received_at__lt=before) | Q(received_at=before, id__lt=id))
    found = keyset.cut(rows[: limit + 1], limit, lambda case: (case.received_at, case.id))
    return Page(*found)


def how_many(by: Actor, *, view: str, filters: Filters, at: datetime) -> int:
    """How many cases a narrowed list holds, on all its pages; as far as a page says it.

    Those behind a figure to the last one, since the figure says how many.
    """
    rows = _narrowed(filters, view, by, at)
    return rows.count() if filters.figure else counted(rows)


def mine(by: Actor) -> list[Case]:
    """A customer's own cases, newest first."""
    return list(visible(by).order_by("-received_at", "-id")[:200])


def glance(
    by: Actor, at: datetime, views: Sequence[str] = COUNTED, most: int = MOST
) -> dict[str, int]:
    """How many cases stand in each view, as far as a page says it: the same work in any house.

    Each is read from its own index in the order of the list, so that nothing else is touched.
    """
    rows = {view: _in_order(_viewed(visible(by), view, by, at)) for view in views}
    asked = {view: within(found, most) for view, found in rows.items()}
    found = visible(by).order_by("id").values(**asked).first() or dict.fromkeys(views, 0)
    return {view: said(number, most) for view, number in found.items()}


def counts(by: Actor, at: datetime) -> dict[str, int]:
    """How many cases stand in each view, to the last one; looks at every open case."""
    open_ = Q(state__in=OPEN)
    late = open_ & Q(next_due_at__lt=at)
    return (
        visible(by)
        .filter(open_)
        .aggregate(
            mine=Count("id", filter=Q(owner_id=by.id)),
            all=Count("id"),
            overdue=Count("id", filter=late),
            soon=Count("id", filter=open_ & Q(next_due_at__gte=at, next_due_at__lt=at + SOON)),
            waiting=Count("id", filter=Q(state="notified")),
            unrouted=Count("id", filter=Q(department="unrouted")),
            unassigned=Count("id", filter=Q(owner_id=0)),
        )
    )


def _viewed(rows: QuerySet[Case], view: str, by: Actor, at: datetime) -> QuerySet[Case]:
    if view not in VIEWS:
        raise Invalid({"view": "not_known"}, allowed=list(VIEWS))
    if view == "closed":
        return rows.filter(state__in=ENDED)
    if view == "every":
        return rows
    rows = rows.filter(state__in=OPEN)
    match view:
        case "all":
            return _due(rows)
        case "mine":
            return rows.filter(owner_id=by.id)
        case "overdue":
            return _due(rows, sort_due_at__lt=at)
        case "soon":
            return _due(rows, sort_due_at__gte=at, sort_due_at__lt=at + SOON)
        case "waiting":
            return rows.filter(state="notified")
        case "unrouted":
            return rows.filter(department="unrouted")
        case "unassigned":
            return rows.filter(owner_id=0)
    return rows


def _in_order(rows: QuerySet[Case]) -> QuerySet[Case]:
    """As the inbox stands: by the indexes of the open cases."""
    return rows.order_by(*URGENT)


def _due(rows: QuerySet[Case], **when: datetime) -> QuerySet[Case]:
    """Naming every rank lets the index of the inbox go straight to the dues of each.

    Without it PostgreSQL, which takes row-level security for rarely met, reads all and sorts.
    """
    return rows.filter(rank__in=RANKS, **when)


def _narrowed(filters: Filters, view: str, by: Actor, at: datetime) -> QuerySet[Case]:
    """The cases of a view, as far as these filters let them through."""
    rows = _viewed(visible(by), view, by, at)
    for name in ("state", "kind", "category", "severity", "department"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    if filters.owner:
        rows = rows.filter(owner_id=filters.owner)
    if filters.person:
        rows = rows.filter(person_id=filters.person)
    if filters.due_before:
        rows = rows.filter(next_due_at__lt=filters.due_before)
    if filters.figure:
        rows = behind(rows, filters.figure, by, at)
    if filters.q:
        rows = _searched(rows, filters.q, view, by, at)
    return rows


def _searched(
    rows: QuerySet[Case], text: str, view: str, by: Actor, at: datetime
) -> QuerySet[Case]:
    """By case number, by a person's contact (blind index), or by words of the subject.

    No index holds words: staff look for them in open cases and in what came in lately.
    """
    number = ids.read_case_number(text)
    if number:
        return rows.filter(number=number)
    person_id = people.known_by(text)
    if person_id:
        return rows.filter(person_id=person_id)
    if by.is_staff and view in NEWEST:
        rows = rows.filter(received_at__gte=at - LATELY)
    return rows.filter(subject__icontains=text[:60])
