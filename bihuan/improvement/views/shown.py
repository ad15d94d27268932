"""What the pages of this room show, and the one way in which a form is asked and answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.accounts.queries import units
from bihuan.core.refusals import Refusal
from bihuan.improvement import queries
from bihuan.improvement.queries import Decided, Seated
from bihuan.policy import queries as policy
from bihuan.web import messages
from bihuan.web.asking import Refusable, pressed, taken
from bihuan.web.words import date_words, english, local, moment_words
from bihuan.web.words import say as say

FUNCTIONS = {
    "operations": later("运营"),
    "law": later("法律"),
    "technology": later("技术"),
    "service": later("客服"),
}
VOTES = {"for": later("赞成"), "against": later("反对"), "abstain": later("弃权")}
STANDING = {
    "rejected": ("", "circle-x", later("未通过")),
    "replaced": ("", "replace", later("已被替代")),
    "standing": ("ok", "circle-check", later("已通过")),
    "open": ("info", "clock", later("待落实")),
    "late": ("hot", "alarm-clock-off", later("落实逾期")),
    "done": ("ok", "list-checks", later("已落实")),
}
MEETINGS = {
    "planned": ("info", "calendar-clock", later("待召开")),
    "sitting": ("warn", "users", later("进行中")),
    "closed": ("ok", "file-check", later("已结束")),
    "called_off": ("", "calendar-x", later("已取消")),
}
REFUSED = {
    "not_begun": later("会议还没有开始，请到时间后再操作。"),
    "closed": later("会议已结束，材料不能再改；需要时由以后的决议替代。"),
    "called_off": later("会议已取消，材料不能再改。"),
    "attendance": later("请先签到，再结束会议。"),
    "published": later("这项决议已经公开。"),
    "rejected": later("未通过的不公开。"),
    "adopted": later("会议结束后才能公开。"),
    "settled": later("这项决议没有待落实的工作。"),
    "ended": later("这个席位的任期已经结束。"),
}


def clause_choices(at: datetime) -> list[tuple[str, str]]:
    """Every clause with its title."""
    return [
        (c.id, f"{c.id} {c.title_en if english() else c.title}")
        for c in policy.current(at).clauses.values()
    ]


def seat_name(seat: Seated) -> str:
    """Who sits there and for what."""
    return _("{name}（{function}）").format(
        name=seat.name or _("已离任"), function=FUNCTIONS[seat.function]
    )


def pill(of: Mapping[str, tuple[str, str, Any]], state: str) -> dict[str, Any]:
    """How a state is shown."""
    tone, icon, label = of[state]
    return {"tone": tone, "icon": icon, "label": label}


def decision(found: Decided, names: Mapping[str, str], at: datetime) -> dict[str, Any]:
    """A decision as pages show it."""
    row = found.row
    return {
        "found": found,
        "row": row,
        "state": pill(STANDING, found.state),
        "met": date_words(local(found.meeting_at).date(), local(at).date()),
        "due": date_words(row.due_on, local(at).date()) if row.due_on else "",
        "done": moment_words(row.done_at, at) if row.done_at else "",
        "published": moment_words(row.published_at, at) if row.published_at else "",
        "unit": names.get(found.department, ""),
    }


def decisions(page: queries.Page, at: datetime) -> dict[str, Any]:
    """A page of them with the way to the next."""
    names = units()
    return {
        "decisions": [decision(one, names, at) for one in page.found],
        "cursor": page.cursor,
    }


def refused(no: Refusal) -> str:
    """Why a step of the committee is not possible now, in its own words."""
    missing = no.facts.get("missing")
    if isinstance(missing, list) and "quorum" in missing:
        return _(
            "可以表决的席位只有 {present} 个，至少要有 {needed} 个才能作出决议（平台默认）。"
        ).format(**no.facts)
    code = missing[0] if isinstance(missing, list) and missing else no.facts.get("state")
    return str(REFUSED.get(str(code)) or messages.detail(no.code(), no.facts))


def asked(
    request: HttpRequest,
    form: Refusable,
    act: Callable[[], object],
    page: Mapping[str, Any],
    *,
    to: str,
    said: str,
    template: str = "improvement/form.html",
) -> HttpResponse:
    """A form with a page of its own: shown, sent back with what is wrong, or done and led on."""
    if request.method == "POST" and form.is_valid() and taken(form, act, why=refused):
        notes.success(request, said)
        return redirect(to)
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **page}, status=status)


def acted(request: HttpRequest, act: Callable[[], object], *, to: str, said: str) -> HttpResponse:
    """A button without a form: done, or why not, and back."""
    pressed(request, act, said=said, why=refused)
    return redirect(to)
