"""Pages for reading messages: the customer's, the staff's, and the demo's mailbox."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.core.refusals import NotFound
from bihuan.notify import commands, pen, queries
from bihuan.notify.providers import mailbox
from bihuan.notify.queries import Note
from bihuan.web.door import Who, enter, moment
from bihuan.web.words import moment_words

_GLANCE = 60
_LETTERS = 60  # each is read from its file
_LED_TO_IT = re.compile(r"(?<=[。.])\s*\w{1,8}\Z")  # “进度：” has no address behind it any more


@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    """What a customer was told, newest first."""
    who = enter(request)
    if who["by"].is_staff:
        return redirect("notify:notices")
    found = queries.for_person(who["by"], case_id=_only_case(request))
    return render(request, "notify/notifications.html", _inbox(found, who))


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What the house told this member of staff, newest first."""
    who = enter(request)
    if not who["by"].is_staff:
        raise NotFound()
    found = queries.for_staff(who["by"])
    context = _inbox(found, who) | {"unread": queries.unread(who["by"])}
    return render(request, "notify/notices.html", context)


def _without_link(note: Note) -> str:
    """The words of a letter, less the address at their end: the page has a button for it."""
    text = note.body.strip()
    if note.link and text.endswith(note.link):
        text = text[: text.rindex(settings.BASE_URL)] if settings.BASE_URL in text else text
    return _LED_TO_IT.sub("", text.rstrip().rstrip("：:"))


@require_POST
def read(request: HttpRequest, id: int = 0) -> HttpResponse:
    """One message, or all of them, has been read; on to its case when it has one."""
    who = enter(request)
    here = "notify:notices" if who["by"].is_staff else "notify:notifications"
    case_id = _only_case(request)
    commands.mark_read(message_id=id, case_id=case_id, **who)
    link = queries.link_of(id, who["by"], case_id=case_id) if id else ""
    return redirect(link or here)


@require_GET
def letters(request: HttpRequest) -> HttpResponse:
    """The demo's mailbox: what would have left by mail."""
    _only_in_demo()
    found = list(mailbox.letters(settings.HOME / "mailbox", most=_LETTERS))
    at = moment(request)
    rows = [
        {"letter": one, "line": _glance(one.text), "when": moment_words(one.at, at)}
        for one in found
    ]
    return render(request, "notify/mailbox.html", {"rows": rows})


def _glance(text: str) -> str:
    """The first words of a letter, so that a code is read without opening it."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= _GLANCE else f"{line[: _GLANCE - 1]}…"


@require_GET
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """One letter of the demo's mailbox, as text."""
    _only_in_demo()
    found = mailbox.letter(settings.HOME / "mailbox", name)
    if found is None:
        raise NotFound()
    when = moment_words(found.at, moment(request))
    return render(request, "notify/letter.html", {"letter": found, "when": when})


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """In the demo: write to the house by mail, or answer a letter of it."""
    _only_in_demo()
    name = request.GET.get("to", "")
    found = mailbox.letter(settings.HOME / "mailbox", name) if name else None
    if request.method == "GET":
        form = pen.PenForm(initial=pen.answered(found) if found else None)
        return render(request, "notify/write.html", {"form": form, "letter": found})
    form = pen.PenForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            pen.hand_in(form.cleaned_data, found, moment(request))
        except (OSError, ValueError):
            form.add_error(None, _("现在收不了邮件，请稍后再试"))
        else:
            notes.success(request, _("已寄出。几秒后就会成为案件，或并入它回复的案件。"))
            return redirect("notify:mailbox")
    context = {"form": form, "letter": found}
    return render(request, "notify/write.html", context, status=422)


def _only_case(request: HttpRequest) -> int:
    """The one case a guest came in by; 0 for everybody else."""
    return int(getattr(request, "guest_case", 0))


def _only_in_demo() -> None:
    if not settings.DEMO:
        raise NotFound()


def _inbox(found: list[Note], who: Who) -> dict[str, Any]:
    rows = [
        {"note": note, "text": _without_link(note), "when": moment_words(note.at, who["at"])}
        for note in found
    ]
    unread = sum(note.unread for note in found)
    return {"rows": rows, "unread": unread, "full": len(found) >= queries.SHOWN}
