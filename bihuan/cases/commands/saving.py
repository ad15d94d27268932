"""Keep a list under a name, for oneself or for others (clause 2.2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from bihuan.cases import queries
from bihuan.cases.models import SavedView, StartView
from bihuan.core import inputs
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid, NotFound, NotPermitted
from bihuan.events import log
from bihuan.store import statements
from bihuan.store.blocks import new_id

MOST_VIEWS = 40  # of one person
NAME = 30
SHARED = {"": "", "department": "", "everybody": ""}
_ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtext('views'), %s::bigint::bit(32)::int)"


@transaction.atomic
def save_view(
    *, name: str, query: Mapping[str, str], shared: str = "", by: Actor, at: datetime
) -> SavedView:
    """保存视图：what the list is narrowed to, checked now and again when it is opened."""
    if not by.is_staff or not by.id:
        raise NotFound()
    statements.run(_ONE_BY_ONE, [by.id])
    own = SavedView.objects.filter(staff_id=by.id)
    if own.count() >= MOST_VIEWS:
        raise Invalid({"name": "too_many_views"}, limit=MOST_VIEWS)
    view = SavedView(
        id=new_id(at), staff_id=by.id, query=queries.checked(query, by, at), saved_at=at,
        place=(own.aggregate(last=Max("place"))["last"] or 0) + 1,
    )  # fmt: skip
    return _kept(view, name, shared, by, at, force_insert=True)


@transaction.atomic
def change_view(*, view_id: int, name: str, shared: str = "", by: Actor, at: datetime) -> SavedView:
    """改名或改共享范围：one's own, and a supervisor what is shared."""
    view = _mine(view_id, by)
    statements.run(_ONE_BY_ONE, [view.staff_id])
    return _kept(view, name, shared, by, at)


def _kept(
    view: SavedView, name: str, shared: str, by: Actor, at: datetime, force_insert: bool = False
) -> SavedView:
    view.name = inputs.words(name, field="name", least=1, most=NAME, lines=False)
    others = SavedView.objects.filter(staff_id=view.staff_id, name=view.name)
    if others.exclude(id=view.id).exists():
        raise Invalid({"name": "name_taken"})
    was, view.shared = view.shared, inputs.one_of(shared, SHARED, field="shared") if shared else ""
    if view.shared != was or force_insert:
        _share(view, by)
    view.save(force_insert=force_insert)
    log.append(
        "view.saved", stream=view.id, by=by, at=at, clause="2.2.2", view=view.id,
        shared=view.shared, department=view.department,
    )  # fmt: skip
    return view


def _share(view: SavedView, by: Actor) -> None:
    """With one's own department anybody may, with everybody a supervisor."""
    view.department = by.department if view.shared == "department" else ""
    if view.shared == "department" and not by.department:
        raise Invalid({"shared": "no_department"})
    if view.shared == "everybody" and Role.SUPERVISOR not in by.roles:
        raise NotPermitted("2.2.2", action="share_view")


@transaction.atomic
def move_view(*, view_id: int, up: bool, by: Actor, at: datetime) -> SavedView:
    """上移、下移：within the views of its owner."""
    view = _mine(view_id, by)
    statements.run(_ONE_BY_ONE, [view.staff_id])
    among = list(SavedView.objects.filter(staff_id=view.staff_id).order_by("place", "name", "id"))
    here = next(n for n, one in enumerate(among) if one.id == view.id)
    there = max(here - 1, 0) if up else min(here + 1, len(among) - 1)
    among.insert(there, among.pop(here))
    for place, one in enumerate(among, 1):
        one.place = place
    SavedView.objects.bulk_update(among, ["place"])
    return view


@transaction.atomic
def delete_view(*, view_id: int, by: Actor, at: datetime) -> SavedView:
    """删除视图：whoever began with it begins with the usual one again."""
    view = _mine(view_id, by)
    StartView.objects.filter(view_id=view.id).delete()
    gone = SavedView(id=view.id, name=view.name)
    view.delete()
    log.append("view.deleted", stream=gone.id, by=by, at=at, clause="2.2.2", view=gone.id)
    return gone


@transaction.atomic
def start_with(*, view_id: int, by: Actor, at: datetime) -> SavedView | None:
    """设为默认：one's inbox opens with it; 0 is the usual one again."""
    StartView.objects.filter(staff_id=by.id).delete()
    if not view_id:
        return None
    view = queries.saved_view(view_id, by)
    StartView.objects.create(staff_id=by.id, view_id=view.id)
    return view


def _mine(view_id: int, by: Actor) -> SavedView:
    """The row, held until the transaction ends; NotFound, or NotPermitted for another's."""
    queries.saved_view(view_id, by)
    view = SavedView.objects.select_for_update().filter(id=view_id).first()
    if view is None:
        raise NotFound()
    if not queries.may_change(view, by):
        raise NotPermitted("2.2.2", action="change_view")
    return view
