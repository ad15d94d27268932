"""What the command palette offers: the steps of the open case, its canned replies, the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bihuan.cases import queries
from bihuan.cases.models import Case
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound
from bihuan.desk import canned, keymap, steps, ticking
from bihuan.desk.places import places
from bihuan.web.door import Who, staff

Row = dict[str, Any]


@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """命令面板：JSON for its list; a case that is not the reader's to see adds nothing."""
    who = staff(request)
    found: list[Row] = []
    if number := request.GET.get("case", ""):
        try:
            found = _of_case(queries.get(number, who["by"]), who)
        except NotFound:
            found = []
    response = JsonResponse({"rows": [*found, *_pages(who["by"])]})
    response["Cache-Control"] = "no-store"
    return response


def _of_case(case: Case, who: Who) -> list[Row]:
    by = who["by"]
    clocks = ticking.clocks(case, queries.clocks(case), who["at"])
    made = steps.buttons(case, clocks, by)
    buttons = [*made["sight"], *(one for group in made["menu"] for one in group["actions"])]
    group = case.number
    rows: list[Row] = []
    for mode in steps.composer(case, by)["modes"]:
        rows.append(
            {"group": group, "label": mode["label"], "key": mode["key"], "press": mode["key"]}
        )
    known: set[str] = set()
    for one in buttons:
        if one["label"] not in known:
            known.add(one["label"])
            rows.append(_step(one, group))
    if case.is_open and case.owner_id == by.id:
        href = f"{case.desk_url}snooze/"
        rows.append(
            {"group": group, "label": _("稍后处理"), "key": "h", "href": href, "sheet": True}
        )
    if queries.may_close(by):
        label = _("查看范围") if case.restricted else _("限制查看…")
        rows.append({"group": group, "label": label, "href": f"{case.desk_url}access/"})
    rows.append({"group": group, "label": _("打印全部记录"), "href": f"{case.desk_url}print/"})
    rows += [
        {"group": group, "label": one["label"], "key": one["key"], "note": one["why"]}
        | {"disabled": True}
        for one in keymap.not_here()
    ]
    return rows + _replies(case, who)


def _step(one: Row, group: str) -> Row:
    row = {"group": group, "label": one["label"], "key": one.get("key", "")}
    if one.get("href"):
        return row | {"href": one["href"], "sheet": one.get("sheet", False)}
    return row | {"post": one["url"]}


def _replies(case: Case, who: Who) -> list[Row]:
    """Those of the composer: a click fills them in."""
    modes = {str(mode["id"]) for mode in steps.composer(case, who["by"])["modes"]}
    return [
        {
            "group": _("常用语"),
            "label": one["name"],
            "note": one["words"],
            "mark": f";{one['shortcut']}" if one["shortcut"] else "",
            "macro": one["id"],
            "composer": one["composer"],
        }
        for group in canned.offered(who["by"], modes)
        for one in group["macros"]
    ]


def _pages(by: Actor) -> list[Row]:
    return [
        {"group": _("前往"), "label": place.label, "key": place.key, "href": place.url}
        for place in places(by)
    ] + [{"group": _("前往"), "label": _("账号与安全"), "href": "/staff/2fa/"}]
