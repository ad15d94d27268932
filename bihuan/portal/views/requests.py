"""A service request, a suggestion or praise, on one page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.accounts import queries as people
from bihuan.cases import commands
from bihuan.cases.commands import Contact, Filing
from bihuan.channels import commands as opinions
from bihuan.channels import queries as channels
from bihuan.core.refusals import Invalid
from bihuan.policy import queries as policy
from bihuan.portal import aside, flow, forms, uploads
from bihuan.portal.drafts import Started, begun, keep, raw, token_of
from bihuan.portal.filed import admit, again, title_of
from bihuan.portal.visitor import begins, signed_in
from bihuan.web.door import Who, moment, once

KEPT = ("kind", "text", "order_no")

_page = require_http_methods(["GET", "HEAD", "POST"])


@_page
def service(request: HttpRequest) -> HttpResponse:
    """Enquiry, order problem, account problem (1.2 ②)."""
    return _one_page(request, "service", forms.SERVICES, _("服务请求"), _("您需要什么帮助？"))


@_page
def suggest(request: HttpRequest) -> HttpResponse:
    """Suggestion or praise (7.2)."""
    return _one_page(request, "suggest", forms.FEEDBACK, _("建议与表扬"), _("想对我们说什么？"))


def _about(request: HttpRequest) -> str:
    """The channel that is spoken of, where the way here began beside one (6.4)."""
    asked = request.GET.get("about", "")
    return asked if asked in channels.channels_shown() else ""


def _one_page(
    request: HttpRequest, name: str, kinds: tuple[str, ...], topbar: str, question: str
) -> HttpResponse:
    who = begins(request)
    draft = begun(request, name, who)
    if aside.needed(request, draft):
        return aside.to_sign_in(request, name, name, raw(request, list(KEPT)))
    aside.bring(request, draft, who)
    if draft.case_id:
        return redirect(again(request, draft) or "portal:mine")
    form = forms.RequestForm(
        request.POST if request.method == "POST" else None,
        kinds=kinds,
        book=policy.current(who["at"]),
        known=signed_in(request) is not None,
        initial={"kind": _wanted(request, kinds)} | draft.data,
    )
    if request.method == "POST" and (answer := _taken(request, name, form, draft, who)):
        return answer
    titles = {"topbar": topbar, "question": question, "lead": _lead(name, who)}
    return render(request, "portal/request.html", _shown(request, kinds, form, draft) | titles)


def _taken(
    request: HttpRequest, name: str, form: Any, draft: Started, who: Who
) -> HttpResponse | None:
    """Keep what was written and handed in, then send it; None when something is still wrong."""
    keep(draft, name, raw(request, list(form.fields)), who)
    here = reverse(f"portal:{name}") + _place(request, draft)
    if "remove" in request.POST and draft.row:
        commands.remove_file(token=token_of(request.POST["remove"]), draft=draft.row, **who)
        return redirect(here)
    for fault in uploads.take(request, who, draft=draft.row):
        form.add_error("files", fault)
    if "later" in request.POST and not form.errors.get("files"):
        return redirect("portal:mine" if signed_in(request) else here)
    if form.is_valid() and (sent := _send(request, form, draft, who)):
        return redirect(sent)
    return None


def _shown(
    request: HttpRequest, kinds: tuple[str, ...], form: Any, draft: Started
) -> dict[str, Any]:
    book = policy.current(moment(request))
    known = signed_in(request)
    chosen = form["kind"].value()
    return {
        "form": form,
        "draft": draft,
        "once": once(request),
        "kinds": [
            {"value": k, "label": forms.named(t), "hint": forms.says(t), "checked": k == chosen}
            for k, t in ((k, book.kinds[k]) for k in kinds)
        ],
        "files": uploads.tiles(draft.row),
        "action": request.path + _place(request, draft),
        "back": reverse("portal:home"),
        "contact": people.shown([known.id], known).get(known.id) if known else None,
    }


def _place(request: HttpRequest, draft: Started) -> str:
    """What the address of the same page says of the draft and of the channel; "" of neither."""
    given = {"draft": draft.token, "about": _about(request)}
    kept = {key: value for key, value in given.items() if value}
    return f"?{urlencode(kept)}" if kept else ""


def _wanted(request: HttpRequest, kinds: tuple[str, ...]) -> str:
    wanted = request.GET.get("kind", "")
    return wanted if wanted in kinds else ""


def _lead(name: str, who: Who) -> str:
    """The promise before anything is asked (UI rule 6), as the handbook in force has it."""
    if name == "suggest":
        return _("每一条都会有人负责，并告诉您打算怎么做（7.2）。")
    book = policy.current(who["at"])
    answered = flow.promised(book, "enquiry", "case.first_response")
    handled = flow.promised(book, "enquiry", "case.handling_done")
    if not (answered and handled):
        return ""
    return _("我们会在 {answered}内答复，{handled}内处理完毕（{clause}）。").format(
        answered=answered.limit, handled=handled.limit, clause=handled.clause
    )


def _send(request: HttpRequest, form: Any, draft: Started, who: Who) -> str:
    """File it and say where to go; "" when the command found a fault, now at its field."""
    given = form.cleaned_data
    known = signed_in(request)
    filing = Filing(
        kind=given["kind"],
        channel="web",
        subject=title_of(given["text"]),
        text=given["text"],
        contact=Contact(name=given["name"], phone=given["phone"], email=given["email"]),
        person_id=known.id if known else 0,
        order_no=given.get("order_no", ""),
        draft_id=draft.row.id if draft.row else 0,
    )
    try:
        filed = commands.file_once(filing=filing, visit=once(request), **who)
    except Invalid as fault:
        form.refuse(fault)
        return ""
    if about := _about(request):
        opinions.note_opinion(case_id=filed.case.id, channel=about, at=who["at"])
    if filed.replayed:  # the button was pressed twice: this draft holds nothing of its own
        commands.drop_draft(token=draft.token, **who)
    return admit(request, filed.case)
