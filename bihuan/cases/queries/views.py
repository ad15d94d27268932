"""Saved views, as far as they are somebody's: own ones, the department's, everybody's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet

from bihuan.cases.models import SavedView, StartView
from bihuan.cases.queries.lists import whole
from bihuan.cases.queries.narrowing import narrowed
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid, NotFound
from bihuan.web.counted import said

MOST_SHOWN = 99  # a saved view says how many it holds until then
_PATIENCE = "SET LOCAL statement_timeout = 60"  # milliseconds; a slow count is not shown


def saved_views(by: Actor) -> list[SavedView]:
    """What this actor may open: own ones first, each kind in its order."""
    rows = list(_visible(by).order_by("place", "name", "id"))
    return sorted(rows, key=lambda row: row.staff_id != by.id)


def saved_view(view_id: int, by: Actor) -> SavedView:
    """That view; NotFound when it is none of this actor's."""
    found = _visible(by).filter(id=view_id).first()
    if found is None:
        raise NotFound()
    return found


def _visible(by: Actor) -> QuerySet[SavedView]:
    if not by.is_staff or not by.id:
        return SavedView.objects.none()
    mine = Q(staff_id=by.id) | Q(shared="everybody")
    if by.department:
        mine |= Q(shared="department", department=by.department)
    if Role.SUPERVISOR in by.roles:  # who may delete it must see it
        mine |= Q(shared="department")
    return SavedView.objects.filter(mine)


def may_change(view: SavedView, by: Actor) -> bool:
    """Its owner, and supervisors what is shared."""
    return view.staff_id == by.id or bool(view.shared and Role.SUPERVISOR in by.roles)


def start_view(by: Actor) -> SavedView | None:
    """The view this actor's inbox opens with; None for the usual one, also when it is gone."""
    chosen = StartView.objects.filter(staff_id=by.id).values("view_id")
    return _visible(by).filter(id__in=chosen).first()


def counts_of(views: Sequence[SavedView], by: Actor, at: datetime) -> dict[int, int]:
    """How many cases each holds, counted no further than is shown and no longer than it may take.

    A view that cannot be read any more, or is slow to count, has no number.
    """
    found: dict[int, int] = {}
    for view in views:
        number = _count(view.query, by, at)
        if number is not None:
            found[view.id] = said(number, MOST_SHOWN)
    return found


def _count(query: Mapping[str, str], by: Actor, at: datetime) -> int | None:
    try:
        rows = whole(by, view=query["view"], filters=narrowed(query, by, at), at=at)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_PATIENCE)
            found = rows[:MOST_SHOWN].count()
            with connection.cursor() as cursor:  # also where this is part of something longer
                cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
        return found
    except (Invalid, OperationalError):
        return None
