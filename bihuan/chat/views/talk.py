"""A chat as its person sees it; every step is a form, and works without a script (6.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.chat import commands, queries
from bihuan.chat.forms import LeaveForm
from bihuan.chat.models import Conversation
from bihuan.chat.rules import OPEN
from bihuan.chat.views import shown
from bihuan.chat.views.asked import number, scripted, why
from bihuan.chat.views.visitor import Visitor, new_token, visitor, with_token
from bihuan.core.refusals import Invalid, NotPossible, Refusal, TooMany
from bihuan.web import door, messages
from bihuan.web.asking import sent
from bihuan.web.files import uploaded


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """在线客服：the chat this person is in, else the first words of one."""
    who = visitor(request)
    row = queries.going(who.by, who.token)
    if row is not None:
        return redirect("chat:talk", id=row.id)
    return _start(request, who)


def _start(
    request: HttpRequest, who: Visitor, *, form: LeaveForm | None = None, said: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    place = queries.wait_of_next(who.at)
    context = {
        "there": place.there,
        "waiting": place.ahead,
        "wait": shown.wait(place.wait),
        "form": form or LeaveForm(),
        "known": bool(who.by.id),
        "text": request.POST.get("text", ""),
        "said": said,
        "mark": new_token()[:24],
        "earlier": shown.earlier(queries.earlier_of(who.by, who.token)[:3], who.at),
        "topbar": _("在线客服"),
        "back": "/",
    }
    response = render(request, "chat/start.html", context, status=status)
    # the token is there before the first word: sent twice, it begins one chat
    return response if who.token else with_token(response, new_token())


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """发送：it is in the queue; or a message left, which is a case at once."""
    who = visitor(request)
    given = who
    if not who.token and not who.by.id:  # came from a page that could not set the cookie
        given = Visitor(who.by, new_token(), who.at, who.network)
    form = LeaveForm(request.POST) if "leave" in request.POST else None
    try:
        with transaction.atomic():
            made = commands.ask(
                text=request.POST.get("text", ""), mark=request.POST.get("mark", "")[:40],
                network=given.network, locale=get_language() or "", **given.door,
            )  # fmt: skip
            if form is not None and made.chat.is_going:
                commands.leave(id=made.chat.id, contact=form.contact(), **given.door)
    except Invalid as fault:
        said = messages.faults(fault).get("text", "")
        if form is not None:
            form.refuse(fault)
        return _start(request, who, form=form, said=said, status=422)
    except TooMany as no:
        return _start(request, who, form=form, said=_too_many(no), status=429)
    response = redirect("chat:talk", id=made.chat.id)
    return response if given is who else with_token(response, given.token)


def _too_many(no: TooMany) -> str:
    said = {
        "chats": _("这段时间发起的咨询太多，请 {minutes} 分钟后再试，或改用其他方式。"),
        "files": _("这次对话里的文件已经够多了；还有材料的，请在案件里补充。"),
        "messages": _("发得太快了，请 {seconds} 秒后再发；您写的内容还在。"),
    }[str(no.facts["why"])]
    seconds = int(str(no.facts.get("retry_after", 0)))
    return said.format(minutes=-(-seconds // 60), seconds=seconds)


@require_safe
def talk(request: HttpRequest, id: int) -> HttpResponse:
    """The whole chat. Whoever has signed in meanwhile takes it with them."""
    who = visitor(request)
    row = queries.chat(id, who.by, who.token)
    if who.by.id and not row.person_id:
        row = commands.prove(id=id, **who.door)
    return page(request, row, who)


def page(
    request: HttpRequest, row: Conversation, who: Visitor, *, said: str = "", form: Any = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The chat, with what was wrong at the place where it was typed."""
    if row.is_going:
        row = commands.read(id=row.id, n=row.last_n, **who.door)
    context = shown.talk(row, who.by, who.at) | {
        "said": said,
        "text": request.POST.get("text", "") if said else "",
        "form": form or LeaveForm(),
        "known": bool(row.person_id),
        "mark": new_token()[:24],
        "watch": "watch" in request.GET,
        "topbar": _("在线客服"),
        "back": "/",
    }
    return render(request, "chat/talk.html", context, status=status)


@require_safe
def part(request: HttpRequest, id: int) -> HttpResponse:
    """What was said after the n-th turn, and how the chat stands: for whoever was told to look.

    Where no stream says so, looking is the sign that the person is there.
    """
    who = visitor(request)
    row = commands.be_there(id=id, **who.door)
    return JsonResponse(_part(request, row, who, request.GET))


def _part(
    request: HttpRequest, row: Conversation, who: Visitor, asked: Mapping[str, Any]
) -> dict[str, Any]:
    """`after`: the last turn the browser has; `state`: as it knows it. A known open one to which
    nothing happened, as another agent, has no status to be drawn anew: these are most looks.
    """
    after = number(str(asked.get("after", "")))
    context = shown.turns(row, who.by, who.at, after=after)
    happened = any(one["happened"] for one in context["turns"])
    known = row.state == asked.get("state") == OPEN and not happened
    if not known:
        context = shown.talk(row, who.by, who.at, after=after)
    return {
        "n": row.last_n,
        "state": row.state,
        "read": row.agent_read_n,
        "turns": render_to_string("chat/_turns.html", context, request),
        "status": "" if known else render_to_string("chat/_status.html", context, request),
    }


@require_http_methods(["GET", "POST"])
def say(request: HttpRequest, id: int) -> HttpResponse:
    """发送：one message, with its files."""
    if request.method == "GET":
        return redirect("chat:talk", id=id)
    who = visitor(request)
    try:
        made = commands.speak(
            id=id, text=request.POST.get("text", ""), mark=request.POST.get("mark", "")[:40],
            uploads=uploaded(request, "files"), **who.door,
        )  # fmt: skip
    except (Invalid, NotPossible, TooMany) as no:
        return _not_said(request, id, who, no)
    faults = " ".join(messages.about_file(*fault) for fault in made.faults)
    if scripted(request):
        return JsonResponse(_part(request, made.chat, who, request.POST) | {"faults": faults})
    if faults:
        return page(request, made.chat, who, said=faults, status=422)
    return redirect(reverse("chat:talk", args=[id]) + "#latest")


def _not_said(request: HttpRequest, id: int, who: Visitor, no: Refusal) -> HttpResponse:
    said = _too_many(no) if isinstance(no, TooMany) else why(no)
    status = door.status(no)
    if scripted(request):
        wait = no.facts.get("retry_after", 0)
        document = {"said": said, "code": no.code(), "retry_after": wait}
        return JsonResponse(document, status=status)
    row = queries.chat(id, who.by, who.token)
    return page(request, row, who, said=said, status=status)


@require_POST
def typing(request: HttpRequest, id: int) -> HttpResponse:
    """正在输入."""
    commands.typing(id=id, **visitor(request).door)
    return HttpResponse(status=204)


@require_POST
def read(request: HttpRequest, id: int) -> HttpResponse:
    """已读."""
    try:
        commands.read(id=id, n=request.POST.get("n", ""), **visitor(request).door)  # type: ignore[arg-type]  # it is judged there
    except Invalid:
        return HttpResponse(status=422)
    return HttpResponse(status=204)


def _stepped(
    request: HttpRequest, id: int, act: Callable[[Visitor], object], form: Any = None
) -> HttpResponse:
    """A button of the person: done, or why not, on the page where it was pressed."""
    who = visitor(request)
    try:
        act(who)
    except Invalid as fault:
        row = queries.chat(id, who.by, who.token)
        if form is not None:
            form.refuse(fault)
        return page(request, row, who, said=why(fault), form=form, status=422)
    except NotPossible as no:
        row = queries.chat(id, who.by, who.token)
        return page(request, row, who, said=why(no), status=409)
    return redirect("chat:talk", id=id)


@require_POST
def person(request: HttpRequest, id: int) -> HttpResponse:
    """转人工."""
    return _stepped(request, id, lambda who: commands.call_person(id=id, **who.door))


@require_POST
def finish(request: HttpRequest, id: int) -> HttpResponse:
    """结束对话."""
    return _stepped(request, id, lambda who: commands.finish(id=id, **who.door))


@require_POST
def reopen(request: HttpRequest, id: int) -> HttpResponse:
    """继续这次对话."""
    return _stepped(request, id, lambda who: commands.reopen(id=id, **who.door))


@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, id: int) -> HttpResponse:
    """留言，不等了：a case at once; a guest says how to be told."""
    row = _own(request, id)
    return _told_how(
        request, row, commands.leave, row.is_going, known=bool(row.person_id), topbar=_("留言")
    )


@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, id: int) -> HttpResponse:
    """留下联系方式：of a guest whose chat has become a case."""
    row = _own(request, id)
    asked = queries.asks_contact(row)
    return _told_how(
        request, row, commands.leave_contact, asked, afterwards=True, topbar=_("联系方式")
    )


def _own(request: HttpRequest, id: int) -> Conversation:
    who = visitor(request)
    return queries.chat(id, who.by, who.token)


def _told_how(
    request: HttpRequest, row: Conversation, act: Callable[..., object], asked: bool, **more: Any
) -> HttpResponse:
    """The page that asks how to be told, and what is done with the answer."""
    who, form = visitor(request), LeaveForm(sent(request))
    if request.method == "POST":
        try:
            act(id=row.id, contact=form.contact(), **who.door)
        except Invalid as fault:
            form.refuse(fault)
        except NotPossible:
            pass  # it became a case meanwhile, or has ended: the page says which
    if form.errors or (request.method == "GET" and asked):
        context = {"row": row, "form": form, "back": reverse("chat:talk", args=[row.id])} | more
        return render(request, "chat/leave.html", context, status=422 if form.errors else 200)
    return redirect("chat:talk", id=row.id)


@require_POST
def rate(request: HttpRequest, id: int) -> HttpResponse:
    """评价."""
    score, text = request.POST.get("score", ""), request.POST.get("text", "")
    return _stepped(
        request, id, lambda who: commands.rate(id=id, score=score, text=text, **who.door)
    )
