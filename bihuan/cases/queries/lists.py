"""Lists of cases: the inbox in its order, counts, a person's own, and who has least to do."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from bihuan.accounts import queries as people
from bihuan.cases.models import DUE, NO_DUE, OPEN, Case
from bihuan.cases.queries.rows import visible
from bihuan.core import ids
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid

SOON = timedelta(hours=4)
VIEWS = ("mine", "all", "overdue", "soon", "waiting", "unrouted", "unassigned", "closed")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty means all."""

    state: str = ""
    kind: str = ""
    category: str = ""
    severity: str = ""
    department: str = ""
    owner: int = 0
    due_before: datetime | None = None
    q: str = ""


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
    rows = _narrowed(_viewed(visible(by), view, by, at), filters or Filters())
    if view == "closed":
        return newest(rows, cursor=cursor, limit=limit)
    rows = rows.annotate(due=DUE).order_by("rank", "due", "id")
    if cursor:
        rank, due, id = _read(cursor, 3)
        try:
            after = datetime.fromisoformat(due)
            rows = rows.filter(
                Q(rank__gt=int(rank))
                | Q(rank=int(rank), due__gt=after)
                | Q(rank=int(rank), due=after, id__gt=int(id))
            )
        except (TypeError, ValueError):
            raise Invalid({"cursor": "not_a_cursor"}) from None
    found = list(rows[: limit + 1])
    more = found[limit - 1] if len(found) > limit else None
    return Page(
        found[:limit],
        _cursor(more.rank, (more.next_due_at or NO_DUE).isoformat(), more.id) if more else "",
    )


def newest(rows: QuerySet[Case], *, cursor: str = "", limit: int = 40) -> Page:
    """The same rows, newest first."""
    rows = rows.order_by("-received_at", "-id")
    if cursor:
        received, id = _read(cursor, 2)
        try:
            before = datetime.fromisoformat(received)
            rows = rows.filter(Q(received_at__lt=before) | Q(received_at=before, id__lt=int(id)))
        except (TypeError, ValueError):
            raise Invalid({"cursor": "not_a_cursor"}) from None
    found = list(rows[: limit + 1])
    more = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], _cursor(more.received_at.isoformat(), more.id) if more else "")


def mine(by: Actor) -> list[Case]:
    """A customer's own cases, newest first."""
    return list(visible(by).order_by("-received_at", "-id")[:200])


def counts(by: Actor, at: datetime) -> dict[str, int]:
    """How many cases stand in each view, in one query."""
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


def load() -> dict[int, int]:
    """Open cases of every owner."""
    rows = Case.objects.filter(state__in=OPEN, owner_id__gt=0).values("owner_id")
    return {r["owner_id"]: r["n"] for r in rows.annotate(n=Count("id")).order_by()}


def _viewed(rows: QuerySet[Case], view: str, by: Actor, at: datetime) -> QuerySet[Case]:
    if view not in VIEWS:
        raise Invalid({"view": "not_known"}, allowed=list(VIEWS))
    if view == "closed":
        return rows.exclude(state__in=OPEN)
    rows = rows.filter(state__in=OPEN)
    match view:
        case "mine":
            return rows.filter(owner_id=by.id)
        case "overdue":
            return rows.filter(next_due_at__lt=at)
        case "soon":
            return rows.filter(next_due_at__gte=at, next_due_at__lt=at + SOON)
        case "waiting":
            return rows.filter(state="notified")
        case "unrouted":
            return rows.filter(department="unrouted")
        case "unassigned":
            return rows.filter(owner_id=0)
    return rows


def _narrowed(rows: QuerySet[Case], filters: Filters) -> QuerySet[Case]:
    for name in ("state", "kind", "category", "severity", "department"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    if filters.owner:
        rows = rows.filter(owner_id=filters.owner)
    if filters.due_before:
        rows = rows.filter(next_due_at__lt=filters.due_before)
    if filters.q:
        rows = _searched(rows, filters.q)
    return rows


def _searched(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    """By case number, by a person's contact (blind index), or by words of the subject."""
    number = ids.read_case_number(text)
    if number:
        return rows.filter(number=number)
    person_id = people.known_by(text)
    if person_id:
        return rows.filter(person_id=person_id)
    return rows.filter(subject__icontains=text[:60])


def _cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _read(cursor: str, size: int) -> list[str]:
    try:
        padded = cursor[:400].encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, UnicodeError):
        raise Invalid({"cursor": "not_a_cursor"}) from None
    if not isinstance(parts, list) or len(parts) != size or None in parts:
        raise Invalid({"cursor": "not_a_cursor"})
    return parts


@dataclass(frozen=True, slots=True)
class _Loads:
    read_at: float
    capacity: dict[int, int]
    open: dict[int, int]


_FRESH_FOR = 3.0  # seconds between two looks at the loads of a department
_loads: dict[str, _Loads] = {}
_lock = threading.Lock()


def lightest(department: str, at: datetime) -> int:
    """Whoever is on duty there with the smallest share of their capacity; 0 if nobody is."""
    with _lock:
        known = _loads.get(department)
        if known is None or time.monotonic() - known.read_at > _FRESH_FOR:
            staff = people.staff_of(department) or _watch()
            rows = Case.objects.filter(state__in=OPEN, owner_id__in=[s.id for s in staff])
            counted = rows.values("owner_id").annotate(n=Count("id")).order_by()
            known = _Loads(
                time.monotonic(),
                {s.id: max(s.capacity, 1) for s in staff},
                {r["owner_id"]: r["n"] for r in counted},
            )
        if not known.capacity:
            _loads.pop(department, None)
            return 0
        owner = min(known.capacity, key=lambda i: (known.open.get(i, 0) / known.capacity[i], i))
        _loads[department] = replace(known, open=known.open | {owner: known.open.get(owner, 0) + 1})
        return owner


def _watch() -> list[people.Colleague]:
    """Supervisors on duty watch what no department's people can take."""
    return [c for c in people.everybody() if c.on_duty and Role.SUPERVISOR in c.roles]


def forget_loads() -> None:
    """Look again at the next question."""
    with _lock:
        _loads.clear()
