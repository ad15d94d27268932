"""Lists of cases: the inbox in its order, counts, and a person's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import Count, Q, QuerySet

from bihuan.accounts import queries as people
from bihuan.cases.models import ENDED, NO_DUE, OPEN, URGENT, Case
from bihuan.cases.queries import words
from bihuan.cases.queries.asleep import asleep_ids
from bihuan.cases.queries.beside import tagged
from bihuan.cases.queries.figures import Behind, behind
from bihuan.cases.queries.rows import visible
from bihuan.cases.rules import RANKS
from bihuan.core import ids, keyset, lexemes
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid
from bihuan.orders import queries as orders
from bihuan.store.statements import Kept
from bihuan.web.counted import MOST, counted, said, within

SOON = timedelta(hours=4)
_SOMEBODY, _SOME_TIME = -12, datetime(1, 1, 4, tzinfo=UTC)  # exchanged in a kept query
VIEWS = (
    "mine",
    "all",
    "overdue",
    "soon",
    "waiting",
    "unrouted",
    "unassigned",
    "closed",
    "every",
    "asleep",
)
COUNTED = ("mine", "all", "overdue", "soon", "waiting", "unrouted", "asleep")  # shown beside
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
    order: int = 0
    due_before: datetime | None = None
    q: str = ""
    external_id: str = ""
    tag: str = ""
    figure: Behind | None = None
    issue: str = ""
    priority: str = ""
    channel: str = ""
    merchant: int = 0
    nobodys: bool = False  # without an owner
    due_after: datetime | None = None
    received_from: datetime | None = None
    received_until: datetime | None = None  # not itself


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
    filters = filters or Filters()
    rows, asked = _sought(_narrowed(filters, view, by, at), filters.q, by)
    if view in NEWEST and asked:
        since, at = filters.received_from, filters.received_until or at
        page: dict[str, Any] = {"cursor": cursor, "limit": limit, "at": at}
        return Page(*words.newest_holding(rows, asked, since=since, **page))
    rows = _holding(rows, asked)
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
    rows = _holding(*_sought(_narrowed(filters, view, by, at), filters.q, by))
    return rows.count() if filters.figure else counted(rows)


def whole(by: Actor, *, view: str, filters: Filters, at: datetime) -> QuerySet[Case]:
    """The rows of a list in its order, on all its pages."""
    rows = _narrowed(filters, view, by, at)
    return rows.order_by("-received_at", "-id") if view in NEWEST else _in_order(rows)


def mine(by: Actor) -> list[Case]:
    """A customer's own cases, newest first."""
    return list(visible(by).order_by("-received_at", "-id")[:200])


def glance(
    by: Actor, at: datetime, views: Sequence[str] = COUNTED, most: int = MOST
) -> dict[str, int]:
    """How many cases stand in each view, as far as a page says it: the same work in any house.

    Each is read from its own index in the order of the list, so that nothing else is touched.
    Every page asks, so the statement is made once for everybody of the same roles.
    """
    kept = _glance(replace(by, id=_SOMEBODY if by.id else 0, name=""), tuple(views), most)
    given = {_SOMEBODY: by.id, _SOME_TIME: at, _SOME_TIME + SOON: at + SOON}
    found = next(iter(kept.tuples(given)), [0] * len(views))
    return {view: said(number, most) for view, number in zip(views, found, strict=True)}


@cache
def _glance(by: Actor, views: tuple[str, ...], most: int) -> Kept[Case]:
    rows = {view: _in_order(_viewed(visible(by), view, by, _SOME_TIME)) for view in views}
    asked = {view: within(found, most) for view, found in rows.items()}
    return Kept(visible(by).order_by("id").values(**asked)[:1])


def counts(by: Actor, at: datetime) -> dict[str, int]:
    """How many cases stand in each view, to the last one; looks at every open case."""
    open_ = Q(state__in=OPEN)
    late = open_ & Q(next_due_at__lt=at)
    put_off = Q(id__in=asleep_ids(by, at))
    return (
        visible(by)
        .filter(open_)
        .aggregate(
            mine=Count("id", filter=Q(owner_id=by.id) & ~put_off),
            asleep=Count("id", filter=Q(owner_id=by.id) & put_off),
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
            return rows.filter(owner_id=by.id).exclude(id__in=asleep_ids(by, at))
        case "asleep":
            return rows.filter(owner_id=by.id, id__in=asleep_ids(by, at))
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


#: filter -> what it compares
_COLUMNS = {
    **{name: name for name in ("state", "kind", "category", "issue", "severity", "priority")},
    "department": "department",
    "channel": "channel",
    "owner": "owner_id",
    "person": "person_id",
    "merchant": "merchant_id",
    "order": "order_id",
    "external_id": "external_id",
    "due_before": "sort_due_at__lt",
    "due_after": "sort_due_at__gte",
    "received_from": "received_at__gte",
    "received_until": "received_at__lt",
}


def _narrowed(filters: Filters, view: str, by: Actor, at: datetime) -> QuerySet[Case]:
    """The cases of a view, as far as these filters let them through."""
    rows = _viewed(visible(by), view, by, at)
    for name, column in _COLUMNS.items():
        if value := getattr(filters, name):
            rows = rows.filter(**{column: value})
    if filters.nobodys:
        rows = rows.filter(owner_id=0)
    if filters.tag:
        rows = rows.filter(tagged(filters.tag))
    if filters.figure:
        rows = behind(rows, filters.figure, by, at)
    return rows


def _sought(
    rows: QuerySet[Case], text: str, by: Actor
) -> tuple[QuerySet[Case], lexemes.Sought | None]:
    """By the number of a case, or by blind index: a contact, an account, an order.

    Other words are for the index: of staff, who may read everything that was said.
    """
    if not text:
        return rows, None
    if number := ids.read_case_number(text):
        return rows.filter(number=number), None
    if person_id := people.known_by(text):
        return rows.filter(person_id=person_id), None
    if not by.is_staff:
        return rows.filter(subject__icontains=text[:60]), None
    if found := orders.of_number(text):
        return rows.filter(order_id__in=found), None
    return rows, lexemes.sought(text)


def _holding(rows: QuerySet[Case], asked: lexemes.Sought | None) -> QuerySet[Case]:
    """Those that hold the words; none when nothing that was asked can be a word."""
    if asked is None:
        return rows
    return rows.filter(id__in=words.holding(asked)) if asked else rows.none()
