"""A meeting's page, and what is done at it: agenda, attendance, minutes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.accounts.queries import staff_choices, units
from bihuan.improvement import commands, queries
from bihuan.improvement.forms import AttendanceForm, ItemForm, Plain, WordsForm
from bihuan.improvement.views import shown
from bihuan.improvement.views.committee import writer
from bihuan.web.asking import sent
from bihuan.web.door import Who, enter
from bihuan.web.words import moment_words


@require_GET
def meeting(request: HttpRequest, id: int) -> HttpResponse:
    """Date, agenda, who was there, minutes, and what was decided."""
    who = enter(request)
    page = queries.meeting(id, **who)
    names = units()
    context: dict[str, Any] = {
        "page": page,
        "when": moment_words(page.row.starts_at, who["at"]),
        "state": shown.pill(shown.MEETINGS, state(page)),
        "ended": moment_words(page.row.ended_at, who["at"]) if page.row.ended_at else "",
        "items": [
            {
                "item": one,
                "recused": [(shown.seat_name(seat), why) for seat, why in one.recused],
                "decision": one.decision and shown.decision(one.decision, names, who["at"]),
            }
            for one in page.items
        ],
        "seats": [
            {"name": shown.seat_name(seat), "present": seat.id in page.present}
            for seat in page.seats
        ],
    }
    return render(request, "improvement/meeting.html", context)


def state(page: queries.MeetingPage) -> str:
    """planned, sitting once its hour has come, closed or called_off."""
    return "sitting" if page.row.state == "planned" and page.begun else page.row.state


@require_http_methods(["GET", "POST"])
def put_item(request: HttpRequest, id: int) -> HttpResponse:
    """A point is put on the agenda."""
    who = writer(request, "put_item")
    queries.meeting(id, **who)
    form = ItemForm(
        sent(request), clauses=shown.clause_choices(who["at"]),
        staff=staff_choices(), initial={"put_by": str(who["by"].id)},
    )  # fmt: skip

    def act() -> object:
        given = form.cleaned_data | {"put_by": int(form.cleaned_data["put_by"])}
        return commands.put_item(meeting_id=id, **given, **who)

    return _asked(request, form, act, id, _("列入议程"), said=_("已列入议程"))


@require_http_methods(["GET", "POST"])
def attend(request: HttpRequest, id: int) -> HttpResponse:
    """Who is there."""
    who = writer(request, "attend")
    page = queries.meeting(id, **who)
    form = AttendanceForm(
        sent(request),
        seats=[(str(seat.id), shown.seat_name(seat)) for seat in page.seats],
        initial={"present": [str(seat) for seat in page.present]},
    )

    def act() -> object:
        present = [int(seat) for seat in form.cleaned_data["present"]]
        return commands.attend(meeting_id=id, present=present, **who)

    return _asked(request, form, act, id, _("签到"), said=_("已签到"))


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, id: int) -> HttpResponse:
    """The minutes end a meeting."""
    return _ended(request, id, "minutes", commands.close)


@require_http_methods(["GET", "POST"])
def call_off(request: HttpRequest, id: int) -> HttpResponse:
    """A meeting does not take place."""
    return _ended(request, id, "reason", commands.call_off)


def _ended(request: HttpRequest, id: int, field: str, command: Any) -> HttpResponse:
    who: Who = writer(request, "close")
    queries.meeting(id, **who)
    closing = field == "minutes"
    form = WordsForm(
        sent(request), field=field,
        label=_("会议纪要") if closing else _("取消的原因"),
        said=_("结束以后，议程、表决和纪要都不能再改；不写用户的个人信息") if closing else "",
    )  # fmt: skip
    heading = _("结束会议") if closing else _("取消会议")
    said = _("会议已结束") if closing else _("会议已取消")

    def act() -> object:
        return command(meeting_id=id, **form.cleaned_data, **who)

    return _asked(request, form, act, id, heading, said=said)


def _asked(
    request: HttpRequest, form: Plain, act: Any, id: int, heading: str, *, said: str
) -> HttpResponse:
    back = reverse("improvement:meeting", args=[id])
    page = {"heading": heading, "lead": "", "submit": heading, "back": back}
    return shown.asked(request, form, act, page, to=back, said=said)
