"""A complaint in five steps, kept as a draft from the first one (UI rules 7 and 8)."""

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
from bihuan.cases import queries as cases
from bihuan.cases.commands import Contact, Filing
from bihuan.cases.models import Case
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import Invalid
from bihuan.orders import queries as orders
from bihuan.policy import queries as policy
from bihuan.portal import aside, bought, flow, forms, uploads
from bihuan.portal.drafts import Started, keep, raw, token_of
from bihuan.portal.filed import admit, kept_wish, order_words, summary, title_of
from bihuan.portal.views import arriving
from bihuan.portal.visitor import begins, signed_in
from bihuan.portal.wizard import STEPS, advance, already, given, leaving, opened, show, url_of
from bihuan.web import tus, words
from bihuan.web.door import Who

_page = require_http_methods(["GET", "HEAD", "POST"])
_sent = require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])


@_page
def pick(request: HttpRequest) -> HttpResponse:
    """Step 1: which order (or none)."""
    who = begins(request)
    draft = opened(request, who)
    if draft.case_id or aside.needed(request, draft):
        return already(request, draft, "pick")
    fresh = bought.fetched(who)
    own = bought.rows(who)
    form = forms.OrderForm(given(request), orders=bought.choices(own), initial=draft.data)
    if request.method == "POST" and (leaving(request) or form.is_valid()):
        order = bought.chosen(own, request.POST.get("order", ""))
        title = order.title if order else ""
        return advance(request, draft, "pick", form, who, order_title=title)
    chosen = form["order"].value()
    hints = bought.lines(own, who)
    context = {
        "orders": [
            {"value": key, "label": title, "hint": hints.get(key, ""), "checked": key == chosen}
            for key, title in form.choices
        ],
        "signed_in": signed_in(request),
        "silent": not fresh,
    }
    return show(request, "pick", form, draft, context)


@_page
def kind(request: HttpRequest) -> HttpResponse:
    """Step 2: what kind of problem, the issues under the groups of 6.1."""
    who = begins(request)
    draft = opened(request, who)
    if draft.case_id or not draft.row:
        return already(request, draft, "type")
    book = policy.current(who["at"])
    form = forms.TypeForm(given(request), book=book, initial=draft.data)
    if request.method == "POST" and (leaving(request) or form.is_valid()):
        return advance(request, draft, "type", form, who)
    groups = _groups(book, form["issue"].value())
    return show(request, "type", form, draft, {"groups": groups})


def _groups(book: Handbook, chosen: str) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for issue in book.issues.values():
        head = book.issue_groups.get(issue.group) or book.categories[issue.category]
        line = {
            "value": issue.id,
            "label": forms.named(issue),
            "checked": issue.id == chosen,
        }
        groups.setdefault(forms.named(head), []).append(line)
    return [{"title": title, "issues": issues} for title, issues in groups.items()]


@_page
def details(request: HttpRequest) -> HttpResponse:
    """Step 3: what happened, and photos; files are kept even when the words are not right yet."""
    who = begins(request)
    draft = opened(request, who)
    if draft.case_id or not draft.row:
        return already(request, draft, "details")
    form = forms.DetailsForm(given(request), initial=draft.data)
    if request.method == "POST":
        if "remove" in request.POST:
            commands.remove_file(token=token_of(request.POST["remove"]), draft=draft.row, **who)
            keep(draft, "details", raw(request, ["text"]), who)
            return redirect(url_of("details", draft.token, request.POST.get("back_to", "")))
        faults = uploads.take(request, who, draft=draft.row)
        for fault in faults:
            form.add_error("files", fault)
        if request.headers.get("X-Draft"):
            keep(draft, "details", raw(request, ["text"]), who)
            return HttpResponse(status=204)
        if not faults and (leaving(request) or form.is_valid()):
            return advance(request, draft, "details", form, who)
        keep(draft, "details", raw(request, ["text"]), who)  # refused, but not lost
    order = bought.chosen(bought.rows(who), draft.data.get("order", ""))
    context = {
        "order_title": order_words(draft.data),
        "order_line": bought.line(order, who) if order else "",
        "accepted": flow.promised(policy.current(who["at"]), "complaint", "complaint.accepted"),
        "pick_url": url_of("pick", draft.token),
        "already": _already(draft, who),
    } | uploads.grid(
        draft.row, f"{reverse('portal:upload')}?{urlencode({'draft': draft.token})}", who
    )
    return show(request, "details", form, draft, context)


@_sent
def upload(request: HttpRequest) -> HttpResponse:
    """The photos of step 3, sent while the person still writes; answers with the grid."""
    who = begins(request)
    draft = opened(request, who)
    if tus.speaks(request):
        return arriving.begin(request, draft.row, who)
    form = forms.DetailsForm({})
    form.errors.clear()
    if draft.case_id:
        form.add_error("files", _("这份投诉已经提交，照片请到它的进度页里补充。"))
    elif draft.row is None:  # what is being written stays on the page, and is kept when it is sent
        form.add_error("files", _("登录已过期。请先点“继续”，登录后再添加照片。"))
    else:
        for fault in uploads.take(request, who, draft=draft.row):
            form.add_error("files", fault)
    context = {"form": form} | uploads.grid(draft.row, request.get_full_path(), who)
    return render(request, "portal/_photos.html", context)


@_page
def remedy(request: HttpRequest) -> HttpResponse:
    """Step 4: what the person wants."""
    who = begins(request)
    draft = opened(request, who)
    if draft.case_id or not draft.row:
        return already(request, draft, "remedy")
    form = forms.RemedyForm(given(request), initial=draft.data)
    if request.method == "POST" and (leaving(request) or form.is_valid()):
        return advance(request, draft, "remedy", form, who)
    chosen = form["wish"].value()
    wishes = [
        {"value": key, "label": label, "hint": hint, "checked": key == chosen}
        for key, (label, hint) in forms.WISHES.items()
    ]
    order = bought.chosen(bought.rows(who), draft.data.get("order", ""))
    context = {"wishes": wishes, "paid": words.money(order.paid_fen) if order else ""}
    return show(request, "remedy", form, draft, context)


@_page
def check(request: HttpRequest) -> HttpResponse:
    """Step 5: contact, all answers once more, and send. The draft's token makes it one case."""
    who = begins(request)
    draft = opened(request, who)
    if draft.case_id or not draft.row:
        return already(request, draft, "check")
    known = signed_in(request)
    form = forms.ContactForm(given(request), known=known is not None, initial=draft.data)
    answers = _answers(draft, who)
    if request.method == "POST" and leaving(request):
        return advance(request, draft, "check", form, who)
    if request.method == "POST" and isinstance(answers, str):
        return redirect(url_of(answers, draft.token))
    if request.method == "POST" and form.is_valid() and not isinstance(answers, str):
        filing = _filing(draft, answers, form.cleaned_data, known.id if known else 0, who)
        try:
            case = commands.file(filing=filing, key=draft.token, **who).case
        except Invalid as fault:
            form.refuse(fault)
        else:
            return redirect(admit(request, case))
    context = {
        "answers": [
            answer._asdict() | {"url": url_of(answer.step, draft.token, "check")}
            for answer in summary(draft.data, policy.current(who["at"]))
        ],
        "files_url": url_of("details", draft.token, "check"),
        "files": uploads.tiles(draft.row),
        "already": _already(draft, who),
        "unfinished": url_of(answers, draft.token) if isinstance(answers, str) else "",
        "contact": people.shown([known.id], known).get(known.id) if known else None,
    }
    return show(request, "check", form, draft, context)


def _already(draft: Started, who: Who) -> Case | None:
    """Their open case about the same order: said, never in the way (2.2.3)."""
    by, said = who["by"], draft.data
    order = bought.chosen(bought.rows(who), said.get("order", ""))
    order = order or orders.by_number(by.id, said.get("order_no", ""))
    return cases.open_about(order.id, by) if order else None


def _answers(draft: Started, who: Who) -> dict[str, Any] | str:
    """All answers, checked once more; or the first step whose answer is not right yet."""
    book = policy.current(who["at"])
    asked = {
        "pick": forms.OrderForm(draft.data, orders=bought.choices(bought.rows(who))),
        "type": forms.TypeForm(draft.data, book=book),
        "details": forms.DetailsForm(draft.data),
        "remedy": forms.RemedyForm(draft.data),
    }
    answers: dict[str, Any] = {}
    for step, form in asked.items():
        if not form.is_valid():
            return step
        answers |= form.cleaned_data
    return answers


def _filing(
    draft: Started, answers: dict[str, Any], contact: dict[str, Any], person_id: int, who: Who
) -> Filing:
    issue = policy.current(who["at"]).issues[answers["issue"]]
    title = draft.data.get("order_title", "")
    order = answers["order"]
    return Filing(
        kind="complaint",
        channel="web",
        subject=f"{issue.zh}：{title or title_of(answers['text'])}"[:120],
        text=answers["text"],
        contact=Contact(**contact),
        person_id=person_id,
        issue=issue.id,
        order_no=answers["order_no"] if order == forms.OTHER_ORDER else "",
        order_id=int(order) if order.isdigit() else 0,
        wish=kept_wish(answers),
        draft_id=draft.row.id if draft.row else 0,
    )


def saved(request: HttpRequest) -> HttpResponse:
    """A draft was put away: where it lies and how to go on."""
    who = begins(request)
    draft = opened(request, who)
    if draft.case_id or not draft.row:
        return already(request, draft)
    step = draft.row.step if draft.row.step in STEPS else "pick"
    context = {
        "resume": url_of(step, draft.token),
        "token": draft.token,
        "days": commands.DRAFT_DAYS,
        "signed_in": signed_in(request),
        "topbar": _("草稿"),
        "back": reverse("portal:home"),
    }
    return render(request, "portal/saved.html", context)


@require_http_methods(["POST"])
def discard(request: HttpRequest) -> HttpResponse:
    """Throw a draft away, with its files."""
    commands.drop_draft(token=token_of(request.POST.get("draft", "")), **begins(request))
    return redirect("portal:mine" if signed_in(request) else "portal:home")
