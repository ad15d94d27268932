"""The agent's desk to read: inbox, case, order, contact in clear, keys."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from bihuan.accounts import commands as accounts
from bihuan.cases import commands, queries
from bihuan.cases.models import Case
from bihuan.core.refusals import Invalid, NotFound
from bihuan.desk import filters, finding, listing, pane, places, rail, shown, story, ticking
from bihuan.web import messages, words
from bihuan.web.door import Who, staff
from bihuan.web.htmx import wants_part

#: What was taken out of the words of a case when they came in.
IN_WORDS = {
    "phone": "文中手机号",
    "email": "文中邮箱",
    "id_card": "文中身份证号",
    "bank_card": "文中银行卡号",
    "order": "文中订单号",
}


@require_http_methods(["GET", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    """收件箱：the list in its order; what is searched for is posted, and never a contact in it."""
    if request.method == "POST":
        who = staff(request)
        return redirect(finding.place(request.POST.get("q", ""), who))
    return _list(request)


@require_GET
def opened(request: HttpRequest, number: str) -> HttpResponse:
    """The same list, and the case that is open beside it."""
    return _list(request, number)


def _list(request: HttpRequest, number: str = "") -> HttpResponse:
    who = staff(request)
    if q := finding.sought(request.GET.get("q", "")):
        elsewhere, swap = finding.place(q, who), wants_part(request)
        return HttpResponseClientRedirect(elsewhere) if swap else redirect(elsewhere)
    try:
        wanted = listing.asked(request.GET, who)
    except Invalid as fault:
        if not fault.fields.keys() <= set(queries.FIELDS):
            raise
        return _unreadable(request, fault, who)
    part = request.GET.get("part", "")
    if number and part in pane.PARTS:
        return _part(request, _pane(request, number, wanted, who), part)
    if number and wants_part(request) and not part:
        response = render(request, "desk/_case.html", _pane(request, number, wanted, who))
        patch_vary_headers(response, ["HX-Request"])
        return response
    page = listing.page(wanted, who)
    chosen = number or (page.cases[0].number if page.cases else "")
    rows = shown.rows(
        page.cases, who["by"], who["at"], selected=chosen, query=urlencode(wanted.query)
    )
    if part:
        context = {"rows": rows} | listing.further(wanted, page)
        return render(request, "desk/_rows.html", context)
    counts = rail.counts(request, who["by"])
    context = listing.context(wanted, page, counts, who) | {"rows": rows, "opened": bool(number)}
    if chosen:
        context |= _pane(request, chosen, wanted, who)
    return render(request, "desk/inbox.html", context)


def _unreadable(request: HttpRequest, fault: Invalid, who: Who) -> HttpResponse:
    """The form of the filters with what is wrong in it, and what was filled in."""
    saved = request.GET.get(listing.SAVED)
    view = queries.saved_view(int(saved), who["by"]) if saved else None
    given = dict(view.query) if view else request.GET.dict()
    context = {
        "filters": filters.fields(given, who["at"], fault),
        "view": given.get("view", "all"),
        "saved": view,
    }
    return render(request, "desk/filter.html", context, status=422)


def _pane(request: HttpRequest, number: str, wanted: listing.Asked, who: Who) -> dict[str, Any]:
    case = queries.get(number, who["by"])
    return pane.case_context(
        case, who, tab=request.GET.get("tab", ""), base=f"/desk/inbox/{case.number}/",
        query=wanted.query,
    )  # fmt: skip


def _part(request: HttpRequest, context: dict[str, Any], part: str) -> HttpResponse:
    """The inside of one part of the pane, for a live refresh: the head, or the tab that is open."""
    template = pane.PARTS[part] or str(context["tab_template"])
    return render(request, template, context)


@require_GET
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """案件：timeline, clocks, composer; one tab's inside alone for a live refresh."""
    who = staff(request)
    case = queries.get(number, who["by"])
    context = pane.case_context(case, who, tab=request.GET.get("tab", ""))
    part = request.GET.get("part", "")
    if part in pane.PARTS:
        return _part(request, context, part)
    if "filed" in request.GET:
        context["receipt"] = pane.receipt(case, context["clocks"])
    return render(request, "desk/case.html", context)


@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """查看完整信息：with a reason, logged (3.3)."""
    who = staff(request)
    case = queries.get(number, who["by"])
    context: dict[str, Any] = {"case": shown.header(case, who["by"], who["at"])}
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        try:
            context["values"] = _in_clear(case, reason, who)
        except Invalid as fault:
            context["faults"] = messages.faults(fault)
    return render(request, "desk/reveal.html", context, status=422 if "faults" in context else 200)


@transaction.atomic
def _in_clear(case: Case, reason: str, who: Who) -> list[tuple[str, str]]:
    """Name, phone and mail address, empty where none was given; numbers out of the words."""
    values: list[tuple[str, str]] = []
    for field, label in (("name", _("姓名")), ("phone", _("手机号")), ("email", _("电子邮箱"))):
        try:
            value = accounts.reveal(
                person_id=case.person_id, field=field, reason=reason, case_id=case.id, **who
            )
        except NotFound:
            value = ""
        values.append((label, value))
    with suppress(NotFound):  # nothing was taken out of the words
        found = commands.reveal_words(number=case.number, reason=reason, **who)
        values += [(_(IN_WORDS[kind]), value) for kind, value in found]
    return values


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The desk begins with the inbox."""
    staff(request)
    return redirect("/desk/inbox/")


@require_GET
def case_print(request: HttpRequest, number: str) -> HttpResponse:
    """打印全部记录：everything of a case on paper, whatever tab was open (UI rule 19)."""
    who = staff(request)
    case = queries.get(number, who["by"])
    context = pane.case_context(case, who)
    context |= {
        "all_clocks": ticking.table(case, who["at"]),
        "findings": story.findings(case, who["at"]),
        "measures": story.measures(case, who["at"]),
        "material": story.material(case, who["by"], who["at"]),
        "record": story.record(case, who["by"], who["at"]),
        "printed": f"{words.date_words(words.local(who['at']).date())} "
        f"{words.local(who['at']):%H:%M}",
        "printer": who["by"].name,
    }
    return render(request, "desk/print.html", context)


@require_GET
def more(request: HttpRequest) -> HttpResponse:
    """更多：every page that is not on the rail."""
    who = staff(request)
    return render(request, "desk/more.html", {"groups": places.groups(who["by"])})
