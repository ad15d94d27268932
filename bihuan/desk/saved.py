"""Saved views at the desk: keep a list under a name, share it, order, rename and delete it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.accounts import queries as people
from bihuan.cases import commands, queries
from bihuan.cases.models import SavedView
from bihuan.core import inputs
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid, NotPermitted
from bihuan.desk import filters, listing, shown
from bihuan.web import messages
from bihuan.web.door import Who, staff
from bihuan.web.words import english

PAGE = "/desk/views/"
_SHARED = {"": "只有我", "department": "部门", "everybody": "全体"}
COUNTED = 12  # views whose cases are counted for the tabs


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """保存为视图：what the list was narrowed to, under a name."""
    who = staff(request)
    if request.method == "GET":
        query = {n: str(v) for n, v in request.GET.items() if n in {"view", *queries.FIELDS}}
        return render(request, "desk/view.html", _asked(query, who))
    written = inputs.words(request.POST.get("list"), field="list", most=1000, lines=False)
    query = {n: v for n, v in parse_qsl(written) if n in {"view", *queries.FIELDS}}
    try:
        view = commands.save_view(
            name=request.POST.get("name", ""), query=query,
            shared=request.POST.get("shared", ""), **who,
        )  # fmt: skip
    except (Invalid, NotPermitted) as fault:
        context = _asked(query, who) | _kept(request, fault)
        return render(request, "desk/view.html", context, status=422)
    return redirect(f"{listing.INBOX}?{listing.SAVED}={view.id}")


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, view_id: int) -> HttpResponse:
    """改名、改共享范围；its filters are changed by saving another."""
    who = staff(request)
    view = queries.saved_view(view_id, who["by"])
    if not queries.may_change(view, who["by"]):
        raise NotPermitted("2.2.2", action="change_view")
    context = _asked(view.query, who) | {"saved": view, "name": view.name, "shared": view.shared}
    if request.method == "GET":
        return render(request, "desk/view.html", context)
    try:
        commands.change_view(
            view_id=view.id, name=request.POST.get("name", ""),
            shared=request.POST.get("shared", ""), **who,
        )  # fmt: skip
    except (Invalid, NotPermitted) as fault:
        return render(request, "desk/view.html", context | _kept(request, fault), status=422)
    return redirect(PAGE)


def _asked(query: dict[str, str], who: Who) -> dict[str, Any]:
    """The form, and in words what the view will hold."""
    given = {n: v for n, v in query.items() if n != "view"}
    view = dict(shown.VIEWS).get(query.get("view", "all"), "全部")
    return {
        "name": "",
        "shared": "",
        "list": urlencode(query),
        "holds": [_(view), *_conditions(given, filters.known([given], who["at"]))],
        "sharing": _sharing(who["by"]),
        "most": commands.NAME,
        "faults": {},
    }


def _conditions(given: Mapping[str, str], to: filters.Known) -> list[str]:
    chips = filters.chips(given, {}, to)
    return [_("{label}：{value}").format(**chip) for chip in chips]


def _sharing(by: Actor) -> list[tuple[str, str]]:
    """With whom this actor may share."""
    found = [("", _("只有我"))]
    if by.department:
        names = {u.code: u.name_en if english() else u.name for u in people.departments()}
        unit = names.get(by.department, by.department)
        found.append(("department", _("我的部门：{unit}").format(unit=unit)))
    if Role.SUPERVISOR in by.roles:
        found.append(("everybody", _("全体客服人员")))
    return found


def _kept(request: HttpRequest, fault: Invalid | NotPermitted) -> dict[str, Any]:
    """What was filled in, and what is wrong with it; a filter's fault stands above the form."""
    faults = messages.faults(fault)
    if isinstance(fault, NotPermitted):
        faults = {"shared": messages.title(fault.code())}
    above = "；".join(why for name, why in faults.items() if name not in {"name", "shared"})
    given = {name: request.POST.get(name, "") for name in ("name", "shared")}
    return {"faults": faults, "above": above, **given}


@require_GET
def views(request: HttpRequest) -> HttpResponse:
    """管理视图：own ones and those shared with oneself."""
    who = staff(request)
    found = queries.saved_views(who["by"])
    start = queries.start_view(who["by"])
    own = [view.id for view in found if view.staff_id == who["by"].id]
    context = {
        "rows": [row | _place(row["view"], own) for row in _rows(found, who)],
        "start": start.id if start else 0,
    }
    return render(request, "desk/views.html", context)


def _rows(found: Sequence[SavedView], who: Who) -> list[dict[str, Any]]:
    """What each holds, in as many queries as for one."""
    given = [{n: v for n, v in view.query.items() if n != "view"} for view in found]
    to = filters.known(given, who["at"])
    owners = people.staff_names({view.staff_id for view in found})
    return [
        {
            "view": view,
            "url": f"{listing.INBOX}?{listing.SAVED}={view.id}",
            "holds": [_(dict(shown.VIEWS).get(view.query["view"], "全部")), *_conditions(one, to)],
            "gone": filters.gone(one, missing, to),
            "owner": owners.get(view.staff_id, ""),
            "may_change": queries.may_change(view, who["by"]),
            "shared": _(_SHARED[view.shared]),
        }
        for view, one, missing in zip(found, given, queries.gone(given, who["at"]), strict=True)
    ]


def _place(view: SavedView, own: Sequence[int]) -> dict[str, bool]:
    """Where it stands among one's own, which are moved up and down."""
    mine = view.id in own
    return {"mine": mine, "first": mine and view.id == own[0], "last": mine and view.id == own[-1]}


@require_GET
def counts(request: HttpRequest) -> HttpResponse:
    """How many cases each saved view holds: asked for once the list is on the screen."""
    who = staff(request)
    opened = inputs.whole(request.GET.get(listing.SAVED) or 0, field=listing.SAVED)
    found = queries.saved_views(who["by"])
    numbers = queries.counts_of(found[:COUNTED], who["by"], who["at"])
    tabs = listing.saved_tabs(found, next((v for v in found if v.id == opened), None))
    named = [tab | {"count": numbers.get(tab["id"], 0)} for tab in tabs]
    return render(request, "desk/_views.html", {"saved_views": named})


@require_POST
def move(request: HttpRequest, view_id: int) -> HttpResponse:
    """上移、下移."""
    commands.move_view(view_id=view_id, up="up" in request.POST, **staff(request))
    return redirect(PAGE)


@require_POST
def start(request: HttpRequest, view_id: int) -> HttpResponse:
    """设为默认；0：the usual one again."""
    commands.start_with(view_id=view_id, **staff(request))
    return redirect(PAGE)


@require_POST
def delete(request: HttpRequest, view_id: int) -> HttpResponse:
    """删除视图."""
    gone = commands.delete_view(view_id=view_id, **staff(request))
    notes.info(request, _("已删除视图“{name}”").format(name=gone.name))
    return redirect(PAGE)
