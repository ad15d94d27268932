"""Appeals at the desk: the list, one with the case beside it, and declared ties (3.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.accounts import queries as people
from bihuan.appeals import commands, forms, queries
from bihuan.appeals.lifecycle import APPEAL, V
from bihuan.appeals.models import Appeal
from bihuan.appeals.words import ABOUT, DECLINES, INTERESTS, OUTCOMES, STATES, TIES
from bihuan.cases import commands as cases
from bihuan.cases import queries as seen
from bihuan.core import inputs
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import Invalid, NotFound, NotIndependent
from bihuan.policy import queries as policy
from bihuan.web import words
from bihuan.web.asking import Told, pressed, sent, taken
from bihuan.web.door import Who, staff
from bihuan.web.words import english

SHOWS = ("open", "mine", "ended")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What waits, those due first; one's own; and what has ended, the newest first."""
    who = staff(request)
    show = request.GET.get("show", "")
    show = show if show in SHOWS else "open"
    before = request.GET.get("before", "")
    cursor = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else 0
    rows, more = queries.listed(who["by"], show=show, before=cursor)
    names = people.staff_names(row.reviewer_id for row in rows)
    labels = {"open": _("进行中"), "mine": _("由我复核"), "ended": _("已结束")}
    context = {
        "rows": [_line(row, names, who["at"]) for row in rows],
        "filters": [
            {"label": labels[one], "url": f"?show={one}", "current": one == show} for one in SHOWS
        ],
        "next": f"?show={show}&before={more}" if more else "",
    }
    return render(request, "appeals/index.html", context)


def _line(row: Appeal, names: dict[int, str], at: datetime) -> dict[str, Any]:
    tone, icon, label = STATES[row.state]
    return {
        "row": row,
        "url": reverse("appeals:appeal", args=[row.number]),
        "about": ABOUT[row.about],
        "state": {"tone": tone, "icon": icon, "label": label},
        "reviewer": names.get(row.reviewer_id, ""),
        "due": words.due_words(row.next_due_at, at) if row.next_due_at else "",
        "late": bool(row.is_open and row.next_due_at and row.next_due_at < at),
        "filed": words.moment_words(row.filed_at, at),
        "outcome": OUTCOMES.get(row.outcome, ""),
    }


@require_safe
def appeal(request: HttpRequest, ref: str) -> HttpResponse:
    """One appeal beside what was decided, with the check of who may review it."""
    who = staff(request)
    return _page(request, queries.get(ref, who["by"]), who)


@require_POST
def step(request: HttpRequest, ref: str, action: str) -> HttpResponse:
    """One step; what cannot be taken comes back with the page, and nothing filled in is lost."""
    who = staff(request)
    row = queries.get(ref, who["by"])
    made = _forms(row, who, sent(request), {action}).get(action)
    if made is None or action not in STEPS:
        raise NotFound()
    command, said = STEPS[action]
    status = 422
    try:
        if taken(made, lambda: command(appeal=row.number, **made.given(), **who)):
            notes.success(request, said())
            return redirect("appeals:appeal", ref=row.number)
    except NotIndependent as no:  # what was written stays on the page, for whoever decides instead
        ties = _("；").join(str(TIES[tie]) for tie in no.facts["ties"])  # type: ignore[attr-defined]
        made.add_error(None, _("与此事有关的人不能复核（3.2）：{ties}").format(ties=ties))
        status = 403
    return _page(request, queries.get(ref, who["by"]), who, made, status=status)


def _reply(*, appeal: str, text: str, by: Actor, at: datetime) -> Appeal:
    return commands.add_to_appeal(appeal=appeal, text=text, by=by, at=at)[0]


STEPS: dict[str, tuple[Callable[..., Appeal], Callable[[], str]]] = {
    "accept": (commands.accept_appeal, lambda: _("已受理，申诉人会收到告知")),
    "ask": (commands.ask_appellant, lambda: _("已向申诉人提问")),
    "reply": (_reply, lambda: _("已提交说明，申诉人可以看到并回应")),
    "decide": (commands.decide_appeal, lambda: _("已裁决并告知申诉人")),
    "decline": (commands.decline_appeal, lambda: _("已不予受理并告知申诉人")),
    "recuse": (commands.recuse, lambda: _("已回避，将另抽复核人")),
    "appoint": (commands.appoint_reviewer, lambda: _("已指定复核人")),
}


def _forms(row: Appeal, who: Who, data: Any, wanted: set[str]) -> dict[str, Any]:
    """The forms of the steps this actor may take now; `wanted` are filled with what was sent."""
    by, at = who["by"], who["at"]
    offered = {one.action for one in APPEAL.offered(row.state, by.roles)}
    mine = by.id == row.reviewer_id
    made: dict[str, Any] = {}

    def given(name: str) -> Any:
        return data if name in wanted else None

    if mine and "accept" in offered:
        made["accept"] = forms.Accept(
            given("accept"), label=_("受理说明"), help=_("将核对什么、请申诉人等待什么")
        )
    if mine and "ask" in offered:
        made["ask"] = forms.Ask(given("ask"), label=_("向申诉人提问"))
        made["decide"] = forms.Decide(given("decide"))
    if mine and "recuse" in offered:
        made["recuse"] = forms.Recuse(given("recuse"), label=_("回避的原因"))
    case = seen.get(queries.case_number(row), SYSTEM)
    if row.is_open and not mine and cases.may_work(case, by):
        made["reply"] = forms.Reply(given("reply"), label=_("原处理方的说明"))
    if "decline" in offered and not queries.check(row, by.id, at):
        made["decline"] = forms.Decline(given("decline"))
        free = [one for one in queries.checked(row, at) if one.independent]
        choices = {str(one.colleague.id): one.colleague.name for one in free}
        choices.pop(str(row.reviewer_id), None)
        made["appoint"] = forms.Appoint(given("appoint"), choices=choices)
    return made


def _page(
    request: HttpRequest, row: Appeal, who: Who, faulty: Told | None = None, status: int = 200
) -> HttpResponse:
    by, at = who["by"], who["at"]
    case = seen.get(queries.case_number(row), SYSTEM)
    made = _forms(row, who, None, set())
    if faulty is not None:
        made[faulty.name] = faulty
    ground = queries.grounds(at).get(row.ground)
    level = queries.level_of(row.level, at)
    readable = by.id == row.reviewer_id or seen.sees(case, by)
    names = people.staff_names([row.reviewer_id, case.owner_id])
    context = _line(row, names, at) | {
        "case": case if seen.sees(case, by) else None,
        "subject": case.subject if readable else "",
        "number": case.number,
        "level": level.en if english() else level.zh,
        "ground": (ground.en if english() else ground.zh) if ground else row.ground,
        "decline": DECLINES.get(row.reason_code, ""),
        "handler": names.get(case.owner_id, ""),
        "said": _said(case, by, at, appeal=True) if readable else [],
        "decided": _said(case, by, at, appeal=False) if readable else [],
        "clocks": [_clock(one, row, at) for one in queries.clocks(row)],
        "checks": [
            {
                "name": one.colleague.name,
                "load": one.load,
                "ties": [TIES[tie] for tie in one.ties],
                "chosen": one.colleague.id == row.reviewer_id,
            }
            for one in sorted(
                queries.checked(row, at), key=lambda one: one.colleague.id != row.reviewer_id
            )
        ],
        "forms": made,
        "others": [one for one in queries.of_case(case.id) if one.id != row.id],
        "error": faulty is not None,
    }
    return render(request, "appeals/appeal.html", context, status=status)


#: What a result is made of, as the reviewer must see it.
_RESULT = {
    "case.filed", "case.found", "case.preliminary_told", "case.resolved", "case.result_notified",
    "case.declined", "case.disputed",
}  # fmt: skip


def _said(case: Any, by: Actor, at: datetime, *, appeal: bool) -> list[dict[str, Any]]:
    """What was said of the appeal, or of the result it is about, in its order."""
    items = seen.timeline(case, by)
    return [
        {
            "label": item.label_en if english() else item.label,
            "voice": item.voice,
            "author": item.author,
            "at": words.moment_words(item.at, at),
            "text": seen.unsealed(item.text),
        }
        for item in items
        if item.text and (item.kind.startswith("appeal.") if appeal else item.kind in _RESULT)
    ]


def _clock(clock: Any, row: Appeal, at: datetime) -> dict[str, Any]:
    book = policy.pinned(row.policy_id)
    named = book.milestones.get(clock.milestone)
    why = queries.explain(row, clock)
    return {
        "label": (named.en if english() else named.zh) if named else clock.milestone,
        "due": words.due_moment(clock.due_at, at),
        "done": words.moment_words(clock.done_at, at) if clock.done_at else "",
        "late": clock.hard and (clock.done_at or at) > clock.due_at,
        "hard": clock.hard,
        "clauses": "、".join(dict.fromkeys(one.promise.clause for one in why)),
        "quotes": [one.promise.en if english() else one.promise.says for one in why],
    }


@require_http_methods(["GET", "POST"])
def interests(request: HttpRequest) -> HttpResponse:
    """Ties to merchants: declared by oneself, or by a supervisor or compliance of others."""
    who = staff(request)
    by = who["by"]
    rules = bool(by.roles & V)
    colleagues = {str(one.id): one.name for one in people.everybody()}
    mine = {str(by.id): by.name or colleagues.get(str(by.id), "")}
    shops = {str(one.id): one.name for one in people.merchants()}
    form = forms.Declare(sent(request), staff=colleagues if rules else mine, shops=shops)
    if request.method == "POST" and taken(form, lambda: _declared(form.given(), who)):
        notes.success(request, _("已申报，今后不会抽到涉及这家商家的申诉"))
        return redirect("appeals:interests")
    rows = [one for one in queries.interests(who["at"]) if rules or one.staff_id == by.id]
    names = people.staff_names(one.staff_id for one in rows)
    known = people.merchant_names(one.merchant_id for one in rows)
    context = {
        "form": form,
        "rows": [
            {
                "id": one.id,
                "name": names.get(one.staff_id, ""),
                "shop": known.get(one.merchant_id, ""),
                "tie": INTERESTS[one.tie],
                "since": words.moment_words(one.declared_at, who["at"]),
                "endable": rules and one.staff_id != by.id,
            }
            for one in rows
        ],
    }
    return render(request, "appeals/interests.html", context, status=422 if form.errors else 200)


def _declared(given: dict[str, Any], who: Who) -> None:
    faults: dict[str, str] = {}
    ids: dict[str, int] = {}
    for field in ("staff_id", "merchant_id"):
        try:
            ids[field] = inputs.whole(given[field], field=field, least=1)
        except Invalid as fault:
            faults |= fault.fields
    if faults:
        raise Invalid(faults, "3.2")
    commands.declare_interest(tie=given["tie"], **ids, **who)


@require_POST
def end_interest(request: HttpRequest, id: int) -> HttpResponse:
    """It has ended, by the word of somebody who is not concerned."""
    who = staff(request)
    pressed(request, lambda: commands.end_interest(id=id, **who), said=_("已记为消除"))
    return redirect("appeals:interests")
