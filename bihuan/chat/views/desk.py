"""在线会话 at the desk: who waits, one's own chats side by side, one of them open (6.2)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.cases import queries as cases
from bihuan.chat import commands, queries
from bihuan.chat.models import Conversation
from bihuan.chat.views import desk_shown
from bihuan.chat.views.asked import number, scripted, why
from bihuan.chat.views.visitor import new_token
from bihuan.core.refusals import Invalid, NotFound, NotPossible, Refusal
from bihuan.web import door, messages
from bihuan.web.door import Who, staff
from bihuan.web.files import uploaded

TABS = {
    "mine": later("我的"),
    "waiting": later("排队"),
    "open": later("接待中"),
    "ended": later("已结束"),
}
COMPOSERS = ("answer",)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """One list, and room for a chat beside it."""
    who = staff(request)
    return render(request, "chat/desk.html", _list(request, who))


@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The list alone: fetched whenever a chat changes."""
    who = staff(request)
    return render(request, "chat/_desk_list.html", _list(request, who))


def _list(request: HttpRequest, who: Who, current: int = 0) -> dict[str, Any]:
    held, waiting = queries.mine_count(who["by"])
    asked = request.GET.get("list", "")
    show = asked if asked in TABS else "mine" if held or not waiting else "waiting"
    cursor = request.GET.get("cursor", "")
    page = queries.board(who["by"], who["at"], show=show, cursor=cursor)
    current = current or number(request.GET.get("chat", ""), digits=19)
    counts = {"mine": held, "waiting": waiting}
    here = {"list": show, "chat": str(current), "cursor": cursor}
    return {
        "show": show,
        "tabs": [
            {"label": label, "url": f"?list={id}", "current": id == show, "count": counts.get(id)}
            for id, label in TABS.items()
        ],
        "rows": [desk_shown.row(line, who["at"], current, show) for line in page.lines],
        "list_url": f"{reverse('chat:desk_rows')}?{urlencode(here)}",
        "next": f"?list={show}&cursor={page.cursor}" if page.cursor else "",
        "unread": sum(line.unread for line in page.lines) if show == "mine" else 0,
        "me_here": desk_shown.attendance(who),
    }


@require_safe
def chat(request: HttpRequest, id: int) -> HttpResponse:
    """One chat open beside the list."""
    who = staff(request)
    return page(request, id, who)


def page(
    request: HttpRequest, id: int, who: Who, *, said: str = "", text: str = "", status: int = 200
) -> HttpResponse:
    """The chat as its agent sees it; `said`: why something was not done, at the composer."""
    row = queries.chat(id, who["by"])
    if row.is_going and row.agent_id == who["by"].id:
        commands.read(id=id, n=row.last_n, **who)
    found = queries.seen(id, who["by"], who["at"])
    context = (
        _list(request, who, id)
        | desk_shown.talk(found, who)
        | {
            "opened": True,
            "said": said,
            "text": text or (request.POST.get("text", "") if said else ""),
            "mode": request.POST.get("mode", "answer"),
            "mark": new_token()[:24],
            "composer": _canned(id, who),
        }
    )
    return render(request, "chat/desk.html", context, status=status)


def _canned(id: int, who: Who) -> dict[str, Any]:
    """The canned replies of `answer`, as the picker of the desk has them."""
    found = [
        {
            "id": one.id, "name": one.name, "shortcut": one.shortcut, "composer": one.composer,
            "words": " ".join(one.body.split())[:80],
        }
        for one in cases.macros(who["by"], COMPOSERS)
    ]  # fmt: skip
    return {
        "macros": [{"label": later("回复用户"), "macros": found}] if found else [],
        "macros_url": reverse("chat:macros", args=[id]),
        "macro_url": reverse("chat:desk_macro", args=[id]),
        "variable_names": " ".join(cases.VARIABLES),
    }


@require_safe
def macro(request: HttpRequest, id: int, macro_id: int) -> HttpResponse:
    """The words of a canned reply, filled from the chat's case where it lies on one."""
    who = staff(request)
    row = queries.chat(id, who["by"])
    return JsonResponse({"text": _words_of(row, macro_id, who), "also": []})


@require_POST
def insert(request: HttpRequest, id: int) -> HttpResponse:
    """The same without a script: the page comes back with the words in its box."""
    who = staff(request)
    row = queries.chat(id, who["by"])
    chosen = number(request.POST.get("macro", ""), digits=19)
    typed = request.POST.get("text", "").rstrip()
    words = [typed, _words_of(row, chosen, who) if chosen else ""]
    return page(request, id, who, text="\n".join(filter(None, words)))


def _words_of(row: Conversation, macro_id: int, who: Who) -> str:
    found = cases.macro(macro_id, who["by"])
    if found.composer not in COMPOSERS:
        raise NotFound()
    case = cases.visible(who["by"]).filter(id=row.case_id).first() if row.case_id else None
    if case is None:
        return str(found.body)
    return str(cases.filled(found.body, found.composer, case, **who).text)


@require_safe
def part(request: HttpRequest, id: int) -> HttpResponse:
    """What was said after the n-th turn, and how the chat stands now."""
    who = staff(request)
    return JsonResponse(_part(request, id, who, number(request.GET.get("after", ""))))


def _part(request: HttpRequest, id: int, who: Who, after: int) -> dict[str, Any]:
    found = queries.seen(id, who["by"], who["at"], after=after, beside=False)
    row, context = found.line.chat, desk_shown.talk(found, who)
    return {
        "n": row.last_n,
        "state": f"{row.state} {row.agent_id} {row.case_id}",
        "read": row.user_read_n,
        "turns": render_to_string("chat/_desk_turns.html", context, request),
        "status": render_to_string("chat/_desk_head.html", context, request),
    }


@require_http_methods(["GET", "POST"])
def say(request: HttpRequest, id: int) -> HttpResponse:
    """发送、备注：one message to the person, or a note for colleagues."""
    who = staff(request)
    if request.method == "GET":
        return redirect("chat:desk_chat", id=id)
    text = request.POST.get("text", "")
    try:
        if request.POST.get("mode") == "note":
            made = commands.note_chat(id=id, text=text, **who)
        else:
            mark = request.POST.get("mark", "")[:40]
            made = commands.speak(
                id=id, text=text, mark=mark, uploads=uploaded(request, "files"), **who
            )
    except (Invalid, NotPossible) as no:
        return _not_said(request, id, who, no)
    faults = " ".join(messages.about_file(*fault) for fault in made.faults)
    if scripted(request):
        known = number(request.POST.get("after", ""))
        return JsonResponse(_part(request, id, who, known) | {"faults": faults})
    if faults:
        return page(request, id, who, said=faults, status=422)
    return redirect("chat:desk_chat", id=id)


def _not_said(request: HttpRequest, id: int, who: Who, no: Refusal) -> HttpResponse:
    status = door.status(no)
    if scripted(request):
        return JsonResponse({"said": why(no), "code": no.code()}, status=status)
    return page(request, id, who, said=why(no), status=status)


@require_POST
def typing(request: HttpRequest, id: int) -> HttpResponse:
    """正在输入."""
    commands.typing(id=id, **staff(request))
    return HttpResponse(status=204)


@require_POST
def read(request: HttpRequest, id: int) -> HttpResponse:
    """已读."""
    n = number(request.POST.get("n", ""))
    commands.read(id=id, n=n, **staff(request))
    return HttpResponse(status=204)


@require_POST
def beat(request: HttpRequest) -> HttpResponse:
    """The page is open: its agent is there."""
    commands.beat(**staff(request))
    return HttpResponse(status=204)
