"""The agent's desk: inbox, case, steps, decision, new case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.accounts import commands as accounts
from bihuan.cases import commands, queries
from bihuan.cases.commands import Contact, Filing
from bihuan.cases.fields import FIELDS
from bihuan.cases.lifecycle import CASE
from bihuan.cases.models import Case
from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, Refusal
from bihuan.desk import decide as deciding
from bihuan.desk import rail, shown
from bihuan.desk.forms import LABELS, NewCaseForm, StepForm, staff_choices
from bihuan.orders import queries as orders
from bihuan.web import messages, words
from bihuan.web.door import Who, enter, status

KEYS = {"assign": "a", "resolve": "t", "set_severity": "u", "accept": "", "notify": "e"}
#: In the strip beside the subject; the rest waits under 更多.
FIRST = ("resolve", "notify", "accept", "assign")
NOT_BUTTONS = frozenset({"answer", "note", "archive", "silence"})
DANGER = frozenset({"decline", "merge"})


def staff(request: HttpRequest) -> Who:
    """Who and when; the desk is for staff."""
    who = enter(request)
    if not who["by"].is_staff:
        raise NotFound()
    return who


@require_GET
def inbox(request: HttpRequest, number: str = "") -> HttpResponse:
    """收件箱：the list in its order, and the case that is open beside it."""
    who = staff(request)
    view = request.GET.get("view") or "mine"
    q = inputs.words(request.GET.get("q", ""), field="q", most=100)
    filters = queries.Filters(
        severity=request.GET.get("severity", ""), category=request.GET.get("category", ""), q=q,
        department=request.GET.get("department", ""), owner=_owner(request),
    )  # fmt: skip
    if q:
        view = "all"
    cursor = request.GET.get("cursor", "")
    page = queries.inbox(who["by"], view=view, filters=filters, cursor=cursor, at=who["at"])
    rows = shown.rows(page.cases, who["by"], who["at"], selected=number, view=view)
    if request.headers.get("HX-Target") == "rows" or request.GET.get("part") == "rows":
        return render(request, "desk/_rows.html", {"rows": rows, "next": _next(request, page)})
    if number and request.headers.get("HX-Request"):
        case = queries.get(number, who["by"])
        return render(request, "desk/_case.html", case_context(case, who))
    counts = rail.counts(request, who["by"])
    title = dict(shown.VIEWS).get(view, "全部")
    context: dict[str, Any] = {
        "title": _(title) if not q else _("搜索结果"),
        "total": counts.get(view, 0) if not q else len(rows),
        "tabs": shown.tabs(counts, view),
        "query": q,
        "sort_label": _("最紧急在前"),
        "rows_url": f"/desk/inbox/?{urlencode({'view': view, 'part': 'rows'})}",
        "rows": rows,
        "empty": _("换一个视图，或等新的投诉进来。"),
        "next": _next(request, page),
    }
    if number:
        context |= case_context(queries.get(number, who["by"]), who)
    return render(request, "desk/inbox.html", context)


def _owner(request: HttpRequest) -> int:
    given = request.GET.get("owner", "")
    return inputs.whole(given, field="owner") if given else 0


def _next(request: HttpRequest, page: queries.Page) -> str:
    if not page.cursor:
        return ""
    given = request.GET.copy()
    given["cursor"] = page.cursor
    given.pop("part", None)
    return f"/desk/inbox/?{given.urlencode()}"


@require_GET
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """案件：timeline, clocks, composer; its timeline alone for a live refresh."""
    who = staff(request)
    case = queries.get(number, who["by"])
    context = case_context(case, who)
    if request.GET.get("part") == "timeline":
        return render(request, "desk/_timeline.html", context)
    return render(request, "desk/case.html", context)


def case_context(case: Case, who: Who) -> dict[str, Any]:
    """Everything the case pane shows."""
    by, at = who["by"], who["at"]
    rows = queries.clocks(case)
    clocks = shown.clocks(case, rows, at)
    return {
        "case": shown.header(case, by, at),
        "clocks": clocks,
        "timeline": shown.timeline(case, by, at),
        "actions": actions(case, by),
        "composer": composer(case, by),
        "clauses": shown.cited(case),
        "policy_version": queries.handbook(case).version,
        "similar": _similar(case, at),
        "suggestions": _suggestions(case, clocks),
        "live_url": f"{case.desk_url}?part=timeline",
        "case_id": case.id,
    }


def actions(case: Case, by: Actor) -> list[dict[str, Any]]:
    """The buttons: what the table offers, so that page, API and rule cannot disagree."""
    if not commands.may_work(case, by):
        offered = [s.action for s in CASE.offered(case.state, by.roles) if s.action == "assign"]
    else:
        offered = [s.action for s in CASE.offered(case.state, by.roles)]
    offered = [a for a in offered if a in LABELS and a not in NOT_BUTTONS]
    if not case.proposed_severity and "approve_severity" in offered:
        offered.remove("approve_severity")
    offered.sort(key=lambda a: FIRST.index(a) if a in FIRST else len(FIRST))
    people_ = staff_choices()
    return [_action(case, action, people_) for action in offered]


def _action(case: Case, action: str, people_: list[tuple[str, str]]) -> dict[str, Any]:
    decides = action in {"resolve", "notify"}
    form = StepForm(None, [action], people_=people_) if FIELDS[action] and not decides else None
    if form is not None:
        form.auto_id = f"{action}_%s"
    return {
        "action": action,
        "label": _(LABELS[action]),
        "key": KEYS.get(action, ""),
        "primary": action == "resolve" or (action == "notify" and case.state == "resolved"),
        "danger": action in DANGER,
        "url": f"{case.desk_url}do/{action}/",
        "href": f"{case.desk_url}decide/" if decides else "",
        "fields": list(form) if form else [],
    }


def composer(case: Case, by: Actor, text: str = "", mode: str = "") -> dict[str, Any]:
    """Reply to the person, or an internal note: who will read it is said on the button."""
    offered = {s.action for s in CASE.offered(case.state, by.roles)}
    modes = []
    if "answer" in offered and commands.may_work(case, by):
        modes.append(
            {"id": "answer", "label": _("回复用户"), "url": f"{case.desk_url}do/answer/",
             "button": _("发送给用户"), "key": "r"}
        )  # fmt: skip
    if "note" in offered:
        modes.append(
            {"id": "note", "label": _("内部备注"), "url": f"{case.desk_url}do/note/",
             "button": _("存为内部备注"), "key": "n"}
        )  # fmt: skip
    return {"modes": modes, "text": text, "mode": mode, "draft": f"reply {case.number}"}


def _similar(case: Case, at: Any) -> list[dict[str, str]]:
    return [
        {
            "number": other.number,
            "url": other.desk_url,
            "note": f"{shown.unsealed(other.subject)[:24]} · "
            + words.moment_words(other.received_at, at),
        }
        for other in queries.same_matter(case)
    ]


def _suggestions(case: Case, clocks: list[shown.ShownClock]) -> list[dict[str, str]]:
    if case.proposed_severity:
        book = queries.handbook(case)
        level = shown.say(book.severities[case.proposed_severity])
        return [{"title": _("有待复核的定级：{level}").format(level=level), "text": ""}]
    first = next((c for c in clocks if c.hard and c.sla.state not in {"met", "late_met"}), None)
    if first is None:
        return []
    title = _("{due}完成“{step}”").format(due=first.due_text, step=first.label)
    return [{"title": title, "text": "", "url": f"{case.desk_url}decide/", "label": _("去处理")}]


@require_POST
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """One step from a form; a refusal comes back on the same page with the words kept."""
    who = staff(request)
    raw = _raw(request.POST, action)
    try:
        commands.take(action, number=number, raw=raw, expected_version=_expected(request), **who)
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(request, number, action, refusal, who)
    return _back(request, number)


def _raw(post: Mapping[str, Any], action: str) -> dict[str, Any]:
    if action not in FIELDS:
        raise NotFound(action=action)
    if any(field.kind == "follow_ups" for field in FIELDS[action]) or action == "repair":
        return StepForm(post, [action], people_=[]).raw(action)
    return {field.name: post.get(field.name, "") for field in FIELDS[action]}


def _expected(request: HttpRequest) -> int | None:
    given = request.POST.get("expected_version", "")
    return inputs.whole(given, field="expected_version") if given else None


def _back(request: HttpRequest, number: str) -> HttpResponseRedirect:
    back = request.headers.get("Referer", "")
    in_list = "/desk/inbox/" in back
    return redirect(f"/desk/inbox/{number}/" if in_list else f"/desk/cases/{number}/")


def _refused(
    request: HttpRequest, number: str, action: str, refusal: Refusal, who: Who
) -> HttpResponse:
    case = queries.get(number, who["by"])
    context = case_context(case, who)
    context["refusal"] = said(refusal)
    if action in {"answer", "note"}:
        context["composer"] = composer(case, who["by"], request.POST.get("text", ""), action)
    return render(request, "desk/case.html", context, status=status(refusal))


def said(refusal: Refusal) -> str:
    """A refusal in one sentence."""
    if isinstance(refusal, Invalid):
        return "；".join(messages.faults(refusal).values())
    missing = refusal.facts.get("missing")
    if isinstance(missing, list) and missing:
        return deciding.still_missing(missing)
    return f"{messages.title(refusal.code())}。{messages.detail(refusal.code(), refusal.facts)}"


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """作出处理：everything still owed, the decision and the result notice in one form."""
    who = staff(request)
    case = queries.get(number, who["by"])
    if not commands.may_work(case, who["by"]):
        raise NotPermitted("2.2.2", action="resolve", department=case.department)
    steps = deciding.steps(case)
    form = StepForm(request.POST or None, steps, people_=staff_choices())
    deciding.prefill(form, case, who)
    if request.method == "POST" and deciding.take(form, case, _expected(request), who):
        return redirect(case.desk_url)
    context = case_context(case, who)
    context |= {
        "form": form,
        "submit_url": f"{case.desk_url}decide/",
        "missing": [_(LABELS[s]) for s in steps if s not in {"resolve", "notify"}],
    }
    return render(request, "desk/decide.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """登记：for somebody on the phone, at the counter, or whose letter lies here (1.3)."""
    who = staff(request)
    form = NewCaseForm(request.POST or None)
    if request.method == "POST":
        try:
            filed = commands.file(filing=_filing(request.POST), **who)
        except Invalid as fault:
            for name, why in messages.faults(fault).items():
                form.add_error(name if name in form.fields else None, why)
        else:
            return redirect(filed.case.desk_url)
    context = {"form": form, "submit_url": "/desk/cases/new/"}
    return render(request, "desk/new.html", context, status=422 if form.errors else 200)


def _filing(post: Mapping[str, Any]) -> Filing:
    received = str(post.get("received_at") or "")
    return Filing(
        kind=str(post.get("kind", "")),
        channel=str(post.get("channel", "")),
        text=str(post.get("text", "")),
        wish=str(post.get("wish", "")),
        order_no=str(post.get("order_no", "")),
        contact=Contact(
            name=str(post.get("name", "")),
            phone=str(post.get("phone", "")),
            email=str(post.get("email", "")),
            account=str(post.get("account", "")),
        ),
        received_at=inputs.moment(f"{received}:00+08:00", field="received_at")
        if received
        else None,
    )


@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """查看完整信息：with a reason, logged (3.3)."""
    who = staff(request)
    case = queries.get(number, who["by"])
    context: dict[str, Any] = {"case": shown.header(case, who["by"], who["at"])}
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        try:
            context["values"] = [
                (label, accounts.reveal(
                    person_id=case.person_id, field=field, reason=reason, case_id=case.id, **who
                ))
                for field, label in (("name", _("姓名")), ("phone", _("手机号")),
                                     ("email", _("电子邮箱")))
            ]  # fmt: skip
        except Invalid as fault:
            context["faults"] = messages.faults(fault)
    return render(request, "desk/reveal.html", context, status=422 if "faults" in context else 200)


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
