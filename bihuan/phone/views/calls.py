"""The calls: their lists, one of them, its notes and its case."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.accounts.queries import staff_choices
from bihuan.core.refusals import Invalid, NotFound, Refusal
from bihuan.phone import commands, queries
from bihuan.phone.forms import LinkForm, NoteForm, PromiseForm
from bihuan.phone.views import shown
from bihuan.phone.views.beside import reaching
from bihuan.web import messages, words
from bihuan.web.asking import Told, pressed, taken
from bihuan.web.door import Who, staff

TABS = {
    "today": later("今天的通话"),
    "live": later("正在进行"),
    "missed": later("未接"),
    "callbacks": later("回拨清单"),
    "done": later("已回拨"),
    "all": later("全部"),
}
FIELDS = {"number": later("号码"), "recording": later("录音地址")}


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """One list, and what the day came to."""
    who = staff(request)
    show = request.GET.get("list", "today")
    show = show if show in TABS else "today"
    page = queries.board(who["by"], who["at"], show=show, cursor=request.GET.get("cursor", ""))
    day = queries.figures(who["by"], since=queries.midnight(who["at"]), until=who["at"])
    context = {
        "show": show,
        "tabs": [
            {"label": label, "url": f"?list={id}", "current": id == show,
             "count": page.counts.get(id, 0)}
            for id, label in TABS.items()
        ],
        "rows": [shown.row(line, who["at"]) for line in page.lines],
        "backs": [shown.back(one, who["at"]) for one in page.owed],
        "of_backs": show in queries.OF_BACKS,
        "figures": shown.figures(day),
        "hours": shown.hours(day),
        "heartbeats": [shown.heartbeat(one, who["at"]) for one in queries.heartbeats(who["by"])],
        "manages": commands.may_manage(who["by"]),
        "next": f"?list={show}&cursor={page.cursor}" if page.cursor else "",
    }  # fmt: skip
    return render(request, "phone/index.html", context)


@require_GET
def ringing(request: HttpRequest) -> HttpResponse:
    """The cards of the calls that reach this reader now: fetched whenever a call changes."""
    who = staff(request)
    cards = reaching(request, **who)
    return render(request, "phone/_ringing.html", {"ringing": cards})


@require_GET
def one(request: HttpRequest, id: int) -> HttpResponse:
    """A call with everything around it."""
    who = staff(request)
    return page(request, id, who)


def page(request: HttpRequest, id: int, who: Who, refused: Told | None = None) -> HttpResponse:
    """The page of a call; `refused` is the form that was sent and has faults."""
    found = queries.seen(id, who["by"], who["at"])
    call, at = found.line.call, who["at"]
    context: dict[str, Any] = {
        "row": shown.row(found.line, at),
        "seen": found,
        "notes": [
            {"text": one.text, "by": one.by, "at": words.moment_words(one.at, at)}
            for one in found.notes
        ],
        "cases": [shown.case_line(case, at) for case in found.open_cases],
        "earlier": [shown.row(line, at) for line in found.earlier],
        "back": shown.back(found.owed, at) if found.owed else None,
        "owed": bool(found.owed and not found.owed.back.outcome),
        "note": NoteForm(on_case=bool(call.case_id)),
        "link": LinkForm(),
        "promise": PromiseForm(staff=staff_choices(), initial={"owner_id": str(who["by"].id)}),
    }
    if refused is not None:
        context |= {refused.name: refused, "fault": True}
    return render(request, "phone/call.html", context, status=422 if refused else 200)


@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, id: int) -> HttpResponse:
    """记录：what is said."""
    who = staff(request)
    call = queries.call(id, who["by"])
    if request.method == "GET":  # the page of a note sent back, asked for once more
        return redirect(call.url)
    form = NoteForm(request.POST, on_case=bool(call.case_id))
    text = request.POST.get("text", "")
    if not taken(form, lambda: commands.note_call(id=id, text=text, **who), why=said):
        return page(request, id, who, form)
    notes.success(request, _("已记录"))
    return redirect(call.url)


@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, id: int) -> HttpResponse:
    """关联案件：which case it is about."""
    who = staff(request)
    call = queries.call(id, who["by"])
    if request.method == "GET":
        return redirect(call.url)
    form = LinkForm(request.POST)
    number = request.POST.get("number", "")
    if not taken(form, lambda: commands.link(id=id, number=number, **who), why=said):
        return page(request, id, who, form)
    notes.success(request, _("已关联案件"))
    return redirect(call.url)


@require_http_methods(["GET", "POST"])
def unlink(request: HttpRequest, id: int) -> HttpResponse:
    """取消关联."""
    who = staff(request)
    call = queries.call(id, who["by"])
    if request.method == "POST":
        pressed(request, lambda: commands.unlink(id=id, **who), said=_("已取消关联"), why=said)
    return redirect(call.url)


@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, id: int, field: str) -> HttpResponse:
    """查看：the number, or the place of the recording, with a reason that is kept (3.3)."""
    who = staff(request)
    found = queries.seen(id, who["by"], who["at"])
    if field not in FIELDS or found.closed:
        raise NotFound()
    context: dict[str, Any] = {
        "row": shown.row(found.line, who["at"]), "label": FIELDS[field], "field": field,
    }  # fmt: skip
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        try:
            context["value"] = commands.reveal_call(id=id, field=field, reason=reason, **who)
        except Invalid as fault:
            context["faults"] = messages.faults(fault)
    return render(request, "phone/reveal.html", context, status=422 if "faults" in context else 200)


#: Why a step with a call is not possible now, by the state it is in.
REFUSED = {
    "linked": later("这个电话已关联另一件案件，请先取消关联。"),
    "unlinked": later("这个电话没有关联案件。"),
    "withheld": later("来电没有显示号码，无法回拨。"),
    "owed": later("已经在回拨清单上。"),
    "reached": later("已经回拨过了。"),
    "dropped": later("已决定不再回拨，可以重新列入。"),
    "answered": later("后来得知已经接听，无需回拨。"),
    "erased": later("用户信息已删除，不能再记录。"),
}


def said(no: Refusal) -> str:
    code = str(no.facts.get("state"))
    return str(REFUSED.get(code) or messages.detail(no.code(), no.facts))
