"""How staff want to be told; and the link in a letter that stops letters of its kind (2.4.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from bihuan.core.refusals import NotFound
from bihuan.notify import commands, queries
from bihuan.notify.outgoing import unsubscribes
from bihuan.notify.wordings import topic_words
from bihuan.policy import queries as policy
from bihuan.web.asking import Refusable, sent, taken
from bihuan.web.door import enter, moment
from bihuan.web.words import say


class StaffForm(Refusable):
    """Of what letters come, and when."""

    by_mail = forms.MultipleChoiceField(
        label=later("这些提醒也发邮件"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=later("超时、升级和无人处理的案件总会发邮件，不受这里影响。"),
    )  # fmt: skip
    off_duty = forms.BooleanField(
        label=later("不在班时不发，上班时再发"), required=False,
        help_text=later("按排班计算；没有排班的随时发。超时告警不等。"),
    )  # fmt: skip

    def __init__(self, data: Any, at: datetime, **rest: Any) -> None:
        super().__init__(data, **rest)
        topics = queries.topics("staff", at)
        self.fields["by_mail"].choices = [(one.id, topic_words(one)) for one in topics]  # type: ignore[attr-defined]  # a ChoiceField


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """本人的提醒方式：by mail or in the app alone, and whether letters wait for the shift."""
    who = enter(request)
    told = queries.staff_told_how(who["by"])
    known = [one.id for one in queries.topics("staff", who["at"])]
    form = StaffForm(
        sent(request), who["at"],
        initial={
            "by_mail": [id for id in known if id not in told.app_only],
            "off_duty": told.off_duty,
        },
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        wanted = form.cleaned_data["by_mail"]
        act = {
            "app_only": [id for id in known if id not in wanted],
            "off_duty": form.cleaned_data["off_duty"],
        }
        if taken(form, lambda: commands.set_staff_wishes(**act, **who)):
            notes.success(request, _("已保存"))
            return redirect("notify:wishes")
    context = {"form": form, "reached": bool(told.ways)}
    return render(request, "notify/staff_wishes.html", context, status=422 if form.errors else 200)


@csrf_exempt  # a mail program asks, which has no session: the token is the proof (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """退订：letters of one topic stop. Nothing happens by looking, which mail scanners do."""
    known, at = unsubscribes(token), moment(request)
    topic = policy.current(at).topics.get(known[1]) if known else None
    if known is None or topic is None:
        raise NotFound()
    done = request.method == "POST"
    if done:
        commands.keep_to_app(person_id=known[0], topic=topic.id, at=at)
    context = {"name": say(topic), "done": done}
    return render(request, "notify/unsubscribe.html", context)
