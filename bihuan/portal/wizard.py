"""The five steps of a complaint as pages: their addresses, what is kept, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from bihuan.cases import queries
from bihuan.core.refusals import NotFound
from bihuan.portal import aside
from bihuan.portal.drafts import Started, begun, keep, raw
from bihuan.portal.filed import again
from bihuan.portal.visitor import reads
from bihuan.web.door import Who

FORM = "complaint"
STEPS = ("pick", "type", "details", "remedy", "check")
ANSWERS = {
    "pick": ("order", "order_no"),
    "type": ("issue",),
    "details": ("text",),
    "remedy": ("wish", "amount", "more"),
    "check": ("name", "phone", "email"),
}


def url_of(step: str, token: str = "", back_to: str = "") -> str:
    """The address of a step; with the draft's token it can be resumed from anywhere."""
    facts = {"draft": token, "back_to": back_to}
    query = urlencode({name: value for name, value in facts.items() if value})
    return reverse(f"portal:{step}") + (f"?{query}" if query else "")


def given(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def leaving(request: HttpRequest) -> bool:
    """存草稿: kept as it is, right or not."""
    return "later" in request.POST


def opened(request: HttpRequest, who: Who) -> Started:
    """The draft the address names, with what was put aside for it while nobody was signed in."""
    draft = begun(request, FORM, who)
    aside.bring(request, draft, who)
    return draft


def already(request: HttpRequest, draft: Started, step: str = "") -> HttpResponse:
    """A draft that was sent is a case now; one that is not to be found must not lose its words."""
    if not draft.case_id:
        return _missing(request, step)
    if back := again(request, draft):
        return redirect(back)
    case = queries.visible(reads(request)["by"]).filter(id=draft.case_id).first()
    if case is None:
        raise NotFound
    return redirect("portal:done", number=case.number)


def _missing(request: HttpRequest, step: str) -> HttpResponse:
    """A draft of somebody who has to sign in again, or one that is gone: the first step."""
    if request.headers.get("X-Draft"):  # the script must not say that it was kept
        return HttpResponse(status=409)
    answers = raw(request, list(ANSWERS.get(step, ()))) if request.method == "POST" else {}
    if aside.needed(request, Started(FORM)):
        return aside.to_sign_in(request, FORM, step, answers)
    if any(answers.values()):
        return redirect(url_of("pick", aside.put(request, FORM, "pick", answers).token))
    return redirect("portal:pick")


def advance(
    request: HttpRequest, draft: Started, step: str, form: Any, who: Who, **facts: str
) -> HttpResponse:
    """Keep the answers as given, then on: the next step, back to the summary, or away."""
    answers: Mapping[str, Any] = raw(request, list(form.fields)) | facts
    token = keep(draft, step, answers, who)
    if leaving(request):
        return redirect(url_of("saved", token))
    place = STEPS.index(step) + 1
    following = "check" if request.POST.get("back_to") == "check" else STEPS[place]
    return redirect(url_of(following, token))


def show(
    request: HttpRequest, step: str, form: Any, draft: Started, context: dict[str, Any]
) -> HttpResponse:
    place = STEPS.index(step)
    back_to = request.POST.get("back_to") or request.GET.get("back_to", "")
    back = url_of(STEPS[place - 1], draft.token) if place else reverse("portal:home")
    common = {
        "form": form,
        "draft": draft,
        "step": place + 1,
        "back": url_of("check", draft.token) if back_to == "check" else back,
        "back_to": "check" if back_to == "check" else "",
        "action": url_of(step, draft.token),
        "topbar": _("提交投诉"),
    }
    return render(request, f"portal/file_{step}.html", common | context)
