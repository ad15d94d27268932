"""The agent's desk to read: inbox, case, order, contact in clear, keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.accounts import commands as accounts
from bihuan.cases import queries
from bihuan.cases.models import Case
from bihuan.core import ids, inputs
from bihuan.core.refusals import Invalid, NotFound
from bihuan.desk import pane, rail, shown
from bihuan.desk.forms import FILTERS, FilterForm
from bihuan.desk.rail import staff
from bihuan.orders import queries as orders
from bihuan.web import messages, words
from bihuan.web.door import Who
from bihuan.web.htmx import wants_part


@dataclass(frozen=True, slots=True)
class Asked:
    """Which list was asked for, and how to ask for it again."""

    view: str
    q: str
    filters: queries.Filters
    cursor: str
    query: dict[str, str]

    @property
    def narrowed(self) -> int:
        """How many filters are set."""
        return sum(name in self.query for name in FILTERS)


def _asked(request: HttpRequest) -> Asked:
    q = inputs.words(request.GET.get("q", ""), field="q", most=100)
    given = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    view = "all" if q else request.GET.get("view") or "mine"
    owner = given.get("owner", "")
    filters = queries.Filters(
        severity=given.get("severity", ""),
        category=given.get("category", ""),
        department=given.get("department", ""),
        owner=inputs.whole(owner, field="owner") if owner else 0,
        q=q,
    )
    query = {"view": view, **given} | ({"q": q} if q else {})
    return Asked(view, q, filters, request.GET.get("cursor", ""), query)


@require_GET
def inbox(request: HttpRequest, number: str = "") -> HttpResponse:
    """收件箱：the list in its order, and the case that is open beside it."""
    who = staff(request)
    asked = _asked(request)
    part = request.GET.get("part") == "rows"
    if number and wants_part(request) and not part:
        response = render(request, "desk/_case.html", _pane(request, number, asked, who))
        patch_vary_headers(response, ["HX-Request"])
        return response
    if asked.q and (found := _by_number(asked.q, who)):
        return redirect(found)
    page = _page(asked, who)
    chosen = number or (page.cases[0].number if page.cases else "")
    rows = shown.rows(
        page.cases, who["by"], who["at"], selected=chosen, query=urlencode(asked.query)
    )
    if part:
        return render(request, "desk/_rows.html", {"rows": rows, "next": _next(asked, page)})
    context = _list_context(request, asked, page, who) | {"rows": rows, "opened": bool(number)}
    if chosen:
        context |= _pane(request, chosen, asked, who)
    return render(request, "desk/inbox.html", context)


def _page(asked: Asked, who: Who) -> queries.Page:
    page = queries.inbox(
        who["by"], view=asked.view, filters=asked.filters, cursor=asked.cursor, at=who["at"]
    )
    if not asked.q or page.cursor or asked.cursor:
        return page
    # a search looks among ended cases too, behind the open ones
    ended = queries.inbox(who["by"], view="closed", filters=asked.filters, limit=20, at=who["at"])
    return queries.Page([*page.cases, *ended.cases])


def _by_number(q: str, who: Who) -> str:
    """A whole case number opens the case, whatever its state."""
    number = ids.read_case_number(q)
    if not number:
        return ""
    try:
        return queries.get(number, who["by"]).desk_url
    except NotFound:
        return ""


def _list_context(
    request: HttpRequest, asked: Asked, page: queries.Page, who: Who
) -> dict[str, Any]:
    counts = rail.counts(request, who["by"])
    whole = counts.get(asked.view, len(page.cases))
    title = dict(shown.VIEWS).get(asked.view, "全部")
    again = asked.query | ({"cursor": asked.cursor} if asked.cursor else {})
    return {
        "title": _("搜索结果") if asked.q else _(title),
        "total": len(page.cases) if asked.q or asked.narrowed else whole,
        "tabs": shown.tabs(counts, asked.view),
        "query": asked.q,
        "view": asked.view,
        "narrowed": asked.narrowed,
        "filter_form": FilterForm(asked.query),
        "clear_url": f"/desk/inbox/?{urlencode({'view': asked.view})}",
        "sort_label": _("最新在前") if asked.view == "closed" else _("最紧急在前"),
        "rows_url": f"/desk/inbox/?{urlencode({**again, 'part': 'rows'})}",
        "empty": _("没有符合条件的投诉，请放宽条件。")
        if asked.q or asked.narrowed
        else _("换一个视图，或等新的投诉进来。"),
        "next": _next(asked, page),
    }


def _next(asked: Asked, page: queries.Page) -> str:
    if not page.cursor:
        return ""
    return f"/desk/inbox/?{urlencode({**asked.query, 'cursor': page.cursor})}"


def _pane(request: HttpRequest, number: str, asked: Asked, who: Who) -> dict[str, Any]:
    case = queries.get(number, who["by"])
    return pane.case_context(
        case, who, tab=request.GET.get("tab", ""), base=f"/desk/inbox/{case.number}/",
        query=asked.query,
    )  # fmt: skip


@require_GET
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """案件：timeline, clocks, composer; one tab's inside alone for a live refresh."""
    who = staff(request)
    case = queries.get(number, who["by"])
    part = request.GET.get("part", "")
    context = pane.case_context(case, who, tab=part or request.GET.get("tab", ""))
    if part:
        return render(request, context["tab_template"], context)
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


def _in_clear(case: Case, reason: str, who: Who) -> list[tuple[str, str]]:
    """Name, phone and mail address; empty where the person gave none."""
    values: list[tuple[str, str]] = []
    for field, label in (("name", _("姓名")), ("phone", _("手机号")), ("email", _("电子邮箱"))):
        try:
            value = accounts.reveal(
                person_id=case.person_id, field=field, reason=reason, case_id=case.id, **who
            )
        except NotFound:
            value = ""
        values.append((label, value))
    return values


@require_GET
def order(request: HttpRequest, number: str) -> HttpResponse:
    """订单：page, price and terms as shown at purchase (3.1)."""
    who = staff(request)
    case = queries.get(number, who["by"])
    found = orders.shown([case.order_id]).get(case.order_id)
    if found is None:
        raise NotFound(number=number)
    context = {
        "case": shown.header(case, who["by"], who["at"]),
        "order": found.order,
        "paid": words.money(found.paid_fen),
        "number": found.number,
    }
    return render(request, "desk/order.html", context)


@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """快捷键."""
    staff(request)
    return render(request, "desk/keys.html")


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The desk begins with the inbox."""
    staff(request)
    return redirect("/desk/inbox/")
