"""The committee's first page, its seats, and the calling of a meeting."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.accounts.queries import staff_choices, units
from bihuan.core.refusals import NotFound, NotPermitted
from bihuan.improvement import commands, queries
from bihuan.improvement.forms import EndForm, MeetingForm, SeatForm
from bihuan.improvement.rules import committee as rules
from bihuan.improvement.views import shown
from bihuan.web.asking import sent
from bihuan.web.door import Who, enter
from bihuan.web.words import date_words, local, moment_words

VIEWS = ("", "open", "mine")


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Who sits, when it meets, what it decided; staff who read less see the published decisions."""
    who = enter(request)
    at, by = who["at"], who["by"]
    found = queries.composition(by, at)
    view = request.GET.get("show", "")
    view = view if view in VIEWS else ""
    page = queries.decisions(by, at, view=view, cursor=request.GET.get("cursor", ""))
    labels = {"": _("全部"), "open": _("待落实"), "mine": _("由我落实")}
    context: dict[str, Any] = {
        "complete": found.complete,
        "vacant": _("、").join(str(shown.FUNCTIONS[name]) for name in found.vacant),
        "seats": _seats(found, who),
        "meetings": [_meeting(one, who) for one in queries.meetings(by, at)],
        "reads": rules.reads_all(by),
        "writes": rules.may_write(by),
        "tabs": [{"label": labels[v], "url": f"?show={v}", "current": v == view} for v in VIEWS],
        "next": f"?show={view}&cursor={page.cursor}" if page.cursor else "",
        **shown.decisions(page, at),
    }
    return render(request, "improvement/committee.html", context)


def _seats(found: queries.Composition, who: Who) -> list[dict[str, Any]]:
    today, names = local(who["at"]).date(), units()
    return [
        {
            "seat": seat,
            "function": shown.FUNCTIONS[seat.function],
            "unit": names.get(seat.department, ""),
            "since": date_words(seat.from_on, today),
            "until": date_words(seat.until_on, today) if seat.until_on else "",
            "to_come": seat in found.to_come,
        }
        for seat in (*found.seats, *found.to_come)
    ]


def _meeting(one: queries.Sitting, who: Who) -> dict[str, Any]:
    sitting = one.row.state == "planned" and one.row.starts_at <= who["at"]
    return {
        "sitting": one,
        "when": moment_words(one.row.starts_at, who["at"]),
        "state": shown.pill(shown.MEETINGS, "sitting" if sitting else one.row.state),
    }


def writer(request: HttpRequest, action: str) -> Who:
    """Who keeps the papers; a form that nobody could send is not shown."""
    who = enter(request)
    if not rules.works_here(who["by"]):
        raise NotFound()
    if not rules.may_write(who["by"]):
        raise NotPermitted(rules.CLAUSE, action=action)
    return who


@require_http_methods(["GET", "POST"])
def appoint(request: HttpRequest) -> HttpResponse:
    """A seat for somebody."""
    who = writer(request, "appoint")
    functions = [(id, str(name)) for id, name in shown.FUNCTIONS.items()]
    form = SeatForm(
        sent(request), functions=functions, staff=staff_choices(),
        initial={"from_on": rules.today(who["at"])},
    )  # fmt: skip

    def act() -> object:
        given = form.cleaned_data | {"staff_id": int(form.cleaned_data["staff_id"])}
        return commands.appoint(**given, **who)

    page = {
        "heading": _("任命委员"),
        "lead": _("运营、法律、技术、客服四个职能都有委员，委员会才完整（手册 1.1）。"),
        "submit": _("任命"),
        "back": reverse("improvement:committee"),
    }
    return shown.asked(request, form, act, page, to=str(page["back"]), said=_("已任命委员"))


@require_http_methods(["GET", "POST"])
def end_seat(request: HttpRequest, id: int) -> HttpResponse:
    """The last day of a seat."""
    who = writer(request, "end_seat")
    found = queries.composition(who["by"], who["at"])
    seat = next((s for s in (*found.seats, *found.to_come) if s.id == id), None)
    if seat is None:
        raise NotFound()
    form = EndForm(sent(request), initial={"until_on": rules.today(who["at"])})
    page = {
        "heading": _("结束任期：{seat}").format(seat=shown.seat_name(seat)),
        "lead": _("到这一天为止的表决仍然有效。"),
        "submit": _("确定"),
        "back": reverse("improvement:committee"),
    }
    return shown.asked(
        request, form, lambda: commands.end_seat(id=id, **form.cleaned_data, **who), page,
        to=str(page["back"]), said=_("已记下任期的最后一天"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def call(request: HttpRequest) -> HttpResponse:
    """A meeting is called."""
    who = writer(request, "call")
    form = MeetingForm(sent(request))
    made: list[int] = []
    page = {
        "heading": _("召集会议"),
        "lead": "",
        "submit": _("召集"),
        "back": reverse("improvement:committee"),
    }

    def act() -> None:
        made.append(commands.call(**form.cleaned_data, **who).id)

    answer = shown.asked(request, form, act, page, to=str(page["back"]), said=_("已召集会议"))
    if made:
        answer["Location"] = reverse("improvement:meeting", args=made)
    return answer
