"""Pages of the routing rules: in force, draft, dry run, publishing, history (2.2.2)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.accounts import queries as people
from bihuan.cases import commands, queries
from bihuan.cases.routing import shape
from bihuan.cases.routing.shape import Rule
from bihuan.core import inputs
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, Stale
from bihuan.desk import rule_words, shown
from bihuan.desk.rail import manages
from bihuan.desk.rule_form import RuleForm
from bihuan.policy import queries as policy
from bihuan.web import messages, words
from bihuan.web.door import Who, staff

PLACE = "/desk/routing/"
TRY = PLACE + "try/"
SHOWN = 30  # cases of one move that the dry run names


def manager(request: HttpRequest) -> Who:
    """Who and when, for what changes the rules or counts everybody's cases."""
    who = staff(request)
    if not manages(who["by"]):
        raise NotPermitted("2.2.2", action="routing")
    return who


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """分派规则：the draft beside what is in force, the handbook below both, and the history."""
    return _page(request, staff(request))


def _page(request: HttpRequest, who: Who, status: int = 200, **more: Any) -> HttpResponse:
    live, draft = queries.in_force_now(), queries.draft_of()
    lost = queries.routing_faults(live.rules, who["at"])  # as when a department has lost its people
    book = policy.current(who["at"])
    drafted = shape.read(draft.rules) if draft else live.rules
    said = rule_words.tongue(book, live.rules, drafted)
    faults = queries.routing_faults(drafted, who["at"]) if draft else []
    context = {
        "may": manages(who["by"]),
        "live": {
            "number": live.version,
            "rows": rule_words.rows(live.rules, said, faults=lost),
            "edit": manages(who["by"]) and draft is None,
        },
        "draft": draft
        and {
            "seen": draft.edits,
            "rows": rule_words.rows(drafted, said, live=live.rules, faults=faults),
            "removed": rule_words.removed(drafted, live.rules),
            "faults": [said.fault(fault) for fault in faults if not fault.place],
            "ready": not faults and shape.sha256(drafted) != shape.sha256(live.rules),
        },
        "overrides": [
            {"name": shown.say(one), "unit": said.unit(one.department)}
            for one in book.overrides.values()
        ],
        "routes": [
            {
                "name": shown.say(book.categories[one.category]),
                "unit": said.unit(one.department),
                "fallback": said.unit(one.fallback),
            }
            for one in book.routes.values()
        ],
        "versions": _versions(who),
    } | more
    return render(request, "desk/routing.html", context, status=status)


def _versions(who: Who, most: int = 20) -> list[dict[str, Any]]:
    rows = list(queries.published()[:most])
    names = people.staff_names({row.published_by for row in rows})
    return [
        {
            "number": row.number,
            "when": words.moment_words(row.published_at, who["at"]),
            "who": names.get(row.published_by, ""),
            "reason": row.reason,
            "rules": len(row.rules),
            "restores": row.restores,
            "url": f"{PLACE}versions/{row.number}/",
        }
        for row in rows
        if row.published_at
    ]


@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, place: int = 0) -> HttpResponse:
    """One rule: a new one, or that at this place of the draft."""
    who = manager(request)
    row = queries.draft_of()
    listed = shape.read(row.rules) if row else queries.in_force_now().rules
    if place > len(listed):
        raise NotFound(place=str(place))
    book = policy.current(who["at"])
    form = RuleForm(request.POST or None, book=book, rule=listed[place - 1] if place else None)
    seen, name = row.edits if row else 0, listed[place - 1].name if place else ""
    if request.method == "POST" and request.POST.get("was", "") != name:
        form.add_error(None, _("这条规则已被其他人移动、改名或删除，请返回列表重新打开。"))
    elif request.method == "POST":
        try:
            commands.save_rule(rule=form.rule(), place=place, seen=_seen(request), **who)
        except Invalid as fault:
            form.refuse(fault)
            seen = _seen(request)
        except Stale:
            form.add_error(None, _("草稿已被其他人改动，请核对后再次保存。"))
        else:
            notes.success(request, _("已存入草稿，发布后才生效"))
            return redirect(PLACE)
    context = {
        "form": form, "place": place, "seen": seen, "name": name,
    }  # fmt: skip
    return render(request, "desk/rule.html", context, status=422 if form.errors else 200)


@require_POST
def move(request: HttpRequest, place: int) -> HttpResponse:
    """Up or down; the first rule that means a case takes it."""
    who = manager(request)
    to = inputs.whole(request.POST.get("to", ""), field="to", least=1, most=shape.RULES_MOST)
    commands.move_rule(place=place, to=to, seen=_seen(request), **who)
    return redirect(f"{PLACE}#draft")


@require_POST
def remove(request: HttpRequest, place: int) -> HttpResponse:
    """Out of the draft."""
    who = manager(request)
    commands.remove_rule(place=place, seen=_seen(request), **who)
    notes.success(request, _("已从草稿删除，发布后才生效"))
    return redirect(f"{PLACE}#draft")


@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """放弃草稿."""
    commands.drop_routing_draft(**manager(request))
    notes.success(request, _("已放弃草稿"))
    return redirect(PLACE)


def _seen(request: HttpRequest) -> int:
    return inputs.whole(request.POST.get("seen", ""), field="seen")


@require_http_methods(["GET", "POST"])
def trial(request: HttpRequest) -> HttpResponse:
    """试运行：the draft tried on last month's cases; POST publishes it with a reason."""
    who = manager(request)
    row, faults = queries.draft_of(), dict[str, str]()
    if row is None:
        return redirect(PLACE)
    if request.method == "POST":
        try:
            commands.publish_routing(
                reason=request.POST.get("reason", ""), seen=_seen(request), **who
            )
        except Invalid as fault:
            faults = messages.faults(fault)
        else:
            notes.success(request, _("已发布，从现在起收到的案件按新规则分派"))
            return redirect(PLACE)
    context = _tried(shape.read(row.rules), request, who) | {
        "seen": row.edits,
        "reason": request.POST.get("reason", ""),
        "reason_fault": faults.pop("reason", ""),
        "faults": list(dict.fromkeys(faults.values())),
    }
    status = 422 if context["reason_fault"] or context["faults"] else 200
    return render(request, "desk/routing_try.html", context, status=status)


def _tried(drafted: tuple[Rule, ...], request: HttpRequest, who: Who) -> dict[str, Any]:
    live = queries.in_force_now().rules
    found = queries.try_out(live, drafted, **who)
    said = rule_words.tongue(policy.current(who["at"]), live, drafted)
    moves = sorted(found.moves.items(), key=lambda move: -len(move[1]))
    chosen = (request.GET.get("from", ""), request.GET.get("to", ""))
    named = found.moves.get(chosen, [])
    faults = queries.routing_faults(drafted, who["at"])
    units = dict.fromkeys([*found.before, *found.after])
    changed = shape.sha256(drafted) != shape.sha256(live)
    return {
        "size": found.size,
        "unread": found.unread,
        "capped": found.capped,
        "moved": found.moved,
        "moves": [
            {
                "was": said.unit(was), "now": said.unit(now), "total": len(cases),
                "url": f"?from={was}&to={now}#cases", "current": (was, now) == chosen,
            }
            for (was, now), cases in moves
        ],
        "loads": [
            {
                "unit": said.unit(id), "before": found.before.get(id, 0),
                "after": found.after.get(id, 0),
                "change": _signed(found.after.get(id, 0) - found.before.get(id, 0)),
            }
            for id in units
        ],
        "rows": rule_words.rows(drafted, said, live=live, faults=faults, used=found.used),
        "ready": not faults and changed,
        "chosen": [said.unit(id) for id in chosen] if named else [],
        "cases": [
            {"number": c.number, "subject": c.subject, "url": c.desk_url,
             "when": words.moment_words(c.received_at, who["at"])}
            for c in named[:SHOWN]
        ],
        "more": max(len(named) - SHOWN, 0),
    }  # fmt: skip


def _signed(change: int) -> str:
    return f"{change:+}" if change else "0"


@require_http_methods(["GET", "POST"])
def version(request: HttpRequest, version: int) -> HttpResponse:
    """An old version; POST brings it back as a new one, 0 is the handbook alone."""
    who = manager(request) if request.method == "POST" else staff(request)
    number, row = version, queries.version(version) if version else None
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            commands.restore_routing(number=number, reason=request.POST.get("reason", ""), **who)
        except Invalid as fault:
            faults = messages.faults(fault)
        else:
            notes.success(request, _("已恢复并发布，从现在起生效"))
            return redirect(PLACE)
    listed = shape.read(row.rules) if row else ()
    said = rule_words.tongue(policy.current(who["at"]), listed)
    context = {
        "number": number,
        "current": number == queries.in_force_now().version,
        "may": manages(who["by"]),
        "rows": rule_words.rows(listed, said),
        "sha256": row.sha256 if row else "",
        "why": row.reason if row else "",
        "when": words.moment_words(row.published_at, who["at"]) if row and row.published_at else "",
        "who": people.staff_names([row.published_by]).get(row.published_by, "") if row else "",
        "reason": request.POST.get("reason", ""),
        "reason_fault": faults.pop("reason", ""),
        "faults": list(dict.fromkeys(faults.values())),
    }
    status = 422 if context["reason_fault"] or context["faults"] else 200
    return render(request, "desk/routing_version.html", context, status=status)
