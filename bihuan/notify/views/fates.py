"""通知去向: every message to a person and what became of it; one message's whole story (2.4.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_GET, require_POST

from bihuan.notify import commands, queries, rules, wires
from bihuan.notify import wordings as shown
from bihuan.notify.queries import Sought
from bihuan.notify.queries.fates import STATES
from bihuan.notify.wordings import way_name
from bihuan.policy import queries as policy
from bihuan.web.asking import Refusable, pressed, taken
from bihuan.web.door import Who, enter
from bihuan.web.words import english, moment_words

TABS = {
    "failed": later("未送达"),
    "held": later("暂缓"),
    "waiting": later("等待发送"),
    "arrived": later("已发送"),
    "all": later("全部"),
}
_FILLED = re.compile(r"\{\w+\}")
WAITS = ("queued", "held", "retrying")
KEPT = ("way", "template", "number", "day")  # filters that stay from page to page


class Filter(forms.Form):
    """Which messages are looked for."""

    use_required_attribute = False
    number = forms.CharField(label=later("案件编号"), required=False, max_length=40)
    way = forms.ChoiceField(label=later("渠道"), required=False)
    template = forms.ChoiceField(label=later("通知"), required=False)
    day = forms.DateField(
        label=later("日期"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, data: Any, at: datetime) -> None:
        super().__init__(data, auto_id="find_%s")
        every = [("", _("全部"))]
        self.fields["way"].choices = every + [(w, way_name(w, at)) for w in wires.ways()]  # type: ignore[attr-defined]  # a ChoiceField
        told = [n for n in policy.current(at).notices.values() if n.audience != "staff"]
        self.fields["template"].choices = every + [(n.id, notice_name(n)) for n in told]  # type: ignore[attr-defined]  # so is this


class ResendForm(Refusable):
    """By which way, and why it is sent once more."""

    way = forms.ChoiceField(label=later("发送方式"))
    reason = forms.CharField(
        label=later("理由"), max_length=200,
        help_text=later("例如：用户来电说没有收到。请不要写号码和姓名。"),
    )  # fmt: skip

    def __init__(self, data: Any, ways: tuple[str, ...], at: datetime, **rest: Any) -> None:
        super().__init__(data, **rest)
        self.fields["way"].choices = [(way, way_name(way, at)) for way in ways]  # type: ignore[attr-defined]  # a ChoiceField


def notice_name(notice: Any) -> str:
    """Its title without what is filled in."""
    title = notice.title_en if english() else notice.title
    return _FILLED.sub("", str(title)).strip("：:, ") or str(notice.id)


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """By state, way, notice, case and day, page after page."""
    who = enter(request)
    form = Filter(request.GET, who["at"])
    given = form.cleaned_data if form.is_valid() else {}
    asked = any(given.get(name) for name in KEPT)
    state = request.GET.get("state", "")
    state = state if state in STATES else "all" if asked else "failed"
    sought = Sought(
        state=state, way=given.get("way", ""), template=given.get("template", ""),
        number=given.get("number", ""), day=given.get("day"), before=_before(request),
    )  # fmt: skip
    page = queries.found(sought, who["by"])
    counted, since = queries.reach(who["by"], who["at"])
    kept = {name: str(given[name]) for name in KEPT if given.get(name)}
    context = {
        "rows": [_row(one, who) for one in page.rows],
        "older": _url(kept | {"state": state, "before": str(page.next)}) if page.next else "",
        "tabs": [
            {"label": label, "url": _url(kept | {"state": id}), "current": id == state}
            for id, label in TABS.items()
        ],
        "form": form, "state": state, "filtered": bool(kept), "clear": _url({"state": state}),
        "figures": [shown.figure(one, who["at"]) for one in counted],
        "since": moment_words(since, who["at"]) if since else "",
    }  # fmt: skip
    return render(request, "notify/messages.html", context)


@require_GET
def one(request: HttpRequest, id: int) -> HttpResponse:
    """What happened to it, step by step, the same notice by other ways, and sending it again."""
    return _page(request, id, enter(request))


@require_POST
def resend(request: HttpRequest, id: int) -> HttpResponse:
    """重发：at once where it failed; by the form where it went, or is to go by another way."""
    who = enter(request)
    said = _("已重新排队，稍后自动发送")
    if "way" not in request.POST:
        pressed(request, lambda: commands.resend(message_id=id, **who), said=said)
        return redirect("notify:messages")
    form = _form(request.POST, id, who)
    if form.is_valid() and taken(
        form, lambda: commands.resend(message_id=id, **form.cleaned_data, **who)
    ):
        notes.success(request, said)
        return redirect("notify:message", id)
    return _page(request, id, who, form)


def _page(request: HttpRequest, id: int, who: Who, form: ResendForm | None = None) -> HttpResponse:
    at = who["at"]
    story = queries.story(id, who["by"], lambda person: queries.ways_to(person_id=person))
    book = policy.current(at)
    notice = book.notices.get(story.template)
    fate = story.traced.fate
    context = {
        "row": _row(story.traced, who), "person": story.traced.person, "link": story.traced.link,
        "name": notice_name(notice) if notice else story.template, "template": notice,
        "body": story.body,
        "lines": [shown.line(one, at) for one in story.lines],
        "beside": shown.rows(story.beside, at),
        "form": None if fate.state in WAITS else form or _form(None, id, who),
        "sms": fate.channel == rules.SMS,
    }  # fmt: skip
    return render(request, "notify/message.html", context, status=422 if form else 200)


def _form(data: Any, id: int, who: Who) -> ResendForm:
    row = queries.message_of(id, who["by"])
    ways = queries.ways_to(person_id=row.person_id)
    if row.channel not in ways and row.channel != rules.INBOX:
        ways = (row.channel, *ways)
    first = row.channel if row.channel in ways else next(iter(ways), "")
    return ResendForm(data, ways, who["at"], initial={"way": first})


def _row(one: queries.Traced, who: Who) -> dict[str, Any]:
    found = shown.row(one.fate, who["at"])
    return found | {
        "person": one.person,
        "link": one.link,
        "again": one.fate.state in ("dead", "unknown"),
    }


def _before(request: HttpRequest) -> int:
    given = request.GET.get("before", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 17 else 0


def _url(query: Mapping[str, str]) -> str:
    return f"/desk/messages/?{urlencode(query)}"
